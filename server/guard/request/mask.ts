import { sha256 } from '../../protocol';
import type { JsonObject, JsonValue } from '../../protocol';

/** The replacement for a masked value. */
export const masked = '[masked]';

/** How much of arguments goes into audit or dialogs. */
interface MaskLimits {
  /** Characters of one string. */
  readonly text: number;
  /** Characters of all strings together; each further one is cut to a few. */
  readonly total: number;
  /** Members and items, all together. */
  readonly nodes: number;
  readonly depth: number;
  /** Adds the SHA-256 of a text to its cut form, so that equal beginnings can be told apart. */
  readonly digests: boolean;
}

/** For dialogs. */
const shownLimits: MaskLimits = {
  text: 2_000,
  total: 20_000,
  nodes: 1_000,
  depth: 16,
  digests: false,
};

/** For records: with these, no call's arguments take more than some 50 KB of the log. */
export const recordLimits: MaskLimits = { text: 1_000, total: 8_000, nodes: 300, depth: 16, digests: true };

/** Of a longer text only the beginning is looked at. */
const longestMasked = 8_000;

const fewCharacters = 40;
const secretName =
  /pass(word|phrase|wd)?$|^pw$|secret|token$|api[-_]?key|access[-_]?key|private[-_]?key|credential|authorization|^auth$|cookie|connection[-_]?string|^otp$|^pin$/i;

