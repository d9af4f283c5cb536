import { isJsonObject } from '../../../protocol';
import type { AcceptedServer, JsonObject, JsonValue } from '../../../protocol';
import { memberOf, negotiated } from '../../accept/pinning';

/*
 * What an agent is shown of a server is what a person accepted of it, word by word. Of a server that nobody has
 * accepted it is shown nothing at all.
 */

/** The lists of a server, beside its tools. */
type OtherList = 'prompts' | 'resources' | 'resourceTemplates';

/** Replaces the `instructions` of a server that nobody has accepted, so that none of its texts reach the agent. */
const unacceptedInstructions =
  'Gatehouse shows nothing of this server, and passes no call to it, until a person has looked at its tools and accepted them: in VS Code with the command "Gatehouse: Review and Accept a Server\'s Tools…", or in a terminal with "gatehouse accept". Tell the user if you need it.';

/**
 * An `initialize` or `server/discover` result with the texts that a person accepted.
 * @param server the name that the person gave the server
 * @returns the very result it was given if nothing changes
 */
export function shownAbout(
  result: JsonObject,
  accepted: AcceptedServer | undefined,
  server: string,
): JsonObject {
  const about = accepted?.about ?? {
    serverInfo: { name: server, version: '0' },
    instructions: unacceptedInstructions,
  };
  const kept = Object.entries(result).filter(([name]) => negotiated.has(name));
  const shown: Record<string, JsonValue> = { ...Object.fromEntries(kept), ...about };
  if (accepted === undefined && isJsonObject(result['capabilities'])) {
    shown['capabilities'] = announcing(result['capabilities']);
  }
  return sameJson(shown, result) ? result : shown;
}

/** Once the server is accepted, the client has to list everything anew, whether the server announces changes or not. */
function announcing(capabilities: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(capabilities).map(([name, capability]): [string, JsonValue] => {
      const isList = ['tools', 'prompts', 'resources'].includes(name);
      return [name, isList && isJsonObject(capability) ? { ...capability, listChanged: true } : capability];
    }),
  );
}

/**
 * A list of prompts, resources or resource templates as an agent may see it: prompts and templates as they were
 * accepted, without those that were not; resources come and go, so that nobody can accept each, and are shown by their
 * address alone.
 * @returns the very array it was given if nothing changes
 */
export function shownList(
  list: OtherList,
  items: readonly JsonObject[],
  accepted: AcceptedServer | undefined,
): readonly JsonObject[] {
  const shown = accepted === undefined ? [] : items.flatMap((item) => shownItem(list, item, accepted));
  const same = shown.length === items.length && shown.every((item, index) => item === items[index]);
  return same ? items : shown;
}

function shownItem(list: OtherList, item: JsonObject, accepted: AcceptedServer): readonly JsonObject[] {
  if (list === 'resources') {
    return addressed(item);
  }
  const key = item[list === 'prompts' ? 'name' : 'uriTemplate'];
  const before = typeof key === 'string' ? memberOf(accepted[list], key) : undefined;
  if (before === undefined) {
    return [];
  }
  return [sameJson(before, item) ? item : before];
}

/** RFC 3986, section 2: nothing but ASCII, and no blank. */
const address = /^[a-z][a-z0-9+.-]*:[!#-;=?-[\]_a-z~%]{0,2000}$/i;
const mediaType = /^[a-z0-9!#$&^_.+-]{1,60}\/[a-z0-9!#$&^_.+-]{1,60}(; ?charset=[a-z0-9-]{1,20})?$/i;

/** A resource with what is no text: address, type, size, and for whom it is (MCP 2025-11-25, Resource, Annotations). */
function addressed(item: JsonObject): readonly JsonObject[] {
  const { annotations, mimeType, name, size, uri } = item;
  if (typeof uri !== 'string' || !address.test(uri)) {
    return [];
  }
  const hints = isJsonObject(annotations) ? plainAnnotations(annotations) : {};
  const shown: Record<string, JsonValue> = {
    uri,
    name: name === uri ? uri : lastSegment(uri),
    ...(typeof mimeType === 'string' && mediaType.test(mimeType) && { mimeType }),
    ...(typeof size === 'number' && { size }),
    ...(Object.keys(hints).length > 0 && { annotations: hints }),
  };
  return [sameJson(shown, item) ? item : shown];
}

function plainAnnotations({ audience, lastModified, priority }: JsonObject): JsonObject {
  const isAudience =
    Array.isArray(audience) &&
    (audience as readonly JsonValue[]).every((role) => role === 'user' || role === 'assistant');
  const isTime = typeof lastModified === 'string' && /^[\d:.TZ+-]{1,40}$/.test(lastModified);
  return {
    ...(isAudience && { audience }),
    ...(typeof priority === 'number' && { priority }),
    ...(isTime && { lastModified }),
  };
}

/** The last part of an address that a person would call its name; else the address. */
function lastSegment(uri: string): string {
  return /([^/?#]+)\/?([?#].*)?$/.exec(uri.replace(/^[^:]*:/, ''))?.[1] ?? uri;
}

function sameJson(a: JsonValue, b: JsonValue): boolean {
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      (a as readonly JsonValue[]).every((item, index) =>
        sameJson(item, (b as readonly JsonValue[])[index] ?? null),
      )
    );
  }
  if (!isJsonObject(a) || !isJsonObject(b)) {
    return a === b;
  }
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson(a[name] ?? null, b[name] ?? null))
  );
}
