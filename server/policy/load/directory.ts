import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileRole } from './files';
import type { PolicyFile } from './files';
import { readFiles } from './read-files';

/**
 * Reads all files of a policy directory that matter: policies, test suites, fixtures, schemas. Follows symbolic links to
 * files but not to folders, as Cerbos does.
 * @param directory a path in the file system
 * @returns the files in the order of their paths
 * @throws Error if the directory or a file in it cannot be read, with the cause
 */
export async function readPolicyDirectory(directory: string): Promise<PolicyFile[]> {
  const paths: string[] = [];
  await gather(directory, '', paths);
  paths.sort();
  return readFiles(directory, paths);
}

async function gather(directory: string, prefix: string, paths: string[]): Promise<void> {
  const entries = await readEntries(join(directory, ...prefix.split('/')));
  for (const entry of entries) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) {
      await gather(directory, `${path}/`, paths);
    } else if (fileRole(path) !== 'ignored') {
      paths.push(path);
    }
  }
}

async function readEntries(directory: string) {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (cause) {
    throw new Error(`cannot read the policy directory ${directory}`, { cause });
  }
}
