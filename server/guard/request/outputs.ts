import { isJsonObject, isMinutes, isUses, stricterBounds } from '../../protocol';
import type { OutputEntry } from '../../policy';
import type { AskWording, JsonObject, JsonValue, RememberBounds } from '../../protocol';
import { maskText } from './mask';

const longestReason = 1_000;

/** Why a call is refused, in one sentence. */
export interface Reason {
  readonly text: string;
  /** The fully qualified name of the rule that gives it; empty where the guard or another decision point does. */
  readonly rule: string;
}

/** The outputs of the rules of one policy layer at one level, validated (request-model: "Outputs"). */
export interface Outputs {
  readonly reasons: readonly Reason[];
  readonly ask?: AskWording;
  /** Undefined if no output sets it. */
  readonly remember?: RememberBounds;
  readonly counts: readonly string[];
  /** The rules that halt the session, by their fully qualified names. */
  readonly halts: readonly string[];
  readonly redact: readonly string[];
  /** Why an output can't be used; then a call must not be allowed on its terms. */
  readonly problem?: string;
}

/**
 * Reads the outputs of one policy layer. Where they differ, the stricter counts: an answer may be remembered only if
 * every `ask` permits it.
 * @param deciding the fully qualified name of the rule that decided: its reason comes first
 */
export function readOutputs(entries: readonly OutputEntry[], deciding?: string): Outputs {
  const ordered = [...entries].sort((a, b) => Number(b.src === deciding) - Number(a.src === deciding));
  const reasons = new Map<string, Reason>();
  const halts = new Set<string>();
  const counts = new Set<string>();
  const redact = new Set<string>();
  let ask: AskWording | undefined;
  let remember: RememberBounds | undefined;
  let problem: string | undefined;

  for (const entry of ordered) {
    if (entry.error !== undefined) {
      problem ??= `the output of ${entry.src} can't be evaluated: ${entry.error}`;
      continue;
    }
    const said = member(entry.val, 'gatehouse');
    if (said === undefined) {
      continue;
    }
    const wrong = problemOf(said);
    if (wrong !== undefined || !isJsonObject(said)) {
      problem ??= `the output of ${entry.src} can't be used: ${wrong ?? 'gatehouse is not a map'}`;
      continue;
    }
    const { ask: asked, reason } = said;
    if (typeof reason === 'string' && reason !== '') {
      const text = shortened(maskText(reason));
      reasons.set(text, reasons.get(text) ?? { text, rule: entry.src });
    }
    texts(said['count']).forEach((name) => counts.add(name));
    texts(said['redact']).forEach((path) => redact.add(path));
    if (said['halt'] === true) {
      halts.add(entry.src);
    }
    if (isJsonObject(asked)) {
      ask ??= wordingOf(asked);
      const bounds = boundsOf(asked['remember']);
      remember = remember === undefined ? bounds : stricterBounds(remember, bounds);
    }
  }
  return {
    reasons: [...reasons.values()],
    counts: [...counts],
    redact: [...redact],
    halts: [...halts],
    ...(ask === undefined ? {} : { ask }),
    ...(remember === undefined ? {} : { remember }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** A policy may put arguments into its reason. */
function shortened(reason: string): string {
  return reason.length <= longestReason ? reason : `${reason.slice(0, longestReason)}…`;
}

/** Anything that is not what it must be could be a limit that gets lost. */
function problemOf(said: JsonValue): string | undefined {
  if (!isJsonObject(said)) {
    return 'gatehouse is not a map';
  }
  const checks: Record<string, (value: JsonValue) => boolean> = {
    reason: (value) => typeof value === 'string',
    ask: isJsonObject,
    count: isTexts,
    halt: (value) => typeof value === 'boolean',
    redact: isTexts,
  };
  for (const [name, value] of Object.entries(said)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) {
      return `"${name}" is not known`;
    }
    // CEL's null is how an expression says nothing.
    if (value !== null && !check(value)) {
      return `"${name}" is of the wrong type`;
    }
  }
  return undefined;
}

function wordingOf(asked: JsonObject): AskWording {
  const wording: Record<string, string> = {};
  for (const name of ['title', 'detail', 'confirm']) {
    const value = asked[name];
    if (typeof value === 'string') {
      wording[name] = value;
    }
  }
  return wording;
}

/** Nothing is remembered if any member is no bound: it could be one that gets lost. */
function boundsOf(value: JsonValue | undefined): RememberBounds {
  const never = { session: false };
  if (!isJsonObject(value)) {
    return never;
  }
  // CEL's null is how an expression says nothing.
  const said = Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
  const { match, minutes, session = false, uses, ...unknown } = said;
  if (
    typeof session !== 'boolean' ||
    (uses !== undefined && !isUses(uses)) ||
    (minutes !== undefined && !isMinutes(minutes)) ||
    (match !== undefined && match !== 'call') ||
    Object.keys(unknown).length > 0
  ) {
    return never;
  }
  const isBounded = uses !== undefined || minutes !== undefined || match !== undefined;
  return {
    session: session && !isBounded,
    ...(uses === undefined ? {} : { uses }),
    ...(minutes === undefined ? {} : { minutes }),
    ...(match === undefined ? {} : { match }),
  };
}

function isTexts(value: JsonValue): boolean {
  return (
    typeof value === 'string' ||
    (Array.isArray(value) && (value as readonly JsonValue[]).every((item) => typeof item === 'string'))
  );
}

function texts(value: JsonValue | undefined): readonly string[] {
  const all: readonly (JsonValue | undefined)[] = Array.isArray(value)
    ? (value as readonly JsonValue[])
    : [value];
  return all.filter((item) => typeof item === 'string' && item !== '') as readonly string[];
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
