import { isJsonObject } from '../../protocol';
import type { JsonObject, JsonValue } from '../../protocol';
import { nameProblemOf, problemWords } from '../json/look-alikes';
import { list, schemaParts } from './schema-parts';

/** A schema says nothing of what is nested deeper. */
const deepest = 32;

/**
 * Why a server may read other arguments than the guard decided on: somewhere in them is a name with a NUL, or two names
 * that differ only in case, and the tool's input schema does not declare both.
 * @returns what is wrong, in words; `undefined` if nothing is
 */
export function ambiguousArguments(args: JsonObject, schema: JsonValue | undefined): string | undefined {
  return ambiguityIn(args, isJsonObject(schema) ? [schema] : [], isJsonObject(schema) ? schema : {}, 0);
}

function ambiguityIn(
  value: JsonValue,
  schemas: readonly JsonValue[],
  root: JsonObject,
  depth: number,
): string | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const parts = depth > deepest ? [] : schemaParts(schemas, root).parts;
  if (Array.isArray(value)) {
    const items = parts.flatMap((part) => [part['items'], ...list(part['prefixItems'])]).filter(isJsonObject);
    return first(value as readonly JsonValue[], (item) => ambiguityIn(item, items, root, depth + 1));
  }
  const object = value as JsonObject;
  const properties = parts.map((part) => part['properties']).filter(isJsonObject);
  const declared = (name: string): boolean => properties.some((known) => Object.hasOwn(known, name));
  const problem = nameProblemOf(object, [], (name, other) => declared(name) && declared(other));
  if (problem !== undefined) {
    return problemWords(problem);
  }
  const additional = parts.map((part) => part['additionalProperties']).filter(isJsonObject);
  return first(Object.entries(object), ([name, member]) => {
    const known = properties.flatMap((all) => (Object.hasOwn(all, name) ? [all[name] ?? null] : []));
    return ambiguityIn(member, known.length > 0 ? known : additional, root, depth + 1);
  });
}

function first<T>(items: readonly T[], problemOf: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const problem = problemOf(item);
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}
