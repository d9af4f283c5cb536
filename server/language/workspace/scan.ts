import type { Dirent } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';

/** Larger files are not looked at: no policy written by a person comes near. */
const maxSize = 4 * 1024 * 1024;
/** Folders are searched at most this deep, and for at most this many candidate files, so that no workspace is too big. */
const maxDepth = 24;
const maxFiles = 20_000;
const concurrency = 16;

const skipped = new Set(['node_modules', 'bower_components', '__pycache__']);
const searchedHidden = new Set(['.gatehouse', '.cerbos']);

/** Whether a file may be part of a policy set, going by its name. */
export function isCandidate(path: string): boolean {
  return (
    /\.ya?ml$/i.test(path) || (/\.json$/i.test(path) && !/\/(package(-lock)?|tsconfig)\.json$/.test(path))
  );
}

/** Whether a file lies in a folder that is not searched. `folder` is the workspace folder around it. */
export function isSkipped(path: string, folder: string): boolean {
  return path
    .slice(folder.length + 1)
    .split('/')
    .slice(0, -1)
    .some(isSkippedFolder);
}

function isSkippedFolder(name: string): boolean {
  return skipped.has(name) || (name.startsWith('.') && !searchedHidden.has(name));
}

/** Finds and reads a folder's candidate files. What cannot be read is left out; links to folders are not followed. */
export async function scanFolder(folder: string): Promise<Map<string, string>> {
  const found: string[] = [];
  await collect(folder, 0, found);
  const texts = new Map<string, string>();
  const queue = found.values();
  const worker = async (): Promise<void> => {
    for (const path of queue) {
      const text = await readCandidate(path);
      if (text !== undefined) texts.set(path, text);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  // In a fixed order, whatever the disk does.
  return new Map([...texts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A candidate's text; undefined if it is gone, too large or unreadable. */
export async function readCandidate(path: string): Promise<string | undefined> {
  try {
    const status = await stat(path);
    if (!status.isFile() || status.size > maxSize) return undefined;
    const text = await readFile(path, 'utf8');
    return isWorthKeeping(path, text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a candidate may matter: workspaces are full of JSON that is no part of any policy set. */
export function isWorthKeeping(path: string, text: string): boolean {
  return (
    !/\.json$/i.test(path) ||
    /\/(_schemas|testdata)\/|_test\.json$/i.test(path) ||
    text.includes('api.cerbos.dev/')
  );
}

async function collect(folder: string, depth: number, found: string[]): Promise<void> {
  if (depth > maxDepth) return;
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) {
    if (found.length >= maxFiles) return;
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!isSkippedFolder(entry.name)) await collect(path, depth + 1, found);
    } else if ((entry.isFile() || entry.isSymbolicLink()) && isCandidate(path)) {
      found.push(path);
    }
  }
}
