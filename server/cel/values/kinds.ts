import { CelMap } from './map';
import { CelObject } from './value';
import type { CelValue, StringMap } from './value';

export function isList(value: CelValue): value is readonly CelValue[] {
  return Array.isArray(value);
}

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

/** @returns undefined if the map has no such key */
export function mapGet(map: StringMap | CelMap, key: CelValue): CelValue | undefined {
  if (map instanceof CelMap) {
    return map.get(key);
  }
  return typeof key === 'string' && Object.hasOwn(map, key) ? map[key] : undefined;
}

/** The name of a value's type, as `type(value)` gives it. */
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

/** A plain object if all keys are strings, else a {@link CelMap}. */
export function makeMap(entries: readonly (readonly [CelValue, CelValue])[]): StringMap | CelMap {
  if (entries.length === 0 || !entries.every(([key]) => typeof key === 'string')) {
    return entries.length === 0 ? {} : new CelMap(entries);
  }
  return stringMap(entries as readonly (readonly [string, CelValue])[]);
}

/** A plain object in which `__proto__` is a property like any other. */
export function stringMap<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries(entries);
}
