import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
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

/** Without a folder, as in an empty window, the home folder stands in. */
function canonicalFolders(folders: readonly string[]): readonly string[] {
  const all = folders.length === 0 ? [homedir()] : folders;
  return [...new Set(all.map(canonicalFolder))].sort();
}

function canonicalFolder(folder: string): string {
  let path = resolve(folder);
  try {
    path = realpathSync.native(path);
  } catch {
    // Gone or unreadable: its name is still the same for everybody.
  }
  return process.platform === 'win32' ? path.replace(/^[a-z](?=:)/, (drive) => drive.toUpperCase()) : path;
}
