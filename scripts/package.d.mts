// The types of package.mjs, for the tests.

/** Where `npm run package` writes the VSIX. */
export function vsixFile(): string;

/** The VSIX of the extension that stands in for Copilot in tests. */
export const agentVsix: string;

export function packAgent(): void;
