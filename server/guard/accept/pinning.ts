import { digestOfJson } from '../../protocol';
import type { AcceptedServer, JsonObject, TextChange } from '../../protocol';
import { changesBetween, shapeOf } from './prose';

/** How a tool stands to what a human accepted. */
export type Standing =
  /** Nobody has accepted a tool of this name from this server. */
  | { readonly kind: 'unaccepted' }
  /** It is what was accepted. */
  | { readonly kind: 'accepted'; readonly accepted: JsonObject }
  /** Its schemas and annotations are the accepted ones, but its texts differ; agents get the accepted texts. */
  | { readonly kind: 'reworded'; readonly accepted: JsonObject; readonly changes: readonly TextChange[] }
  /** Its schemas or annotations are others: it is held until a human accepts it again. */
  | { readonly kind: 'changed'; readonly accepted: JsonObject };

/**
 * Compares a definition with what was accepted.
 * @param definition what the server offers now; undefined if it offers no tool of this name
 */
export function standingOf(
  name: string,
  definition: JsonObject | undefined,
  server: AcceptedServer | undefined,
): Standing {
  const accepted = server === undefined ? undefined : memberOf(server.tools, name);
  if (accepted === undefined) {
    return { kind: 'unaccepted' };
  }
  if (definition === undefined || shapeDigest(definition) !== shapeDigest(accepted)) {
    return { kind: 'changed', accepted };
  }
  return digestOf(definition) === digestOf(accepted)
    ? { kind: 'accepted', accepted }
    : { kind: 'reworded', accepted, changes: changesBetween(accepted, definition) };
}

/** Members of an `initialize` result that the parties negotiate; all others describe the server. */
export const negotiated: ReadonlySet<string> = new Set([
  'protocolVersion',
  'supportedVersions',
  'capabilities',
  'resultType',
  'ttlMs',
  'cacheScope',
]);

/**
 * The members of an `initialize` or `server/discover` result that describe the server. Leaves out `_meta`, which is no
 * part of an acceptance and never shown: it may be different each time.
 */
export function aboutOf(result: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(result).filter(
      ([name, value]) =>
        !negotiated.has(name) && name !== '_meta' && !(name === 'instructions' && value === ''),
    ),
  );
}

/** How what a server says of itself differs from what was accepted; that a version has another number is no difference. */
export function aboutChanges(about: JsonObject, accepted: AcceptedServer): readonly TextChange[] {
  return changesBetween(accepted.about, about).filter(({ place }) => place !== 'serverInfo.version');
}

/** A member that the object itself has. */
export function memberOf<T>(map: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** Definitions are compared on every call, and are the same objects until a server lists others. */
const digests = new WeakMap<JsonObject, { whole?: string; shape?: string }>();

/** The digest of everything in a definition. */
function digestOf(definition: JsonObject): string {
  const known = knownDigests(definition);
  return (known.whole ??= digestOfJson(definition));
}

function shapeDigest(definition: JsonObject): string {
  const known = knownDigests(definition);
  return (known.shape ??= digestOfJson(shapeOf(definition)));
}

function knownDigests(definition: JsonObject): { whole?: string; shape?: string } {
  let known = digests.get(definition);
  if (known === undefined) {
    known = {};
    digests.set(definition, known);
  }
  return known;
}
