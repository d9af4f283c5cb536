import { isList, isMap, isStringMap, mapGet, mapKeys, typeNameOf } from '../values/kinds';
import type { CelType } from '../types';
import type { CelValue } from '../values/value';

/**
 * Tests at run time that a value has the type of a parameter. Of lists and maps it tests the first element alone, as
 * cel-go does.
 */
export type Guard = (value: CelValue) => boolean;

const always: Guard = () => true;

/** Makes the test for a parameter's type. */
export function guardFor(type: CelType): Guard {
  switch (type.kind) {
    case 'dyn':
    case 'error':
    case 'param':
      return always;
    case 'primitive':
      return primitiveGuard(type.name);
    case 'wrapper': {
      const guard = guardFor(type.of);
      return (value) => value === null || guard(value);
    }
    case 'list': {
      const element = guardFor(type.element);
      if (element === always) {
        return isList;
      }
      return (value) => isList(value) && (value.length === 0 || element(value[0] ?? null));
    }
    case 'map': {
      const key = guardFor(type.key);
      const entry = guardFor(type.value);
      if (key === always && entry === always) {
        return isMap;
      }
      return (value) => isMap(value) && firstEntryFits(value, key, entry);
    }
    case 'type':
      return (value) => typeNameOf(value) === 'type';
    case 'named': {
      const { name } = type;
      return (value) => typeNameOf(value) === name;
    }
  }
}

/** No test at all. */
export function noGuardFor(): Guard {
  return always;
}

/** The same without looking at elements. */
export function shallowGuardFor(type: CelType): Guard {
  return type.kind === 'list' ? isList : type.kind === 'map' ? isMap : guardFor(type);
}

function firstEntryFits(map: CelValue, key: Guard, entry: Guard): boolean {
  if (!isMap(map)) {
    return false;
  }
  const [first] = isStringMap(map) ? Object.keys(map) : mapKeys(map);
  return first === undefined || (key(first) && entry(mapGet(map, first) ?? null));
}

function primitiveGuard(name: string): Guard {
  switch (name) {
    case 'string':
      return (value) => typeof value === 'string';
    case 'bool':
      return (value) => typeof value === 'boolean';
    case 'int':
      return (value) => typeof value === 'bigint';
    case 'double':
      return (value) => typeof value === 'number';
    case 'null_type':
      return (value) => value === null;
    case 'any':
      return always;
    case 'timestamp':
      return (value) => typeNameOf(value) === 'google.protobuf.Timestamp';
    case 'duration':
      return (value) => typeNameOf(value) === 'google.protobuf.Duration';
    default:
      return (value) => typeNameOf(value) === name;
  }
}

/** True if every value of the static type passes the test for `wanted`, so that the test can be left out. */
export function isCertain(type: CelType | undefined, wanted: CelType): boolean {
  if (wanted.kind === 'dyn' || wanted.kind === 'param') {
    return true;
  }
  if (!type) {
    return false;
  }
  switch (type.kind) {
    case 'primitive':
      return type.name !== 'any' && wanted.kind === 'primitive' && wanted.name === type.name;
    case 'named':
      return wanted.kind === 'named' && wanted.name === type.name;
    case 'list':
      return wanted.kind === 'list' && isCertain(type.element, wanted.element);
    case 'map':
      return wanted.kind === 'map' && isCertain(type.key, wanted.key) && isCertain(type.value, wanted.value);
    default:
      return false;
  }
}
