import { Duration } from '../time/duration';
import { isList, isMap, mapSize } from '../kinds';
import { CelObject } from '../value';
import { Optional } from '../optional';
import { Timestamp } from '../time/timestamp';
import { Uint } from '../uint';
import type { CelValue } from '../value';

/**
 * True for the zero of the value's type: null, false, 0, empty, or the time at which Go's clock begins (the year 1).
 */
export function isZero(value: CelValue): boolean {
  switch (typeof value) {
    case 'boolean':
      return !value;
    case 'string':
      return value === '';
    case 'number':
      return value === 0;
    case 'bigint':
      return value === 0n;
    default:
      return value === null || isZeroObject(value);
  }
}

function isZeroObject(value: CelValue & object): boolean {
  if (isList(value) || value instanceof Uint8Array) {
    return value.length === 0;
  }
  if (isMap(value)) {
    return mapSize(value) === 0;
  }
  if (value instanceof Uint) {
    return value.value === 0n;
  }
  if (value instanceof Duration) {
    return value.nanos === 0n;
  }
  if (value instanceof Timestamp) {
    return value.seconds === -62_135_596_800 && value.nanos === 0;
  }
  if (value instanceof Optional) {
    return value.value === undefined || isZero(value.value);
  }
  return value instanceof CelObject && value.isZero();
}
