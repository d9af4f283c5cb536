import { codePoints } from '../../../cel';

/** Paths of Unix and Windows in one form, as Cerbos' path functions treat them. Purely lexical: no file is looked at. */
interface EncodedPath {
  /** With slashes and cleaned: `/C:/dir` for a drive's, `/host/share/dir` for a UNC path. */
  readonly value: string;
  readonly kind: 'unknown' | 'drive' | 'unc';
  readonly backslashes: boolean;
  readonly root: boolean;
}

/** The error of a path function. */
export interface PathProblem {
  readonly problem: string;
}

export function isPathProblem(result: string | boolean | PathProblem): result is PathProblem {
  return typeof result === 'object';
}

function toSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}

function isDrivePath(path: string): boolean {
  return /^[A-Za-z]:/.test(path);
}

function encode(path: string): EncodedPath | undefined {
  const backslashes = path.includes('\\');
  if (path.startsWith('\\\\')) {
    const root = path.slice(2).split('\\').length === 2;
    return { value: clean(toSlashes(path)), kind: 'unc', backslashes, root };
  }
  if (isDrivePath(path)) {
    if (!backslashes && path.length > 2) {
      return undefined;
    }
    const root = path.length <= 3;
    return { value: clean(`/${toSlashes(path)}`), kind: 'drive', backslashes, root };
  }
  const value = backslashes ? toSlashes(path) : path;
  return { value: clean(value), kind: 'unknown', backslashes, root: value === '/' };
}

function decode({ value, kind, backslashes }: EncodedPath): string {
  const windows = value.replaceAll('/', '\\');
  switch (kind) {
    case 'unc':
      return `\\${windows}`;
    case 'drive':
      return windows.replace(/^\\/, '');
    case 'unknown':
      return backslashes ? windows : value;
  }
}

function encoded<T>(path: string, what: string, then: (path: EncodedPath) => T): T | PathProblem {
  const result = encode(path);
  return result ? then(result) : { problem: `failed to encode ${what} ${path}: unsupported Win32 path` };
}

/** The shortest path that means the same: no `.`, no `..` that can be resolved, no double slashes (Go `filepath.Clean`). */
function clean(path: string): string {
  const rooted = path.startsWith('/');
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') {
      if (kept.length > 0 && kept.at(-1) !== '..') {
        kept.pop();
      } else if (!rooted) {
        kept.push(part);
      }
    } else if (part !== '' && part !== '.') {
      kept.push(part);
    }
  }
  const joined = kept.join('/');
  return rooted ? `/${joined}` : joined === '' ? '.' : joined;
}

/** The last part of a path. */
export function basePath(path: string): string | PathProblem {
  return encoded(path, 'path', ({ value }) =>
    value === '/' ? '/' : value.slice(value.lastIndexOf('/') + 1),
  );
}

/** All but the last part of a path. */
export function dirPath(path: string): string | PathProblem {
  return encoded<string | PathProblem>(path, 'path', (full) => {
    const { value, kind, backslashes, root } = full;
    const slash = value.lastIndexOf('/');
    if (kind === 'unknown' && !backslashes) {
      return decode({ ...full, value: clean(value.slice(0, slash + 1)) });
    }
    if (root && kind !== 'unknown') {
      return kind === 'unc' ? decode(full) : `${decode(full)}\\`;
    }
    if (slash < 0) {
      // Cerbos panics here, which ends the evaluation whatever surrounds it.
      throw new Error('runtime error: slice bounds out of range [:-1]');
    }
    return decode({ ...full, value: value.slice(0, slash) });
  });
}

/** The extension with its dot, empty if there is none. */
export function extPath(path: string): string | PathProblem {
  return encoded(path, 'path', ({ value }) => /\.[^./]*$/.exec(value)?.[0] ?? '');
}

/** Paths one below the other. */
export function joinPath(paths: readonly string[]): string | PathProblem {
  const [first, ...rest] = paths;
  if (first === undefined || rest.length === 0) {
    return first ?? '';
  }
  const start = encode(first);
  if (!start) {
    return { problem: `failed to encode first path ${first}: unsupported Win32 path` };
  }
  let { value } = start;
  for (const path of rest) {
    const next = encode(path);
    if (!next) {
      return { problem: `failed to encode path ${path}: unsupported Win32 path` };
    }
    value = clean(`${value}/${next.value}`);
  }
  return decode({ ...start, value });
}

/** The path from one place to another (Go `filepath.Rel`). */
export function relPath(base: string, target: string): string | PathProblem {
  const from = encode(base);
  if (!from) {
    return { problem: `failed to encode base path ${base}: unsupported Win32 path` };
  }
  const to = encode(target);
  if (!to) {
    return { problem: `failed to encode target path ${target}: unsupported Win32 path` };
  }
  const between = relative(from.value, to.value);
  if (between === undefined) {
    const problem = `Rel: can't make ${to.value} relative to ${from.value}`;
    return { problem: `failed to determine relative path of ${target}: ${problem}` };
  }
  if (between === '.' || between === '..') {
    return between;
  }
  return to.kind === 'unc' ? between.replaceAll('/', '\\') : decode({ ...to, value: between });
}

