import { lstat, readFile, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { normalPath } from './paths';

/** Larger files are not looked at: no policy written by a person comes near. */
const maxSize = 4 * 1024 * 1024;

type DiskEntry =
  | { readonly kind: 'file'; readonly bytes: Uint8Array; readonly isLink: boolean }
  /** Names in it. Links count as files, since those to folders are not followed. */
  | { readonly kind: 'folder'; readonly files: readonly string[]; readonly folders: readonly string[] }
  | { readonly kind: 'none'; readonly isLink: boolean };

export interface Disk {
  /**
   * Looks at a path at or below a folder.
   * @param path absolute
   * @param root a folder around it; a link may lead to the root, but no folder from there to the path may be a link
   * @param listed the path was just found by listing its folder
   * @returns `none` for what is not there under exactly this name, cannot be read, is too large, or is neither file nor
   * folder. Never rejects.
   */
  look(path: string, root: string, listed: boolean): Promise<DiskEntry>;
}

const none: DiskEntry = { kind: 'none', isLink: false };

/** The disk of this machine. */
export const disk: Disk = {
  async look(wanted, root, listed) {
    let isLink = false;
    try {
      if (!listed && !(await isReallyThere(wanted, root))) {
        return none;
      }
      const isRoot = wanted === root;
      const status = await (isRoot ? stat(wanted) : lstat(wanted));
      if (status.isDirectory()) {
        return await list(wanted);
      }
      isLink = status.isSymbolicLink();
      const file = isLink ? await stat(wanted) : status;
      // A pipe or device would never end.
      if (!file.isFile() || file.size > maxSize) {
        return { kind: 'none', isLink };
      }
      return { kind: 'file', bytes: await readFile(wanted), isLink };
    } catch {
      return { kind: 'none', isLink };
    }
  },
};

async function list(folder: string): Promise<DiskEntry> {
  const entries = await readdir(folder, { withFileTypes: true });
  return {
    kind: 'folder',
    files: entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name),
    folders: entries.filter((entry) => entry.isDirectory()).map(({ name }) => name),
  };
}

/**
 * True if no folder on the way is a link, and every name has the case that it has on disk: many file systems ignore
 * case.
 */
async function isReallyThere(wanted: string, root: string): Promise<boolean> {
  if (wanted === root) {
    return true;
  }
  const [real, parent] = await Promise.all([realpath(root), realpath(path.posix.dirname(wanted))]);
  const base = normalPath(real);
  const expected = (below: string): string => `${base}${below.slice(root.length)}`.normalize();
  if (normalPath(parent).normalize() !== expected(path.posix.dirname(wanted))) {
    return false;
  }
  if ((await lstat(wanted)).isSymbolicLink()) {
    return true;
  }
  return normalPath(await realpath(wanted)).normalize() === expected(wanted);
}
