import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { sha256 } from './canonical-json';

/**
 * The key of a workspace, of which its activated layers and its agent sessions are found: 16 hexadecimal digits over
 * the folders' canonical paths, in any order.
 * @param folders absolute paths; those that don't exist are taken as written
 */
export function workspaceKey(folders: readonly string[]): string {
  return sha256(JSON.stringify(canonicalFolders(folders))).slice(0, 16);
}

/** The key of the agent sessions of a user in a workspace: 16 hexadecimal digits. */
export function sessionKey(user: string, folders: readonly string[]): string {
  return sha256(JSON.stringify([user, ...canonicalFolders(folders)])).slice(0, 16);
}

/** The folders' canonical paths, sorted, each once. Without a folder, as in an empty window, the home folder stands in. */
export function canonicalFolders(folders: readonly string[]): readonly string[] {
  const all = folders.length === 0 ? [homedir()] : folders;
  return [...new Set(all.map(canonicalFolder))].sort();
}

function canonicalFolder(folder: string): string {
  const path = realPath(resolve(folder));
  return process.platform === 'win32' ? path.replace(/^[a-z](?=:)/, (drive) => drive.toUpperCase()) : path;
}

/** Links resolved, and the case that the file system has; what is gone or unreadable is taken as written. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}
