import { win32 } from 'node:path';
import { errorCode } from '../../protocol';
import { Files } from './files';

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
/** Linux's PATH_MAX: the kernel follows nothing longer. */
const longestPath = 4096;
/** Folders whose content depends on the process that reads them. */
const personal: ReadonlySet<string> = new Set(['proc', 'dev', 'net']);

/**
 * Follows an absolute path as the kernel does (path_resolution(7)): `..` is the parent of where a link led.
 * Synchronous, because each step is a few microseconds and decisions must not interleave.
 */
export function follow(path: string, platform: NodeJS.Platform, files: Files = new Files()): Followed {
  if (path.length > (platform === 'win32' ? 32_767 : longestPath)) {
    return { target: path, entry: path, exists: false, resolved: false };
  }
  return platform === 'win32' ? followOnWindows(path, files) : followOnPosix(path, files);
}

function followOnPosix(path: string, files: Files): Followed {
  /** The path so far, after each of its parts. */
  const done: string[] = [];
  const todo = path.split('/').filter(isStep).reverse();
  let entry: string | undefined;
  let links = 0;
  let missingFrom = Infinity;
  let resolved = true;
  for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
    if (part === '..') {
      done.pop();
      missingFrom = done.length < missingFrom ? Infinity : missingFrom;
      continue;
    }
    const here = `${done.at(-1) ?? ''}/${part}`;
    if (links === 0 || entry === undefined) {
      entry = todo.length === 0 ? here : undefined;
    }
    if (done.length === 0 && personal.has(part)) {
      resolved = false;
      missingFrom = 1;
    }
    const found = done.length + 1 > missingFrom ? undefined : files.entry(here);
    if (found?.kind === 'link') {
      links += 1;
      if (links > mostLinks) {
        return { target: here, entry: entry ?? here, exists: true, resolved: false };
      }
      if (found.text.startsWith('/')) {
        done.length = 0;
      }
      todo.push(...found.text.split('/').filter(isStep).reverse());
      continue;
    }
    if (found?.kind !== 'other') {
      resolved &&= found?.kind !== 'unreadable';
      missingFrom = Math.min(missingFrom, done.length + 1);
    }
    done.push(here);
  }
  const target = done.at(-1) ?? '/';
  return { target, entry: entry ?? target, exists: missingFrom === Infinity, resolved };
}

function isStep(part: string): boolean {
  return part !== '' && part !== '.';
}

/** Windows itself takes `..` by name, before it looks at anything. */
function followOnWindows(path: string, files: Files): Followed {
  const whole = win32.resolve(path);
  const missing: string[] = [];
  for (let existing = whole; ; existing = win32.dirname(existing)) {
    try {
      const target = win32.join(files.real(existing), ...missing);
      const parent = missing.length === 0 ? files.real(win32.dirname(whole)) : undefined;
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
