import { fail } from '../values/failure';
import { compare, isOrdered } from '../values/operations/compare';
import { Duration } from '../values/time/duration';
import { isList, isMap } from '../values/kinds';
import { maxInt, maxUint, minInt } from '../values/numbers';
import { CelObject } from '../values/value';
import { find } from '../values/operations/access';
import { equal } from '../values/operations/equal';
import { maxSeconds, minSeconds, Timestamp } from '../values/time/timestamp';
import { Uint } from '../values/uint';
import type { CelValue } from '../values/value';
import { comparisonCost, weightOf } from '../values/operations/weight';
import type { CallContext, FunctionResult } from './define';
import { noOverload } from './no-overload';

/** An operator on any two values; types that do not fit are its own failure to report. */
type BinaryOperator = (a: CelValue, b: CelValue, context: CallContext) => FunctionResult;

const mistyped = 'no such overload';

function checkedInt(value: bigint): FunctionResult {
  return value > maxInt || value < minInt ? fail('integer overflow') : value;
}

function checkedUint(value: bigint): FunctionResult {
  return value > maxUint || value < 0n ? fail('unsigned integer overflow') : new Uint(value);
}

function checkedDuration(nanos: bigint): FunctionResult {
  return nanos > maxInt || nanos < minInt ? fail('integer overflow') : new Duration(nanos);
}

/** A timestamp so much later, negative for earlier. */
function later({ seconds, nanos, offsetMinutes }: Timestamp, by: bigint): FunctionResult {
  // Both parts fit in a double exactly, which is faster than 64-bit arithmetic.
  const total = nanos + Number(by % 1_000_000_000n);
  const carry = Math.floor(total / 1e9);
  const moved = seconds + Number(by / 1_000_000_000n) + carry;
  return moved < minSeconds || moved > maxSeconds
    ? fail('timestamp overflow')
    : new Timestamp(moved, total - carry * 1e9, offsetMinutes);
}

/** The time from one timestamp to an earlier one. The seconds alone must fit in a duration too, as in cel-go. */
function between(a: Timestamp, b: Timestamp): FunctionResult {
  const whole = checkedDuration(BigInt(a.seconds - b.seconds) * 1_000_000_000n);
  return whole instanceof Duration ? checkedDuration(whole.nanos + BigInt(a.nanos - b.nanos)) : whole;
}

/** `a + b`. */
const add: BinaryOperator = (a, b, context) => {
  switch (typeof a) {
    case 'number':
      context.spend(1);
      return typeof b === 'number' ? a + b : fail(mistyped);
    case 'bigint':
      context.spend(1);
      return typeof b === 'bigint' ? checkedInt(a + b) : fail(mistyped);
    case 'string':
      if (typeof b !== 'string') {
        return fail(mistyped);
      }
      context.spend(Math.ceil((a.length + b.length) / 10));
      return a + b;
    default:
      return addObjects(a, b, context);
  }
};

const addObjects: BinaryOperator = (a, b, context) => {
  if (a instanceof Uint) {
    context.spend(1);
    return b instanceof Uint ? checkedUint(a.value + b.value) : fail(mistyped);
  }
  if (a !== null && typeof a === 'object' && isList(a)) {
    if (!isList(b)) {
      return fail(mistyped);
    }
    context.spend(Math.max(1, Math.floor((a.length + b.length) / 10)));
    return [...a, ...b];
  }
  if (a instanceof Uint8Array) {
    if (!(b instanceof Uint8Array)) {
      return fail(mistyped);
    }
    context.spend(Math.ceil((a.length + b.length) / 10));
    const joined = new Uint8Array(a.length + b.length);
    joined.set(a);
    joined.set(b, a.length);
    return joined;
  }
  context.spend(1);
  if (a instanceof Duration) {
    if (b instanceof Duration) {
      return checkedDuration(a.nanos + b.nanos);
    }
    return b instanceof Timestamp ? later(b, a.nanos) : fail(mistyped);
  }
  if (a instanceof Timestamp) {
    return b instanceof Duration ? later(a, b.nanos) : fail(mistyped);
  }
  return noOverload('_+_', a);
};

/** `a - b`. */
const subtract: BinaryOperator = (a, b) => {
  if (typeof a === 'number') {
    return typeof b === 'number' ? a - b : fail(mistyped);
  }
  if (typeof a === 'bigint') {
    return typeof b === 'bigint' ? checkedInt(a - b) : fail(mistyped);
  }
  if (a instanceof Uint) {
    return b instanceof Uint ? checkedUint(a.value - b.value) : fail(mistyped);
  }
  if (a instanceof Timestamp) {
    if (b instanceof Duration) {
      return later(a, -b.nanos);
    }
    return b instanceof Timestamp ? between(a, b) : fail(mistyped);
  }
  if (a instanceof Duration) {
    return b instanceof Duration ? checkedDuration(a.nanos - b.nanos) : fail(mistyped);
  }
  return noOverload('_-_', a);
};

