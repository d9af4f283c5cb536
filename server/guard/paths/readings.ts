import { posix, win32 } from 'node:path';
import type { PathContext } from './context';
import { isFileUri, unquoted } from './look';
import { normalized } from './normalize';
import { globMatches, hasGlob, mostGlobs } from './protected-places';
import { Work } from './work';

/** All that a string may mean as a path to whoever receives it. */
interface Readings {
  /** Absolute paths, not normalized: `..` may be taken by name or after following links. */
  readonly paths: readonly string[];
  /** True if it may mean something else besides, which can't be resolved here: then it counts as outside. */
  readonly unclear: boolean;
}

const most = 64;
/** Relative paths are taken from no more folders than this; with more of them, it is not clear where they lead. */
const mostBases = 32;
/** Variables in one text. */
const mostVariables = 64;
/** Windows' longest path. */
const longest = 32_767;

/**
 * The readings of a string: an upstream may expand `~` and variables, decode percent signs (twice), take backslashes
 * for separators, parse `file:` URIs properly or just cut the scheme off, stop at NUL, and take relative paths from
 * its working directory or one of its roots. A reading more never makes a path look better than it is.
 */
export function readingsOf(text: string, context: PathContext, work: Work = new Work()): Readings {
  const seen = new Set<string>();
  const absolute = new Set<string>();
  // What is too long as it is written may be short once dots are resolved.
  const whole = text.length > longest ? normalized(text.replaceAll('\\', '/')) : text;
  if (whole.length > longest || !work.spend('pathCharacters', text.length)) {
    return { paths: [], unclear: true };
  }
  const todo = [whole, whole.trim()];
  const bases = context.bases.slice(0, mostBases);
  let unclear =
    bases.length < context.bases.length || hasControlCharacter(text) || tooLong(text) || /`|\$\(/.test(text);

  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (seen.has(next)) {
      continue;
    }
    seen.add(next);
    if (seen.size > most || next.length > longest || !work.spend('pathCharacters', next.length)) {
      return { paths: [...absolute], unclear: true };
    }
    unclear ||= unclearText(next, context);
    todo.push(...rewritten(next, context));
    if (!isFileUri(next) && !isUnc(next, context)) {
      for (const base of isAbsolute(next, context) ? [''] : bases) {
        absolute.add(base === '' ? next : join(base, next, context));
      }
    }
  }
  return { paths: [...absolute], unclear };
}

/** Other forms that the same text may be turned into before it is used. */
function rewritten(text: string, context: PathContext): readonly string[] {
  const forms: string[] = [];
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    forms.push(text.slice(0, nul));
  }
  if (isFileUri(text)) {
    forms.push(...fromFileUri(text, context));
  }
  if (/%[0-9a-f]{2}/i.test(text)) {
    forms.push(percentDecoded(text));
  }
  const quoted = unquoted(text).replace(/^@/, '');
  if (quoted !== text) {
    forms.push(quoted);
  }
  if (text.includes('\\')) {
    forms.push(text.replaceAll('\\', '/'));
  }
  if (/^~([\\/]|$)/.test(text)) {
    forms.push(context.home + text.slice(1));
  }
  if (/[$%]/.test(text) && !hasManyVariables(text)) {
    forms.push(expanded(text, context));
  }
  const seenByProcess = context.platform === 'win32' ? undefined : throughProcess(text);
  if (seenByProcess !== undefined) {
    forms.push(seenByProcess);
  }
  return forms;
}

/** Forms that mean something which can't be looked up here, or that differs between systems. */
function unclearText(text: string, context: PathContext): boolean {
  const foreignDrive =
    /^[A-Za-z]:/.test(text) && (context.platform !== 'win32' || !/^[A-Za-z]:[\\/]/.test(text));
  const otherHome = /^~[^\\/]/.test(text);
  return (
    foreignDrive ||
    otherHome ||
    hidesDots(text) ||
    hasManyVariables(text) ||
    isUnc(text, context) ||
    unclearOnWindows(text, context)
  );
}

/** `{a,..}`, `{../b,c}` and `[.].`: the dots appear only when the pattern is expanded. */
function hidesDots(text: string): boolean {
  if (!hasGlob(text)) {
    return false;
  }
  const parts = text.split(/[\\/]/).filter(hasGlob);
  return (
    parts.length > mostGlobs ||
    (text.match(/\{[^{}]*\}/g) ?? []).some((braces) => braces.includes('..')) ||
    parts.some((part) => globMatches(part, '..'))
  );
}

/** Each may stand for a long text. */
function hasManyVariables(text: string): boolean {
  return (text.match(/[$%]/g)?.length ?? 0) > mostVariables;
}

/**
 * Follows a process's link to its root or working folder (proc(5)), for the process that reads it:
 * `/proc/self/root/etc` is `/etc`, `/proc/1/cwd/x` is `x`.
 */
export function throughProcess(path: string): string | undefined {
  const link = /\/+proc\/+[^/]+\/+(?:task\/+[^/]+\/+)?(root|cwd)(?=\/|$)/y;
  let rest: string | undefined;
  // Each root is again the whole machine's; a working folder is the end of it.
  for (let found = link.exec(path); found !== null; found = link.exec(path)) {
    rest = path.slice(link.lastIndex).replace(/^\/+/, '');
    if (found[1] === 'cwd') {
      return rest || '.';
    }
  }
  return rest === undefined ? undefined : `/${rest}`;
}

/** Streams, device names, and names that Windows silently trims. */
function unclearOnWindows(text: string, context: PathContext): boolean {
  if (context.platform !== 'win32') {
    return false;
  }
  return text
    .replace(/^[A-Za-z]:/, '')
    .split(/[\\/]/)
    .some(
      (part) =>
        part.includes(':') ||
        (/[. ]$/.test(part) && part !== '.' && part !== '..') ||
        /^(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\.|$)/i.test(part),
    );
}

/** A path on another machine, or in a device namespace. Never touched: on Windows that alone would log in there. */
function isUnc(text: string, context: PathContext): boolean {
  return text.startsWith('\\\\') || (context.platform === 'win32' && /^[\\/]{2}/.test(text));
}

function isAbsolute(text: string, context: PathContext): boolean {
  return context.platform === 'win32' ? /^([A-Za-z]:)?[\\/]/.test(text) : text.startsWith('/');
}

function join(base: string, text: string, context: PathContext): string {
  const { sep } = context.platform === 'win32' ? win32 : posix;
  return base.endsWith(sep) ? base + text : base + sep + text;
}

/** RFC 8089, as a URL parser reads it, and as a program that only cuts the scheme off. A host is not ours. */
function fromFileUri(text: string, context: PathContext): readonly string[] {
  const rest = text.slice(text.toLowerCase().indexOf('file:') + 5);
  const authority = /^[\\/]{2}([^\\/]*)(.*)$/s.exec(rest);
  const forms: string[] = [];
  if (authority === null) {
    forms.push(rest);
  } else {
    const [, host = '', path = ''] = authority;
    forms.push(path);
    if (host !== '' && host.toLowerCase() !== 'localhost') {
      forms.push(`\\\\${host}${path}`, `${host}${path}`);
    }
  }
  const local = context.platform === 'win32' ? forms.map(withoutSlashBeforeDrive) : forms;
  return [...local, ...local.map((form) => form.replace(/[?#].*$/s, ''))];
}

function withoutSlashBeforeDrive(path: string): string {
  return path.replace(/^[\\/]([A-Za-z])[:|]/, '$1:');
}

function percentDecoded(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

/** As shells expand variables: those that aren't set are empty. */
function expanded(text: string, context: PathContext): string {
  const value = (name: string): string => (name === 'HOME' ? context.home : (context.env[name] ?? ''));
  return text
    .replace(/\$env:([A-Za-z_]\w*)/gi, (_, name: string) => value(name))
    .replace(/\$\{([A-Za-z_]\w*)[^{}]*\}/g, (_, name: string) => value(name))
    .replace(/\$([A-Za-z_]\w*)/g, (_, name: string) => value(name))
    .replace(/%([A-Za-z_][\w()]*)%/g, (whole, name: string) => context.env[name] ?? whole);
}

function hasControlCharacter(text: string): boolean {
  return /[\u0000-\u001f\u007f]/.test(text);
}

/** Linux's PATH_MAX and NAME_MAX; the others' are not smaller for what exists. */
function tooLong(text: string): boolean {
  return text.length > 4096 || text.split(/[\\/]/).some((part) => Buffer.byteLength(part) > 255);
}
