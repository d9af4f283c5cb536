import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { errorCode, StateError } from './state-error';

/** Windows has no such flag, and keeps a profile's files to their owner by inherited access lists. */
const noFollow = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Makes sure that a folder of the state folder is there, a folder and no link, this user's, and closed to others (0700).
 * @param path absolute; its parent exists and was checked itself
 * @param user the user's id; undefined where the platform has none
 * @throws {StateError} if it is a link, no folder, or another user's
 */
export function privateFolder(path: string, user = process.getuid?.()): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') {
      throw error;
    }
  }
  checkPrivateFolder(path, user);
}

/**
 * {@link privateFolder} for one that must be there.
 * @throws {StateError} likewise; file system errors, such as ENOENT
 */
export function checkPrivateFolder(path: string, user = process.getuid?.()): void {
  const found = lstatSync(path);
  if (!found.isDirectory()) {
    throw new StateError(
      `${path} is ${found.isSymbolicLink() ? 'a symbolic link' : 'no folder'}. Gatehouse keeps its state in folders of its own: remove it.`,
    );
  }
  checkOwner(path, found, user);
  if (isOpenToOthers(found)) {
    chmodSync(path, 0o700);
  }
}

/**
 * Opens a file of the state folder, never through a link: a regular file, this user's, closed to others (0600).
 * @param path absolute; its folder was checked
 * @param flags of open(2)
 * @param user the user's id; undefined where the platform has none
 * @returns the file descriptor
 * @throws {StateError} if it is a link, no regular file, or another user's; file system errors, such as ENOENT
 */
export function openPrivate(path: string, flags: number, user = process.getuid?.()): number {
  const file = openUnfollowed(path, flags);
  try {
    const found = fstatSync(file);
    if (!found.isFile()) {
      throw new StateError(`${path} is no regular file. Remove it.`);
    }
    checkOwner(path, found, user);
    if (isOpenToOthers(found)) {
      fchmodSync(file, 0o600);
    }
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/**
 * The text of a file of the state folder, or undefined if there is no such file.
 * @throws {StateError} as {@link openPrivate} does
 */
export function readPrivate(path: string): string | undefined {
  let file: number;
  try {
    file = openPrivate(path, constants.O_RDONLY);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
  try {
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function openUnfollowed(path: string, flags: number): number {
  if (process.platform === 'win32' && isLink(path)) {
    throw linked(path);
  }
  try {
    return openSync(path, flags | noFollow, 0o600);
  } catch (error) {
    // open(2): ELOOP for a link that must not be followed; FreeBSD says EMLINK.
    if (['ELOOP', 'EMLINK'].includes(errorCode(error) ?? '')) {
      throw linked(path);
    }
    throw error;
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function linked(path: string): StateError {
  return new StateError(
    `${path} is a symbolic link. Gatehouse keeps its state in files of its own: remove it.`,
  );
}

function checkOwner(path: string, { uid }: Stats, user: number | undefined): void {
  if (user !== undefined && uid !== user) {
    throw new StateError(
      `${path} belongs to another user. Remove it, or set GATEHOUSE_HOME to a folder of your own.`,
    );
  }
}

function isOpenToOthers({ mode }: Stats): boolean {
  return process.platform !== 'win32' && (mode & 0o077) !== 0;
}
