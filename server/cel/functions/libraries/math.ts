import { fail } from '../../values/failure';
import { compareNumbers, isNumeric, maxUint, minInt } from '../../values/numbers';
import type { NumericValue } from '../../values/numbers';
import { Uint } from '../../values/uint';
import type { CelValue } from '../../values/value';
import { definer, overload } from '../define';
import type { FunctionDefinition, FunctionResult, Overload } from '../define';

const define = definer('math');

type Pick = (a: NumericValue, b: NumericValue) => NumericValue;

const lesser: Pick = (a, b) => (compareNumbers(a, b) > 0 ? b : a);
const greater: Pick = (a, b) => (compareNumbers(a, b) < 0 ? b : a);

const numericTypes = ['double', 'int', 'uint'] as const;

/** The overloads of `math.least` and `math.greatest`, which macros turn into calls of these names. */
function extremum(name: string, id: string, what: string, pick: Pick): FunctionDefinition {
  const example = `math.${what}(2, 2) // 2`;
  const made = (suffix: string, parameters: string, result: string, run: Overload['run']): Overload => ({
    id: `math_@${id}_${suffix}`,
    signature: `${name}(${parameters}): ${result}`,
    documentation: `The ${what} number. Numbers of different types compare by value.`,
    example,
    run,
    contextual: undefined,
  });
  const ofList = (list: readonly CelValue[]): FunctionResult => {
    const [first, ...rest] = list;
    if (first === undefined) {
      return fail(`${name}(list) argument must not be empty`);
    }
    let best = first;
    for (const value of rest) {
      if (!isNumeric(best) || !isNumeric(value)) {
        return fail(`no such overload: ${name}`);
      }
      best = pick(best, value);
    }
    return isNumeric(best) ? best : fail(`no such overload: ${name}`);
  };
  return define(name, [
    ...numericTypes.map((type) => made(type, `value: ${type}`, type, (value: CelValue) => value)),
    ...numericTypes.flatMap((a) =>
      numericTypes.map((b) => made(`${a}_${b}`, `a: ${a}, b: ${b}`, a === b ? a : 'dyn', pick)),
    ),
    ...numericTypes.map((type) => made(`list_${type}`, `values: list(${type})`, type, ofList)),
  ]);
}

function ofDouble(
  name: string,
  documentation: string,
  example: string,
  run: (value: number) => number | boolean,
  result = 'double',
): FunctionDefinition {
  return define(`math.${name}`, [
    {
      id: `math_${name}_double`,
      signature: `math.${name}(value: double): ${result}`,
      documentation,
      example,
      run,
      contextual: undefined,
    },
  ]);
}

/** Rounds half away from zero, as Go does. */
function round(value: number): number {
  const rounded = Math.sign(value) * Math.round(Math.abs(value));
  // Adding a half can round up what is just below it.
  const exact = Math.abs(value) < 0.5 ? 0 * Math.sign(value) : rounded;
  return Math.abs(value) >= 2 ** 52 ? value : exact;
}

function bits(
  name: string,
  documentation: string,
  example: string,
  combine: (a: bigint, b: bigint) => bigint,
): FunctionDefinition {
  const common = { documentation, example, contextual: undefined };
  return define(`math.${name}`, [
    {
      ...common,
      id: `math_${name}_int_int`,
      signature: `math.${name}(a: int, b: int): int`,
      run: (a: bigint, b: bigint) => BigInt.asIntN(64, combine(a, b)),
    },
    {
      ...common,
      id: `math_${name}_uint_uint`,
      signature: `math.${name}(a: uint, b: uint): uint`,
      run: (a: Uint, b: Uint) => new Uint(BigInt.asUintN(64, combine(a.value, b.value))),
    },
  ]);
}

type Shift = (value: bigint, by: bigint) => bigint;

function shift(name: string, documentation: string, example: string, move: Shift): FunctionDefinition {
  const common = { documentation, example, contextual: undefined };
  const checked = (value: bigint, by: bigint): bigint | undefined =>
    by < 0n ? undefined : by > 63n ? 0n : move(BigInt.asUintN(64, value), by);
  const negative = (by: bigint): FunctionResult => fail(`math.${name}() negative offset: ${by}`);
  return define(`math.${name}`, [
    {
      ...common,
      id: `math_${name}_int_int`,
      signature: `math.${name}(value: int, bits: int): int`,
      run: (value: bigint, by: bigint) => {
        const moved = checked(value, by);
        return moved === undefined ? negative(by) : BigInt.asIntN(64, moved);
      },
    },
    {
      ...common,
      id: `math_${name}_uint_int`,
      signature: `math.${name}(value: uint, bits: int): uint`,
      run: (value: Uint, by: bigint) => {
        const moved = checked(value.value, by);
        return moved === undefined ? negative(by) : new Uint(BigInt.asUintN(64, moved));
      },
    },
  ]);
}