/** Shapes of well-known secrets, wherever they stand in a text. Repetitions are bounded or begin with a fixed text. */
const secretTexts: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}|glpat-[\w-]{16,})/g,
  /\b(sk|pk|rk)[-_](live|test|proj|ant)?[-_]?[A-Za-z0-9_-]{16,}/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bAIza[\w-]{35}/g,
  /\bnpm_[A-Za-z0-9]{30,}/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /\bhvs\.[\w-]{20,}/g,
];
const bearer = /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi;
const userInfo = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@:]{0,100}:[^\s/@]{1,200}@/gi;
/** Query parameters that carry a credential, by the names that signed URLs and sign-ins use. */
const queryProof =
  /([?&;](?:[\w.-]{0,40}[-_.])?(?:sig|signature|key|code|auth|credential|jwt|session|sid|pwd|pass)=)[^&#\s"'<>]+/gi;
const assignment =
  /\b([\w-]{0,40}(?:password|passwd|secret|token|api_?key))(\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s"'&;,]+)/gi;

/**
 * A copy of arguments that may be shown and recorded: what policy redacts and what looks like a secret is masked,
 * long strings and large structures are cut, with a note of what is missing.
 * @param redact argument paths: `token`, `auth.password`, `headers[0].value`, `items[*].key`, or a JSON Pointer
 */
export function maskArguments(
  args: JsonObject,
  redact: readonly string[] = [],
  limits: MaskLimits = shownLimits,
): JsonObject {
  return maskedCopy(args, redact, limits).value;
}

/** A copy without secrets, and where it differs from the original. */
export interface MaskedCopy {
  readonly value: JsonObject;
  /** JSON Pointers (RFC 6901) to each value, text, list or object that is not, or not wholly, what it was. */
  readonly masked: readonly string[];
  /** Those of them that are secrets as a whole. */
  readonly hidden: readonly string[];
}

/** As {@link maskArguments}, and tells what is masked or cut. */
export function maskedCopy(args: JsonObject, redact: readonly string[], limits: MaskLimits): MaskedCopy {
  const paths = redact.map(parsePath);
  const differing = new Set<string>();
  const hidden: string[] = [];
  let nodes = 0;
  let total = 0;

  const copy = (
    value: JsonValue,
    open: readonly (readonly string[])[],
    name: string,
    depth: number,
    at: Place | undefined,
  ): JsonValue => {
    const differs = <T extends JsonValue>(shown: T): T => {
      differing.add(pointerOf(at));
      return shown;
    };
    if (open.some((path) => path.length === 0) || (secretName.test(name) && holdsSecret(value))) {
      hidden.push(pointerOf(at));
      return differs(masked);
    }
    if (typeof value === 'string') {
      const limit = total >= limits.total ? fewCharacters : limits.text;
      total += Math.min(value.length, limit);
      const shown = bounded(maskText(value.slice(0, longestMasked)), value, limit, limits.digests);
      return shown === value ? shown : differs(shown);
    }
    if (typeof value !== 'object' || value === null) {
      // JSON has one zero.
      return Object.is(value, -0) ? differs(0) : value;
    }
    if (depth >= limits.depth) {
      return differs('[deeper than is shown]');
    }
    const below = (key: string): readonly (readonly string[])[] =>
      open.filter(([first]) => first === key || first === '*').map(([, ...rest]) => rest);
    if (Array.isArray(value)) {
      const items: JsonValue[] = [];
      for (const [index, item] of (value as readonly JsonValue[]).entries()) {
        nodes += 1;
        if (nodes > limits.nodes) {
          items.push(differs(`[${value.length - index} more]`));
          break;
        }
        items.push(copy(item, below(String(index)), name, depth + 1, { above: at, key: String(index) }));
      }
      return items;
    }
    const members = new Map<string, JsonValue>();
    const entries = Object.entries(value);
    for (const [index, [key, member]] of entries.entries()) {
      nodes += 1;
      if (nodes > limits.nodes) {
        members.set(freeName('…', members), differs(`[${entries.length - index} more]`));
        break;
      }
      const shown = freeName(shownName(key), members);
      if (shown !== key) {
        differs(shown);
      }
      total += shown.length;
      members.set(shown, copy(member, below(key), key, depth + 1, { above: at, key: shown }));
    }
    return Object.fromEntries(members);
  };

  const value = copy(args, paths, '', 0, undefined) as JsonObject;
  return { value, masked: [...differing], hidden };
}

/** Where a value stands: in what, and as which member or item; undefined for the whole. */
interface Place {
  readonly above: Place | undefined;
  readonly key: string;
}

function pointerOf(place: Place | undefined): string {
  return place === undefined ? '' : `${pointerOf(place.above)}/${escaped(place.key)}`;
}

/** A part of a JSON Pointer (RFC 6901, section 3). */
function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Masks what looks like a secret in a text. */
export function maskText(text: string): string {
  let result = text;
  for (const pattern of secretTexts) {
    result = result.replace(pattern, masked);
  }
  return result
    .replace(bearer, (_, scheme: string) => `${scheme} ${masked}`)
    .replace(userInfo, (_, scheme: string) => `${scheme}${masked}@`)
    .replace(queryProof, (_, name: string) => `${name}${masked}`)
    .replace(assignment, (_, name: string, sign: string) => `${name}${sign}${masked}`);
}

function holdsSecret(value: JsonValue): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number';
}

const longestName = 200;

/** A name that may be shown; one that is cut says which it is, since others may begin alike. */
function shownName(name: string): string {
  const text = maskText(name);
  return text.length <= longestName
    ? text
    : `${bounded(text, name, longestName, false)} [sha256 ${sha256(name).slice(0, 12)}]`;
}

/** Numbers a masked name that is already taken, so that no member replaces another. */
function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  let free = name;
  for (let count = 2; taken.has(free); count++) {
    free = `${name} (${count})`;
  }
  return free;
}

/** @param text of `whole`, masked */
function bounded(text: string, whole: string, limit: number, digest: boolean): string {
  if (text.length <= limit && whole.length <= longestMasked) {
    return text;
  }
  // Not between the halves of a surrogate pair.
  const cut = text.slice(0, limit).replace(/[\ud800-\udbff]$/, '');
  const which = digest ? `, sha256 ${sha256(whole)}` : '';
  return `${cut}… [${whole.length} characters${which}]`;
}

function parsePath(path: string): readonly string[] {
  if (path.startsWith('/')) {
    return path
      .slice(1)
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return path
    .replace(/\[([^\]]*)\]/g, '.$1')
    .split('.')
    .filter((part) => part !== '');
}
