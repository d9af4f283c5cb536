import { Duration } from '../time/duration';
import { isList, isMap, mapGet, mapKeys, mapSize } from '../kinds';
import { compareNumbers, isNumeric } from '../numbers';
import { CelObject } from '../value';
import { Optional } from '../optional';
import { Timestamp } from '../time/timestamp';
import { TypeValue } from '../type-value';
import type { CelValue } from '../value';

/**
 * CEL's `==` across types (CEL specification, "Equality"): numbers compare by value, values of different types are
 * unequal, NaN equals nothing.
 */
export function equal(a: CelValue, b: CelValue): boolean {
  if (typeof a === 'string' || typeof a === 'boolean' || a === null) {
    return a === b;
  }
  if (typeof a === 'number' && typeof b === 'number') {
    return a === b;
  }
  if (isNumeric(a)) {
    return isNumeric(b) && compareNumbers(a, b) === 0;
  }
  if (typeof b !== 'object' || b === null) {
    return a instanceof CelObject && a.equals(b) === true;
  }
  if (isList(a)) {
    return isList(b) && listsEqual(a, b);
  }
  if (a instanceof Uint8Array) {
    return b instanceof Uint8Array && bytesEqual(a, b);
  }
  if (isMap(a)) {
    return isMap(b) && mapsEqual(a, b);
  }
  if (a instanceof Timestamp) {
    return b instanceof Timestamp && a.seconds === b.seconds && a.nanos === b.nanos;
  }
  if (a instanceof Duration) {
    return b instanceof Duration && a.nanos === b.nanos;
  }
  if (a instanceof Optional) {
    return b instanceof Optional && optionalsEqual(a, b);
  }
  if (a instanceof TypeValue) {
    return b instanceof TypeValue && a.name === b.name;
  }
  return a instanceof CelObject && a.equals(b) === true;
}

function listsEqual(a: readonly CelValue[], b: readonly CelValue[]): boolean {
  if (a.length !== b.length) {
    return false;
  }
  for (let index = 0; index < a.length; index++) {
    if (!equal(a[index] ?? null, b[index] ?? null)) {
      return false;
    }
  }
  return true;
}

function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function mapsEqual(a: CelValue, b: CelValue): boolean {
  if (!isMap(a) || !isMap(b) || mapSize(a) !== mapSize(b)) {
    return false;
  }
  for (const key of mapKeys(a)) {
    const left = mapGet(a, key);
    const right = mapGet(b, key);
    if (left === undefined || right === undefined || !equal(left, right)) {
      return false;
    }
  }
  return true;
}

function optionalsEqual(a: Optional, b: Optional): boolean {
  if (a.value === undefined || b.value === undefined) {
    return a.value === b.value;
  }
  return equal(a.value, b.value);
}
