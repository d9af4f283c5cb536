import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';

/** The parts of the machine that a server's identity depends on; passed in, so that tests can replace them. */
export interface Machine {
  /** The user's home folder, absolute. */
  readonly home: string;
  exists(path: string): boolean;
  isFile(path: string): boolean;
  /** A file's text; undefined if there is none, or it can't be read. */
  read(path: string): string | undefined;
  /** The path without links; as given if it leads nowhere. */
  real(path: string): string;
}

export const thisMachine: Machine = {
  home: homedir(),
  exists: existsSync,
  isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true,
  read: (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
  real: (path) => {
    try {
      return realpathSync.native(path);
    } catch {
      return resolve(path);
    }
  },
};

/**
 * A folder and those above it that a repository can fill: up to, and without, the home folder and what it lies in, or
 * the root of the file system. Programs look for packages and settings in all of them.
 */
export function foldersAbove(folder: string, home: string): readonly string[] {
  const folders: string[] = [];
  for (let at = folder; at !== dirname(at) && !isWithin(home, at); at = dirname(at)) {
    folders.push(at);
  }
  return folders;
}

/** True if `path` equals `folder` or is below it. Compares names only; links are not followed. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
