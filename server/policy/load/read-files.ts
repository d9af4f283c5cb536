import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolicyFile } from './files';

/** How many files are open at a time: far below what any system allows a process. */
const openAtATime = 32;

/**
 * Reads files of a folder, a few at a time, so that a folder may hold more of them than a process may have open.
 * @param paths relative to the directory, with `/`
 * @throws Error if one cannot be read, with the cause
 */
export async function readFiles(directory: string, paths: readonly string[]): Promise<PolicyFile[]> {
  const files: PolicyFile[] = [];
  // Shared by all readers: each takes the next path.
  const queue = paths.entries();
  const reader = async (): Promise<void> => {
    for (const [index, path] of queue) {
      files[index] = { path, text: await readText(join(directory, ...path.split('/'))) };
    }
  };
  await Promise.all(Array.from({ length: Math.min(openAtATime, paths.length) }, reader));
  return files;
}

async function readText(path: string): Promise<string> {
  try {
    // A pipe or device would never end.
    if (!(await stat(path)).isFile()) {
      throw new Error('not a regular file');
    }
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Error(`cannot read the policy file ${path}`, { cause });
  }
}