function relative(base: string, target: string): string | undefined {
  if (base === target) {
    return '.';
  }
  const from = base === '.' ? '' : base;
  if (from.startsWith('/') !== target.startsWith('/')) {
    return undefined;
  }
  const split = (path: string): string[] => path.split('/').filter((part) => part !== '');
  const fromParts = split(from);
  const toParts = target === '.' ? [] : split(target);
  let shared = 0;
  while (shared < fromParts.length && shared < toParts.length && fromParts[shared] === toParts[shared]) {
    shared++;
  }
  const up = fromParts.slice(shared);
  if (up.includes('..')) {
    return undefined;
  }
  return [...up.map(() => '..'), ...toParts.slice(shared)].join('/');
}

/** The volume of a Windows path (`C:`, `\\host\share`), empty for others. */
export function volumeName(path: string): string {
  if (path.startsWith('\\\\')) {
    const [host, share] = path.slice(2).split('\\');
    return host && share ? `\\\\${host}\\${share}` : '';
  }
  return isDrivePath(path) ? path.slice(0, 2) : '';
}

/**
 * True if the path is the prefix or lies below it. Parts count as a whole: `/a-b` is not below `/a`. A part directly
 * below the prefix that begins with a dot does not count.
 */
export function pathHasPrefix(path: string, prefix: string): boolean | PathProblem {
  if (path === prefix) {
    return true;
  }
  const between = relPath(prefix, path);
  return isPathProblem(between)
    ? between
    : between !== '' && !between.startsWith('.') && !between.startsWith('/');
}

/** Matches a shell pattern against a whole path; `*` and `?` do not cross slashes (Go's `filepath.Match`). */
export function pathMatch(path: string, pattern: string): boolean | PathProblem {
  const subject = encode(path);
  if (!subject) {
    return { problem: `failed to encode path ${path}: unsupported Win32 path` };
  }
  const compiled = encode(pattern);
  if (!compiled) {
    return { problem: `failed to encode pattern ${pattern}: unsupported Win32 path` };
  }
  const matched = matchGlob(compiled.value, subject.value);
  return (
    matched ?? { problem: `failed to match pattern "${pattern}" on path "${path}": syntax error in pattern` }
  );
}

/** A step of a pattern: a character, any character but a slash, one of a class, or any number of characters but slashes. */
type GlobStep =
  | { readonly kind: 'literal'; readonly character: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | {
      readonly kind: 'class';
      readonly negated: boolean;
      readonly ranges: readonly (readonly [string, string])[];
    };

/** Matches in time proportional to the product of both lengths. Undefined for a pattern that is not one. */
function matchGlob(pattern: string, subject: string): boolean | undefined {
  const steps = parseGlob(pattern);
  if (!steps) {
    return undefined;
  }
  let states = new Set([0]);
  const close = (): void => {
    for (const state of states) {
      if (steps[state]?.kind === 'star') {
        states.add(state + 1);
      }
    }
  };
  close();
  for (const character of subject) {
    const next = new Set<number>();
    for (const state of states) {
      const step = steps[state];
      if (step?.kind === 'star') {
        if (character !== '/') {
          next.add(state);
        }
      } else if (step && stepMatches(step, character)) {
        next.add(state + 1);
      }
    }
    states = next;
    close();
  }
  return states.has(steps.length);
}

function stepMatches(step: GlobStep, character: string): boolean {
  switch (step.kind) {
    case 'literal':
      return step.character === character;
    case 'any':
      return character !== '/';
    case 'class':
      return (
        character !== '/' &&
        step.ranges.some(([low, high]) => low <= character && character <= high) !== step.negated
      );
    case 'star':
      return false;
  }
}

function parseGlob(pattern: string): GlobStep[] | undefined {
  const steps: GlobStep[] = [];
  const characters = codePoints(pattern);
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (character === '*') {
      if (steps.at(-1)?.kind !== 'star') {
        steps.push({ kind: 'star' });
      }
    } else if (character === '?') {
      steps.push({ kind: 'any' });
    } else if (character === '[') {
      const parsed = parseClass(characters, at + 1);
      if (!parsed) {
        return undefined;
      }
      steps.push(parsed.step);
      at = parsed.end;
    } else if (character === '\\') {
      const escaped = characters[++at];
      if (escaped === undefined) {
        return undefined;
      }
      steps.push({ kind: 'literal', character: escaped });
    } else {
      steps.push({ kind: 'literal', character });
    }
  }
  return steps;
}

function parseClass(
  characters: readonly string[],
  start: number,
): { step: GlobStep; end: number } | undefined {
  let at = start;
  const negated = characters[at] === '^';
  if (negated) {
    at++;
  }
  const ranges: [string, string][] = [];
  const member = (): string | undefined => {
    const character = characters[at];
    if (character === undefined || character === '-' || character === ']') {
      return undefined;
    }
    if (character === '\\') {
      at++;
    }
    return characters[at++];
  };
  while (characters[at] !== ']' || ranges.length === 0) {
    const low = member();
    if (low === undefined || at >= characters.length) {
      return undefined;
    }
    let high: string | undefined = low;
    if (characters[at] === '-') {
      at++;
      high = member();
    }
    if (high === undefined || at >= characters.length) {
      return undefined;
    }
    ranges.push([low, high]);
  }
  return { step: { kind: 'class', negated, ranges }, end: at };
}