/** The library of mathematical functions (cel-go `ext.Math`). */
export const mathFunctions: readonly FunctionDefinition[] = [
  extremum('math.@min', 'min', 'least', lesser),
  extremum('math.@max', 'max', 'greatest', greater),
  ofDouble('ceil', 'The next whole number that is not less.', 'math.ceil(1.2) // 2.0', Math.ceil),
  ofDouble('floor', 'The next whole number that is not greater.', 'math.floor(1.8) // 1.0', Math.floor),
  ofDouble('round', 'The nearest whole number; halves go away from zero.', 'math.round(2.5) // 3.0', round),
  ofDouble('trunc', 'The whole part.', 'math.trunc(-1.8) // -1.0', Math.trunc),
  ofDouble(
    'isInf',
    'Whether the value is an infinity.',
    'math.isInf(1.0 / 0.0) // true',
    (value) => value === Infinity || value === -Infinity,
    'bool',
  ),
  ofDouble('isNaN', 'Whether the value is no number.', 'math.isNaN(0.0 / 0.0) // true', Number.isNaN, 'bool'),
  ofDouble(
    'isFinite',
    'Whether the value is a number and no infinity.',
    'math.isFinite(1.5) // true',
    Number.isFinite,
    'bool',
  ),
  define('math.abs', [
    overload(
      'math_abs_double',
      'math.abs(value: double): double',
      'The value without its sign.',
      'math.abs(-1.5) // 1.5',
      Math.abs,
    ),
    overload(
      'math_abs_int',
      'math.abs(value: int): int',
      'The value without its sign.',
      'math.abs(-1) // 1',
      (value: bigint) => (value === minInt ? fail('integer overflow') : value < 0n ? -value : value),
    ),
    overload(
      'math_abs_uint',
      'math.abs(value: uint): uint',
      'The value itself.',
      'math.abs(1u) // 1u',
      (value: Uint) => value,
    ),
  ]),
  define('math.sign', [
    overload(
      'math_sign_double',
      'math.sign(value: double): double',
      '-1.0, 0.0 or 1.0, as the value is negative, zero or positive.',
      'math.sign(-1.5) // -1.0',
      (value: number) => (Number.isNaN(value) ? value : value > 0 ? 1 : value < 0 ? -1 : 0),
    ),
    overload(
      'math_sign_int',
      'math.sign(value: int): int',
      '-1, 0 or 1, as the value is negative, zero or positive.',
      'math.sign(-5) // -1',
      (value: bigint) => (value > 0n ? 1n : value < 0n ? -1n : 0n),
    ),
    overload(
      'math_sign_uint',
      'math.sign(value: uint): uint',
      '0u or 1u.',
      'math.sign(5u) // 1u',
      (value: Uint) => (value.value === 0n ? value : new Uint(1n)),
    ),
  ]),
  define('math.sqrt', [
    overload(
      'math_sqrt_double',
      'math.sqrt(value: double): double',
      'The square root.',
      'math.sqrt(4.0) // 2.0',
      Math.sqrt,
    ),
    overload(
      'math_sqrt_int',
      'math.sqrt(value: int): double',
      'The square root.',
      'math.sqrt(4) // 2.0',
      (value: bigint) => Math.sqrt(Number(value)),
    ),
    overload(
      'math_sqrt_uint',
      'math.sqrt(value: uint): double',
      'The square root.',
      'math.sqrt(4u) // 2.0',
      (value: Uint) => Math.sqrt(Number(value.value)),
    ),
  ]),
  bits('bitAnd', 'The bits that both have.', 'math.bitAnd(6, 3) // 2', (a, b) => a & b),
  bits('bitOr', 'The bits that either has.', 'math.bitOr(6, 3) // 7', (a, b) => a | b),
  bits('bitXor', 'The bits that only one has.', 'math.bitXor(6, 3) // 5', (a, b) => a ^ b),
  define('math.bitNot', [
    overload(
      'math_bitNot_int_int',
      'math.bitNot(value: int): int',
      'All bits changed.',
      'math.bitNot(1) // -2',
      (value: bigint) => ~value,
    ),
    overload(
      'math_bitNot_uint_uint',
      'math.bitNot(value: uint): uint',
      'All bits changed.',
      'math.bitNot(18446744073709551615u) // 0u',
      (value: Uint) => new Uint(value.value ^ maxUint),
    ),
  ]),
  shift(
    'bitShiftLeft',
    'The bits moved to the left; those that leave are lost.',
    'math.bitShiftLeft(1, 2) // 4',
    (value, by) => value << by,
  ),
  shift(
    'bitShiftRight',
    'The bits moved to the right, zeros coming in.',
    'math.bitShiftRight(8, 2) // 2',
    (value, by) => value >> by,
  ),
];