/** `a * b`. */
const multiply: BinaryOperator = (a, b) => {
  if (typeof a === 'number') {
    return typeof b === 'number' ? a * b : fail(mistyped);
  }
  if (typeof a === 'bigint') {
    return typeof b === 'bigint' ? checkedInt(a * b) : fail(mistyped);
  }
  if (a instanceof Uint) {
    return b instanceof Uint ? checkedUint(a.value * b.value) : fail(mistyped);
  }
  return noOverload('_*_', a);
};

/** `a / b`: whole numbers are cut off towards zero. */
const divide: BinaryOperator = (a, b) => {
  if (typeof a === 'number') {
    return typeof b === 'number' ? a / b : fail(mistyped);
  }
  if (typeof a === 'bigint') {
    if (typeof b !== 'bigint') {
      return fail(mistyped);
    }
    return b === 0n ? fail('division by zero') : checkedInt(a / b);
  }
  if (a instanceof Uint) {
    if (!(b instanceof Uint)) {
      return fail(mistyped);
    }
    return b.value === 0n ? fail('division by zero') : new Uint(a.value / b.value);
  }
  return noOverload('_/_', a);
};

/** `a % b`: the sign is that of `a`. */
const modulo: BinaryOperator = (a, b) => {
  if (typeof a === 'bigint') {
    if (typeof b !== 'bigint') {
      return fail(mistyped);
    }
    if (b === 0n) {
      return fail('modulus by zero');
    }
    return a === minInt && b === -1n ? fail('integer overflow') : a % b;
  }
  if (a instanceof Uint) {
    if (!(b instanceof Uint)) {
      return fail(mistyped);
    }
    return b.value === 0n ? fail('modulus by zero') : new Uint(a.value % b.value);
  }
  return noOverload('_%_', a);
};

/** `-a`. */
function negate(a: CelValue): FunctionResult {
  if (typeof a === 'number') {
    return -a;
  }
  if (typeof a === 'bigint') {
    return checkedInt(-a);
  }
  if (a instanceof Duration) {
    return checkedDuration(-a.nanos);
  }
  return typeof a === 'boolean' ? fail(mistyped) : noOverload('-_', a);
}

/** `!a`. */
function not(a: CelValue): FunctionResult {
  return typeof a === 'boolean' ? !a : fail(mistyped);
}

function isText(value: CelValue): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array;
}

function ordering(name: string, holds: (order: number) => boolean): BinaryOperator {
  return (a, b, context) => {
    context.spend(isText(a) && isText(b) ? Math.ceil(Math.min(a.length, b.length) / 10) : 1);
    const order = compare(a, b);
    if (order === undefined) {
      if (!isOrdered(a)) {
        return noOverload(name, a);
      }
      // What is no number is in no order, whatever it is compared with.
      return Number.isNaN(a) || Number.isNaN(b) ? false : fail(mistyped);
    }
    return holds(order);
  };
}

const less = ordering('_<_', (order) => order < 0);
const lessOrEqual = ordering('_<=_', (order) => order <= 0);
const greater = ordering('_>_', (order) => order > 0);
const greaterOrEqual = ordering('_>=_', (order) => order >= 0);

/** `a in b`: an element of a list, or a key of a map. */
const contains: BinaryOperator = (a, b, context) => {
  if (typeof b === 'object' && b !== null) {
    if (isList(b)) {
      // Comparing with what is long or has parts takes longer than cel-go reckons.
      const deep = typeof a === 'object' || (typeof a === 'string' && a.length > 100);
      context.spend(deep ? weightOf(b) : b.length);
      return typeof a === 'string' || typeof a === 'boolean'
        ? b.includes(a)
        : b.some((element) => equal(a, element));
    }
    context.spend(1);
    if (isMap(b)) {
      return find(b, a) !== undefined;
    }
  }
  return fail(mistyped);
};

/** `a == b`. Some of Cerbos' types do not compare with other types. */
const equals: BinaryOperator = (a, b, context) => {
  if (typeof a === 'string' && typeof b === 'string') {
    context.spend(Math.ceil(Math.min(a.length, b.length) / 10));
    return a === b;
  }
  context.spend(comparisonCost(a, b));
  return a instanceof CelObject && b !== null && a.equals(b) === undefined ? fail(mistyped) : equal(a, b);
};

/** `a != b`. */
const differs: BinaryOperator = (a, b, context) => {
  context.spend(comparisonCost(a, b));
  return !equal(a, b);
};

/** The operators whose cost depends on their operands, which they charge themselves; the others cost 1. */
export const pricedOperators: ReadonlySet<string> = new Set([
  '_+_',
  '_<_',
  '_<=_',
  '_>_',
  '_>=_',
  '_==_',
  '_!=_',
  '@in',
]);

export const binaryOperators: ReadonlyMap<string, BinaryOperator> = new Map<string, BinaryOperator>([
  ['_+_', add],
  ['_-_', subtract],
  ['_*_', multiply],
  ['_/_', divide],
  ['_%_', modulo],
  ['_<_', less],
  ['_<=_', lessOrEqual],
  ['_>_', greater],
  ['_>=_', greaterOrEqual],
  ['@in', contains],
  ['_==_', equals],
  ['_!=_', differs],
]);

export const unaryOperators: ReadonlyMap<string, (a: CelValue) => FunctionResult> = new Map([
  ['-_', negate],
  ['!_', not],
]);
