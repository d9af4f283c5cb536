import { CelMap } from '../map';
import { Optional } from '../optional';
import { CelRecord } from '../record';
import { CelObject } from '../value';
import type { CelValue, StringMap } from '../value';

/** Values below this weight are walked again, which is faster than a look-up. */
const light = 32;
/** The weights of lists and maps, which never change. */
const known = new WeakMap<object, number>();

/**
 * The number of steps that a walk through a value takes: the length of a text or of bytes; for lists and maps the sum
 * over all their parts. A part that occurs twice counts twice: a few steps of `[x, x]` make a value of great weight
 * that takes little memory.
 */
export function weightOf(value: CelValue): number {
  if (typeof value === 'string') {
    return value.length;
  }
  return typeof value === 'object' && value !== null ? weightOfObject(value) : 1;
}

/** The weight that a value adds to the list or map that holds it. */
function share(value: CelValue): number {
  if (typeof value === 'string') {
    return 1 + Math.floor(value.length / 10);
  }
  return typeof value === 'object' && value !== null ? Math.max(1, weightOfObject(value)) : 1;
}

function weightOfObject(value: object & CelValue): number {
  if (value instanceof Uint8Array) {
    return value.length;
  }
  const before = known.get(value);
  if (before !== undefined) {
    return before;
  }
  const weight = sum(value);
  if (weight > light) {
    known.set(value, weight);
  }
  return weight;
}

function sum(value: object & CelValue): number {
  let weight = 0;
  if (Array.isArray(value)) {
    for (const element of value as readonly CelValue[]) {
      weight += share(element);
    }
    return weight;
  }
  if (!(value instanceof CelObject)) {
    for (const key of Object.keys(value)) {
      weight += share((value as StringMap)[key] ?? null);
    }
    return weight;
  }
  if (value instanceof CelMap) {
    for (const [, element] of value.entries()) {
      weight += share(element);
    }
    return weight;
  }
  if (value instanceof Optional) {
    return value.value === undefined ? 1 : weightOf(value.value);
  }
  if (value instanceof CelRecord) {
    for (const name of value.fields()) {
      weight += share(value.get(name) ?? null);
    }
    return weight;
  }
  return 1;
}

/** The cost of comparing two values, in cel-go's units: a tenth of the shorter one's length. */
export function comparisonCost(a: CelValue, b: CelValue): number {
  const plain = typeof a !== 'object' && typeof b !== 'object' && typeof a !== 'string';
  return plain || a === null || b === null ? 1 : Math.ceil(Math.min(weightOf(a), weightOf(b)) / 10);
}

/** The weight from which on a value costs its weight to make; below, making it costs what cel-go says. */
const heavy = 1000;

/**
 * The cost of making a list or map beyond cel-go's price, so that no expression can make one that takes too long to
 * walk.
 */
export function surcharge(value: CelValue): number {
  const weight = weightOf(value);
  return weight > heavy ? weight : 0;
}
