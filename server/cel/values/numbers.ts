import { Uint } from './uint';
import type { CelValue } from './value';

export const maxInt = 2n ** 63n - 1n;
export const minInt = -(2n ** 63n);
export const maxUint = 2n ** 64n - 1n;

export type NumericValue = bigint | number | Uint;

export function isNumeric(value: CelValue): value is NumericValue {
  return typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint;
}

/** Compares numbers of any types: negative, zero, positive, or NaN if one is NaN. Large ints are rounded as in cel-go. */
export function compareNumbers(a: NumericValue, b: NumericValue): number {
  const left = a instanceof Uint ? a.value : a;
  const right = b instanceof Uint ? b.value : b;
  if (typeof left === typeof right) {
    return left < right ? -1 : left > right ? 1 : left === right ? 0 : NaN;
  }
  return typeof left === 'number'
    ? compareDouble(left, right as bigint)
    : -compareDouble(right as number, left);
}

function compareDouble(a: number, b: bigint): number {
  const rounded = Number(b);
  return a < rounded ? -1 : a > rounded ? 1 : a === rounded ? 0 : NaN;
}

/** A double as Go's `%g` formats it, which `string()` uses: `1e+06`, `NaN`, `+Inf`. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) {
    return 'NaN';
  }
  if (!Number.isFinite(value)) {
    return value > 0 ? '+Inf' : '-Inf';
  }
  if (value === 0) {
    return Object.is(value, -0) ? '-0' : '0';
  }
  const [digits = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 6) {
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  return exponent < 0 ? plainSmall(value, digits, exponent) : String(value);
}

function plainSmall(value: number, digits: string, exponent: number): string {
  const all = digits.replace(/[-.]/g, '');
  return `${value < 0 ? '-' : ''}0.${'0'.repeat(-exponent - 1)}${all}`;
}
