import { CelMap } from './map';
import { CelObject } from './value';
import type { CelValue, StringMap } from './value';

export function isList(value: CelValue): value is readonly CelValue[] {
  return Array.isArray(value);
}

/** Whether a value is a map in plain-object form. */
export function isStringMap(value: CelValue): value is StringMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof CelObject) &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  );
}

export function isMap(value: CelValue): value is StringMap | CelMap {
  return value instanceof CelMap || isStringMap(value);
}

/** The keys of a map, in the order in which they were written. */
export function mapKeys(map: StringMap | CelMap): readonly CelValue[] {
  return map instanceof CelMap ? map.keys() : Object.keys(map);
}

export function mapSize(map: StringMap | CelMap): number {
  return map instanceof CelMap ? map.size : Object.keys(map).length;
}

/** The value under a key, undefined if there is none. */
export function mapGet(map: StringMap | CelMap, key: CelValue): CelValue | undefined {
  if (map instanceof CelMap) {
    return map.get(key);
  }
  return typeof key === 'string' && Object.hasOwn(map, key) ? map[key] : undefined;
}

/** CEL's name for the type of a value, as `type(value)` shows it. */
export function typeNameOf(value: CelValue): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    default:
      if (value === null) {
        return 'null_type';
      }
      if (value instanceof CelObject) {
        return value.typeName;
      }
      return Array.isArray(value) ? 'list' : value instanceof Uint8Array ? 'bytes' : 'map';
  }
}

/** Makes a map: a plain object if all keys are strings. */
export function makeMap(entries: readonly (readonly [CelValue, CelValue])[]): StringMap | CelMap {
  if (entries.length === 0 || !entries.every(([key]) => typeof key === 'string')) {
    return entries.length === 0 ? {} : new CelMap(entries);
  }
  return stringMap(entries as readonly (readonly [string, CelValue])[]);
}

/** A plain object with these properties; `__proto__` is one like any other. */
export function stringMap<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries(entries);
}
