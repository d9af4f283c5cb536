import { isJsonObject } from '../../protocol';
import type { JsonObject, JsonValue } from '../../protocol';

const mostParts = 200;

/** The schemas that may apply to one value: those given, their alternatives, and what they refer to. */
export function schemaParts(
  schemas: readonly JsonValue[],
  root: JsonObject,
): { readonly parts: readonly JsonObject[]; readonly open: boolean } {
  const parts = new Set<JsonObject>();
  const todo = [...schemas];
  // No schema at all, or one that says `true`, permits anything.
  let open = schemas.length === 0 || schemas.includes(true);
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (!isJsonObject(next) || parts.has(next)) {
      continue;
    }
    if (parts.size >= mostParts) {
      return { parts: [...parts], open: false };
    }
    parts.add(next);
    for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
      todo.push(...list(next[keyword]));
    }
    todo.push(...[next['if'], next['then'], next['else']].filter(isJsonObject));
    const reference = next['$ref'];
    if (typeof reference === 'string') {
      const target = resolve(reference, root);
      open ||= target === undefined;
      todo.push(target ?? null);
    }
  }
  return { parts: [...parts], open };
}

/** A reference within the same schema, as a JSON Pointer in a fragment. */
function resolve(reference: string, root: JsonObject): JsonValue | undefined {
  if (!reference.startsWith('#')) {
    return undefined;
  }
  let here: JsonValue | undefined = root;
  for (const part of reference
    .slice(1)
    .split('/')
    .filter((step) => step !== '')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    here = isJsonObject(here) && Object.hasOwn(here, name) ? here[name] : undefined;
  }
  return here;
}

/** The elements of an array; none of anything else. */
export function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
