import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  nullType,
  stringType,
  timestampType,
  uintType,
} from '../types';
import type { CelType } from '../types';

// Which overloads fit argument types without type variables depends on nothing else. So the types of a call's arguments
// are written as one number, by which what was found for them is found again: `firstCode`, then `nextCode` for each.

const dynCode = 11;
/** A number above all codes of types. */
const codeLimit = 64;

/** The number of types for which nothing is remembered. */
export const noCode = 0;

/** The number of a call without arguments. */
export function firstCode(method: boolean, namespaced: boolean): number {
  return 4 + (method ? 1 : 0) + (namespaced ? 2 : 0);
}

/** The number of a call with one more argument. Seven at most have one that is exact. */
export function nextCode(code: number, type: CelType): number {
  const own = codeOf(type);
  return own === 0 || code === noCode || code > 2 ** 45 ? noCode : code * codeLimit + own;
}

/** A small number that stands for a common type without type variables, 0 for other types. */
function codeOf(type: CelType): number {
  switch (type.kind) {
    case 'primitive':
      return simpleCode(type);
    case 'dyn':
      return dynCode;
    case 'list': {
      const element = simpleCode(type.element);
      return element === 0 ? 0 : 16 + element;
    }
    case 'map': {
      const value = simpleCode(type.value);
      return value === 0 || type.key !== stringType ? 0 : 32 + value;
    }
    default:
      return 0;
  }
}

/** There is one object for each of these types. */
function simpleCode(type: CelType): number {
  switch (type) {
    case dynType:
      return dynCode;
    case stringType:
      return 6;
    case boolType:
      return 2;
    case doubleType:
      return 5;
    case intType:
      return 3;
    case uintType:
      return 4;
    case timestampType:
      return 8;
    case durationType:
      return 9;
    case bytesType:
      return 7;
    case nullType:
      return 1;
    default:
      return 0;
  }
}

/** True if the type has no type variable, so that a resolution with it can be remembered. */
export function isGround(type: CelType): boolean {
  return codeOf(type) !== 0;
}
