// The types of tools.mjs, for the tests.

/** The first browser that Playwright can drive. */
export function findChromium(): string | undefined;
