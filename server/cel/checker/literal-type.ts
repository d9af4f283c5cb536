import { boolType, bytesType, doubleType, intType, nullType, stringType, uintType } from '../types';
import type { CelType } from '../types';
import { Uint } from '../values/uint';

/** The type of a constant as written. */
export function literalType(value: unknown): CelType {
  switch (typeof value) {
    case 'boolean':
      return boolType;
    case 'bigint':
      return intType;
    case 'number':
      return doubleType;
    case 'string':
      return stringType;
    default:
      return value === null ? nullType : value instanceof Uint ? uintType : bytesType;
  }
}
