import { posix, win32 } from 'node:path';
import type { JsonObject, JsonValue } from '../../protocol';
import type { PathContext } from './context';
import { Files } from './files';
import { follow } from './follow';
import type { Followed } from './follow';
import { hintOf } from './hints';
import type { Hint } from './hints';
import { normalized } from './normalize';
import { Work } from './work';

/** A string of a call's arguments that is forwarded as another one. */
export interface Replacement {
  /** Names of members and indexes of items, from the arguments on. */
  readonly at: readonly (string | number)[];
  readonly sent: string;
  readonly forwarded: string;
}

const most = 200;
const deepest = 16;
/** Means the same to every program: no pattern, variable, quote, percent sign, list or URI. */
const plainOnPosix = /^[^-\s\0-\x1f*?[\]{}$%~`"'\\:@<>|&;,()#!][^\0-\x1f*?[\]{}$%~`"'\\:@<>|&;,()#!]*$/;
const plainOnWindows =
  /^(?:[A-Za-z]:[\\/])?[^-\s\0-\x1f*?[\]{}$%~`"':@<>|&;,()#!][^\0-\x1f*?[\]{}$%~`"':@<>|&;,()#!]*$/;

/**
 * The paths of a call that lead through links and can be given without them: arguments that are named as paths and mean
 * one path to whoever reads them. What the tool does with a path stays the same: where it takes away what it is given,
 * a link at the end stays a link, because it is the link that goes.
 */
export function resolvedArguments(args: JsonObject, context: PathContext): readonly Replacement[] {
  const files = new Files(new Work());
  const found: Replacement[] = [];
  const visit = (value: JsonValue, at: readonly (string | number)[], hint: Hint): void => {
    if (found.length >= most || at.length > deepest) {
      return;
    }
    if (typeof value === 'string') {
      const forwarded = hint === 'exact' ? withoutLinks(value, context, files) : undefined;
      if (forwarded !== undefined) {
        found.push({ at, sent: value, forwarded });
      }
    } else if (Array.isArray(value)) {
      (value as readonly JsonValue[]).forEach((item, index) => visit(item, [...at, index], hint));
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value as JsonObject)) {
        visit(member, [...at, key], hintOf(key, undefined, hint));
      }
    }
  };
  visit(args, [], 'none');
  return found;
}

/** Arguments with what is replaced in them. */
export function withReplacements(args: JsonObject, replacements: readonly Replacement[]): JsonObject {
  const copy = structuredClone(args) as JsonValue;
  for (const { at, forwarded } of replacements) {
    let holder = copy as Record<string | number, JsonValue>;
    for (const step of at.slice(0, -1)) {
      holder = holder[step] as Record<string | number, JsonValue>;
    }
    holder[at.at(-1) ?? ''] = forwarded;
  }
  return copy as JsonObject;
}

/** Where a replacement is, as facts and records name it: `edits[0].path`. */
export function placeOfReplacement({ at }: Replacement): string {
  return at.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
}

/** True for a path of at most 4,096 characters that every program reads alike and that names no network share. */
export function isPlain(text: string, platform: NodeJS.Platform): boolean {
  const plain = platform === 'win32' ? plainOnWindows : plainOnPosix;
  return text.length <= 4096 && plain.test(text) && !/\s$/.test(text) && !/^[\\/]{2}/.test(text);
}

function withoutLinks(text: string, context: PathContext, files: Files): string | undefined {
  const { bases, platform, takesTrees } = context;
  const path = platform === 'win32' ? win32 : posix;
  if (!isPlain(text, platform)) {
    return undefined;
  }
  const whole = path.isAbsolute(text) ? [text] : bases.map((base) => path.join(base, '.') + path.sep + text);
  const ways = whole.map((each) => ({ byName: path.normalize(each), way: oneWay(each, platform, files) }));
  // A relative path may be relative to several folders: it is known only if it is there in one of them.
  const there = ways.length === 1 ? ways : ways.filter(({ way }) => way?.exists !== false);
  const [only, ...others] = there;
  if (only?.way === undefined || !only.way.resolved || others.some(({ way }) => !isSame(way, only.way))) {
    return undefined;
  }
  const resolved = takesTrees ? only.way.entry : only.way.target;
  const byName = only.byName.length > 1 ? only.byName.replace(/[\\/]$/, '') : only.byName;
  return resolved === byName ? undefined : resolved;
}

function isSame(one: Followed | undefined, other: Followed | undefined): boolean {
  return one !== undefined && one.target === other?.target && one.entry === other.entry;
}

/** Undefined where `..` by name and after following links lead to different places. */
function oneWay(path: string, platform: NodeJS.Platform, files: Files): Followed | undefined {
  const way = follow(path, platform, files);
  if (platform === 'win32' || !/(^|\/)\.\.(\/|$)/.test(path)) {
    return way;
  }
  return follow(normalized(path), platform, files).target === way.target ? way : undefined;
}
