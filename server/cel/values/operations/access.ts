import { isStringMap, typeNameOf } from '../kinds';
import { CelMap } from '../map';
import { formatDouble, maxInt } from '../numbers';
import { CelObject, IndexProblem } from '../value';
import { CelRecord } from '../record';
import { Uint } from '../uint';
import { Unreadable } from '../unreadable';
import type { CelValue, StringMap } from '../value';
import { fail, Failure } from '../failure';

/** A key as cel-go's messages show it. */
export function showKey(key: CelValue): string {
  switch (typeof key) {
    case 'string':
      return key;
    case 'number':
      return formatDouble(key);
    case 'bigint':
    case 'boolean':
      return String(key);
    default:
      return key instanceof Uint ? String(key.value) : typeNameOf(key);
  }
}

/** `target.key` or `target[key]`; undefined if there is nothing under the key. */
export function find(target: CelValue, key: CelValue): CelValue | Failure | undefined {
  if (typeof target !== 'object' || target === null) {
    return undefined;
  }
  if (Array.isArray(target)) {
    const index = listIndex(key);
    return typeof index === 'number' ? (target as readonly CelValue[])[index] : index;
  }
  if (target instanceof CelObject) {
    if (target instanceof CelMap) {
      return target.get(key);
    }
    if (target instanceof CelRecord) {
      return readField(target, key);
    }
    const found = target.index?.(key);
    return found instanceof IndexProblem ? fail(found.message) : found;
  }
  if (target instanceof Uint8Array || typeof key !== 'string') {
    return undefined;
  }
  return Object.hasOwn(target, key) ? (target as StringMap)[key] : undefined;
}

/** A field of a record. Only those of open records may be unset; what other records do not have is a mistake. */
function readField(record: CelRecord, key: CelValue): CelValue | Failure | undefined {
  if (typeof key !== 'string') {
    return record.isOpen() ? undefined : fail('no such overload');
  }
  const value = record.get(key);
  if (value instanceof Unreadable) {
    return fail(value.problem);
  }
  return value === undefined && !record.isOpen() ? noSuchField(key) : value;
}

function noSuchField(key: CelValue): Failure {
  return fail(`no such field '${showKey(key)}'`);
}

/** The place in a list that a key means: ints, and doubles and uints that are whole. */
function listIndex(key: CelValue): number | Failure {
  if (typeof key === 'bigint') {
    return Number(key);
  }
  if (typeof key === 'number') {
    return Number.isInteger(key) && Math.abs(key) < 2 ** 63
      ? key
      : fail(`unsupported index value ${showKey(key)} in list`);
  }
  if (key instanceof Uint) {
    return key.value <= maxInt ? Number(key.value) : fail(`unsupported index value ${key.value} in list`);
  }
  return fail(`unsupported index type '${typeNameOf(key)}' in list`);
}

/**
 * The same for `target.?key` and `target[?key]`: of a record, a field that is not set is not there, nor is a variable
 * that cannot be read.
 */
export function findOptional(target: CelValue, key: CelValue): CelValue | Failure | undefined {
  const found = find(target, key);
  if (!(target instanceof CelRecord) || typeof key !== 'string') {
    return found;
  }
  if (found instanceof Failure) {
    return target.isOpen() && target.has(key) ? undefined : found;
  }
  return target.isSet(key) ? found : undefined;
}

/** The failure of a key under which there is nothing. */
export function missing(target: CelValue, key: CelValue): Failure {
  if (target instanceof CelRecord) {
    return fail(`undefined field '${showKey(key)}'`);
  }
  return fail(
    Array.isArray(target) ? `index out of bounds: ${showKey(key)}` : `no such key: ${showKey(key)}`,
  );
}

/** `has(target.field)`. Selecting from a list is an error; what has no fields has none. */
export function isPresent(target: CelValue, field: string): boolean | Failure {
  if (target instanceof CelRecord) {
    const known = target.isOpen() || target.get(field) !== undefined;
    return known ? target.has(field) : noSuchField(field);
  }
  if (Array.isArray(target)) {
    return fail(`unsupported index type 'string' in list`);
  }
  if (target instanceof CelMap) {
    return target.has(field);
  }
  return isStringMap(target) && Object.hasOwn(target, field);
}
