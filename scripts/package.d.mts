// The types of package.mjs, for the tests.

/** Where `npm run package` writes the VSIX. */
export function vsixFile(): string;
