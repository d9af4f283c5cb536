// The types of bootstrap.mjs, for the tests.

/** Tells whether everything that a folder's package-lock.json names is installed beside it, in that version. */
export function isInstalled(cwd: string): boolean;
