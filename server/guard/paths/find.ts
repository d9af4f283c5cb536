import { posix } from 'node:path';
import type { JsonObject, JsonValue } from '../../protocol';
import { nameHint, schemaHint } from './hints';
import type { Hint } from './hints';
import { clearlyPath, embeddedPaths, hasSeparator, isFileUri, otherScheme, relativeLook } from './look';
import { hasGlob, placeOf } from './protected-places';

/** A string of the arguments that may be a path. */
export interface Candidate {
  /** Where it is, e.g. `files[2].path`. */
  readonly argument: string;
  /** The name of the nearest named member, for what the argument is about. */
  readonly name: string;
  readonly text: string;
  /** False for a mere look of a relative path: it counts only if something is there, or if it is a protected name. */
  readonly certain: boolean;
}

/** What was found; `complete` is false if there was more than can be looked at. */
export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly complete: boolean;
}

const limits = { depth: 64, strings: 20_000, candidates: 2_000, text: 65_536 };

/**
 * Finds everything in a call's arguments that may be a path: by the member's name, by the tool's input schema, and by
 * its look, at any depth, in lists, as members' names, and inside strings that are JSON themselves.
 */
export function findCandidates(args: JsonObject, schema: JsonObject | undefined): Candidates {
  const found: Candidate[] = [];
  let strings = 0;
  let complete = true;

  const add = (argument: string, name: string, text: string, certain: boolean): void => {
    if (found.length >= limits.candidates) {
      complete = false;
    } else {
      found.push({ argument, name, text, certain });
    }
  };

  const text = (value: string, at: string, name: string, hint: Hint): void => {
    strings += 1;
    if (strings > limits.strings) {
      complete = false;
      return;
    }
    if (hint === 'exact') {
      add(at, name, value, !otherScheme(value));
      for (const part of otherScheme(value) ? [] : embeddedPaths(value, 'list')) {
        add(at, name, part, true);
      }
      return;
    }
    if (value.length > limits.text && hint === 'text') {
      return;
    }
    const inner = innerJson(value);
    if (inner === undefined && hint !== 'text' && isDisguised(value)) {
      add(at, name, value, true);
      return;
    }
    if (inner === undefined && value.length > limits.text) {
      return;
    }
    if (inner !== undefined) {
      visit(inner, at, name, hint, undefined, limits.depth / 2);
    } else if (clearlyPath(value)) {
      add(at, name, value, hint !== 'text');
    } else if (hint === 'loose' ? hasSeparator(value) : relativeLook(value)) {
      add(at, name, value, hint === 'loose' && !otherScheme(value));
    } else if (isBareName(value, hint)) {
      add(at, name, value, false);
    }
    for (const part of embeddedPaths(value, hint === 'command' ? 'command' : 'option')) {
      add(at, name, part, true);
    }
  };

  const visit = (
    value: JsonValue,
    at: string,
    name: string,
    hint: Hint,
    valueSchema: JsonValue | undefined,
    depth: number,
  ): void => {
    if (depth > limits.depth) {
      complete = false;
    } else if (typeof value === 'string') {
      text(value, at, name, hint);
    } else if (Array.isArray(value)) {
      (value as readonly JsonValue[]).forEach((item, index) =>
        visit(item, `${at}[${index}]`, name, hint, memberOf(valueSchema, 'items'), depth + 1),
      );
    } else if (typeof value === 'object' && value !== null) {
      const properties = memberOf(valueSchema, 'properties');
      for (const [key, member] of Object.entries(value)) {
        const where = at === '' ? key : `${at}.${key}`;
        if (clearlyPath(key) || (hint === 'exact' && relativeLook(key))) {
          add(where, name, key, true);
        }
        const memberSchema = memberOf(properties, key);
        visit(member, where, key, hintOf(key, memberSchema, hint), memberSchema, depth + 1);
      }
    }
  };

  visit(args, '', '', 'none', schema, 0);
  return { candidates: found, complete };
}

const longestPath = 4096;

/**
 * Whether a text of several lines, or a longer one than any system takes for a path, is a path all the same once its
 * dots are resolved, as servers do before they open it: `x⏎/../.vscode/mcp.json`, or `././…/etc/passwd`.
 */
function isDisguised(text: string): boolean {
  const severalLines = /[\r\n]/.test(text.trim());
  if (!severalLines && text.length <= longestPath) {
    return false;
  }
  const resolved = posix.normalize(text.trim().replaceAll('\\', '/'));
  const isPlain = resolved.length <= longestPath && !/[\r\n]/.test(resolved);
  return (isPlain && /[\\/]/.test(text)) || (!severalLines && isFileUri(text));
}

/** Whether a text without a separator may name an entry: where paths are likely any, elsewhere only a protected one. */
function isBareName(text: string, hint: Hint): boolean {
  if (
    text === '' ||
    text.length > 255 ||
    /[\\/\r\n]/.test(text) ||
    (hasGlob(text) && !text.startsWith('.'))
  ) {
    return false;
  }
  return (
    hint === 'loose' || ((hint === 'none' || hint === 'command') && placeOf(`/${text}`, false) === 'inside')
  );
}

function hintOf(key: string, schema: JsonValue | undefined, outer: Hint): Hint {
  const fromSchema = schemaHint(schema);
  if (fromSchema === 'exact') {
    return 'exact';
  }
  const fromName = nameHint(key);
  if (fromName !== undefined && !(fromName === 'text' && fromSchema === 'loose')) {
    return fromName;
  }
  return fromSchema ?? (outer === 'exact' ? 'loose' : outer);
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? (value as JsonObject)[name]
    : undefined;
}

function innerJson(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text)) {
    return undefined;
  }
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
