/** Folders are searched at most this deep, and for at most this many candidate files, so that no workspace is too big. */
export const maxDepth = 24;
export const maxFiles = 20_000;

const skipped = new Set(['node_modules', 'bower_components', '__pycache__']);
const searchedHidden = new Set(['.gatehouse', '.cerbos']);

/** Whether a file may be part of a policy set, going by its name. */
export function isCandidate(path: string): boolean {
  return (
    /\.ya?ml$/i.test(path) || (/\.json$/i.test(path) && !/\/(package(-lock)?|tsconfig)\.json$/.test(path))
  );
}

/** Whether a folder of this name is not searched. */
export function isSkippedFolder(name: string): boolean {
  return skipped.has(name) || (name.startsWith('.') && !searchedHidden.has(name));
}

/** Whether a candidate may matter: workspaces are full of JSON that is no part of any policy set. */
export function isWorthKeeping(path: string, text: string): boolean {
  return (
    !/\.json$/i.test(path) ||
    /\/(_schemas|testdata)\/|_test\.json$/i.test(path) ||
    text.includes('api.cerbos.dev/')
  );
}
