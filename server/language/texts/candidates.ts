/** Folders are searched at most this deep, and for at most this many candidate files, so that no workspace is too big. */
export const maxDepth = 24;
export const maxFiles = 20_000;

const skipped = new Set(['node_modules', 'bower_components', '__pycache__']);
const searchedHidden = new Set(['.gatehouse', '.cerbos']);

/** True if a file may be part of a policy set, judging by its name. */
export function isCandidate(path: string): boolean {
  return (
    /\.ya?ml$/i.test(path) || (/\.json$/i.test(path) && !/\/(package(-lock)?|tsconfig)\.json$/.test(path))
  );
}

export function isSkippedFolder(name: string): boolean {
  return skipped.has(name) || (name.startsWith('.') && !searchedHidden.has(name));
}

/**
 * False for JSON that is neither policy, suite, fixture nor schema. Workspaces are full of it, and texts that are kept
 * take memory.
 */
export function isWorthKeeping(path: string, text: string): boolean {
  return (
    !/\.json$/i.test(path) ||
    /\/(_schemas|testdata)\/|_test\.json$/i.test(path) ||
    text.includes('api.cerbos.dev/')
  );
}
