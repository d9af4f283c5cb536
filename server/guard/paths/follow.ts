import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { win32 } from 'node:path';
import { errorCode } from '../../protocol';

/** Where a path leads on this machine. */
export interface Followed {
  /** All links followed; what doesn't exist is kept by name. */
  readonly target: string;
  /** The same, but its last part not followed: the entry that a deletion would remove. */
  readonly entry: string;
  /** Something is there. */
  readonly exists: boolean;
  /** False if it could not be followed to the end. */
  readonly resolved: boolean;
}

const mostLinks = 40;
/** What is there depends on who looks. */
const personal = /^\/(proc|dev|net)(\/|$)/;

/**
 * Follows an absolute path as the kernel does (path_resolution(7)): `..` is the parent of where a link led.
 * Synchronous, because each step is a few microseconds and decisions must not interleave.
 */
export function follow(path: string, platform: NodeJS.Platform): Followed {
  return platform === 'win32' ? followOnWindows(path) : followOnPosix(path);
}

function followOnPosix(path: string): Followed {
  const done: string[] = [];
  const todo = path.split('/').reverse();
  let entry: string | undefined;
  let links = 0;
  let missingFrom = Infinity;
  let resolved = true;
  for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
    if (part === '' || part === '.') {
      continue;
    }
    if (part === '..') {
      done.pop();
      missingFrom = done.length < missingFrom ? Infinity : missingFrom;
      continue;
    }
    const here = `/${[...done, part].join('/')}`;
    if (links === 0 || entry === undefined) {
      entry = isLast(todo) ? here : undefined;
    }
    if (personal.test(here)) {
      resolved = false;
      missingFrom = Math.min(missingFrom, done.length + 1);
    }
    const link = done.length + 1 > missingFrom ? undefined : look(here);
    if (link === undefined) {
      missingFrom = Math.min(missingFrom, done.length + 1);
      done.push(part);
    } else if (link === 'unreadable') {
      resolved = false;
      missingFrom = Math.min(missingFrom, done.length + 1);
      done.push(part);
    } else if (link === '') {
      done.push(part);
    } else {
      links += 1;
      if (links > mostLinks) {
        return { target: here, entry: entry ?? here, exists: true, resolved: false };
      }
      if (link.startsWith('/')) {
        done.length = 0;
      }
      todo.push(...link.split('/').reverse());
    }
  }
  const target = `/${done.join('/')}`;
  return { target, entry: entry ?? target, exists: missingFrom === Infinity, resolved };
}

/** A link's text; empty for what is none; undefined if nothing is there. */
function look(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : '';
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : 'unreadable';
  }
}

function isLast(todo: readonly string[]): boolean {
  return todo.every((part) => part === '' || part === '.');
}

/** Windows itself takes `..` by name, before it looks at anything. */
function followOnWindows(path: string): Followed {
  const whole = win32.resolve(path);
  const missing: string[] = [];
  for (let existing = whole; ; existing = win32.dirname(existing)) {
    try {
      const target = win32.join(realpathSync.native(existing), ...missing);
      const parent = missing.length === 0 ? realpathSync.native(win32.dirname(whole)) : undefined;
      const entry = parent === undefined ? target : win32.join(parent, win32.basename(whole));
      // A short name (`PROGRA~1`) that doesn't exist can't be told from the long one it would stand for.
      const resolved = !missing.some((part) => /~\d/.test(part));
      return { target, entry, exists: missing.length === 0, resolved };
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || existing === win32.dirname(existing)) {
        return { target: whole, entry: whole, exists: false, resolved: false };
      }
      missing.unshift(win32.basename(existing));
    }
  }
}
