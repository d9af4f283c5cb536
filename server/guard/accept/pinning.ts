import { digestOfJson } from '../../protocol';
import type { AcceptedServer, AcceptedTool, JsonObject, JsonValue } from '../../protocol';
import { flagsOf, mayInstructModel } from './flags';

/** What of a tool's definition is pinned; the rest (icons, `_meta`) neither reaches the model nor decides anything. */
const pinned = [
  'name',
  'title',
  'description',
  'inputSchema',
  'outputSchema',
  'annotations',
  'execution',
] as const;

/** The digest of what is pinned of a definition. */
export function toolDigest(definition: JsonObject): string {
  return digestOfJson(pinnedPart(definition));
}

/** The pinned members of a definition. */
export function pinnedPart(definition: JsonObject): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const name of pinned) {
    const value = definition[name];
    if (value !== undefined) {
      kept[name] = value;
    }
  }
  return kept;
}

/** How a tool stands to what a human accepted. */
export type Standing =
  /** Nobody has accepted a tool of this name from this server. */
  | { readonly kind: 'unaccepted' }
  /** It is what was accepted, up to harmless wording. */
  | { readonly kind: 'accepted'; readonly accepted: AcceptedTool }
  /** It is held until a human accepts it again. */
  | { readonly kind: 'changed'; readonly accepted: AcceptedTool };

/**
 * Compares a definition with what was accepted.
 * @param definition what the server offers now; undefined if it offers no tool of this name
 * @param otherTools the names of the server's other tools: a new mention of one is not harmless
 */
export function standingOf(
  name: string,
  definition: JsonObject | undefined,
  accepted: AcceptedServer | undefined,
  otherTools: readonly string[],
): Standing {
  const before =
    accepted !== undefined && Object.hasOwn(accepted.tools, name) ? accepted.tools[name] : undefined;
  if (before === undefined) {
    return { kind: 'unaccepted' };
  }
  if (definition === undefined) {
    return { kind: 'changed', accepted: before };
  }
  const same =
    toolDigest(definition) === before.digest || isHarmless(before.definition, definition, otherTools);
  return { kind: same ? 'accepted' : 'changed', accepted: before };
}

/** Whether a server's instructions are what was accepted, up to harmless wording. */
export function sameInstructions(
  instructions: string,
  accepted: AcceptedServer,
  tools: readonly string[],
): boolean {
  if (digestOfJson(instructions) === accepted.instructionsDigest) {
    return true;
  }
  return isHarmlessText(accepted.instructions ?? '', instructions, tools);
}

/**
 * Whether a definition differs only in wording that can do no harm: everything but titles and descriptions is the
 * same, and what is new in those has no URL, no instruction to the model, no mention of another tool, nothing hidden.
 */
export function isHarmless(before: JsonObject, after: JsonObject, otherTools: readonly string[]): boolean {
  const old = split(pinnedPart(before));
  const fresh = split(pinnedPart(after));
  if (digestOfJson(old.rest) !== digestOfJson(fresh.rest)) {
    return false;
  }
  const known = new Set(old.texts.values());
  return [...fresh.texts].every(
    ([place, text]) => known.has(text) || isHarmlessText(old.texts.get(place) ?? '', text, otherTools),
  );
}

function isHarmlessText(before: string, after: string, otherTools: readonly string[]): boolean {
  const longest = before.length * 1.5 + 200;
  const mentions = otherTools.some((name) => mentionsWord(after, name) && !mentionsWord(before, name));
  return after.length <= longest && !mentions && flagsOf(after).length === 0 && !mayInstructModel(after);
}

function mentionsWord(text: string, word: string): boolean {
  return word !== '' && text.toLowerCase().includes(word.toLowerCase());
}

/** Takes the texts that are only read, not interpreted, out of a definition. */
function split(definition: JsonObject): {
  readonly rest: JsonValue;
  readonly texts: ReadonlyMap<string, string>;
} {
  const texts = new Map<string, string>();
  const copy = (value: JsonValue, at: string): JsonValue => {
    if (Array.isArray(value)) {
      return (value as readonly JsonValue[]).map((item, index) => copy(item, `${at}/${index}`));
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const rest: [string, JsonValue][] = [];
    for (const [name, member] of Object.entries(value)) {
      // A property that happens to be called so has a schema, an object, as its value.
      if ((name === 'description' || name === 'title') && typeof member === 'string') {
        texts.set(`${at}/${name}`, member);
      } else {
        rest.push([name, copy(member, `${at}/${name}`)]);
      }
    }
    return Object.fromEntries(rest);
  };
  return { rest: copy(definition, ''), texts };
}
