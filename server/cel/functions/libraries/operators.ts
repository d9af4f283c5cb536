import { definer, overload } from '../define';
import type { FunctionDefinition, Overload } from '../define';

const define = definer('standard');

/** The types that can be ordered. */
const orderedTypes: readonly (readonly [suffix: string, type: string])[] = [
  ['bool', 'bool'],
  ['int64', 'int'],
  ['uint64', 'uint'],
  ['double', 'double'],
  ['string', 'string'],
  ['bytes', 'bytes'],
  ['timestamp', 'timestamp'],
  ['duration', 'duration'],
];

/** The types of numbers, each with the number 2. */
const numericTypes: readonly (readonly [suffix: string, type: string, two: string])[] = [
  ['int64', 'int', '2'],
  ['uint64', 'uint', '2u'],
  ['double', 'double', '2.0'],
];

/** The other numbers that one compares with, in cel-go's order. */
const otherNumbers: Readonly<Partial<Record<string, readonly string[]>>> = {
  int64: ['double', 'uint64'],
  uint64: ['double', 'int64'],
  double: ['int64', 'uint64'],
};

/**
 * A comparison. The order of its overloads is cel-go's, in which those of two kinds of numbers follow that of one: where
 * an operand's type is still open (`[].map(x, x >= 1.0)`), the first that fits decides what it is.
 */
function ordering(name: string, prefix: string, says: string, example: string): FunctionDefinition {
  const comparison = (suffix: string, left: string, right: string, shown: string): Overload => ({
    id: `${prefix}_${suffix}`,
    signature: `${name}(left: ${left}, right: ${right}): bool`,
    documentation: `Whether the left value is ${says} the right one. Numbers of different types compare by value.`,
    example: shown,
    run: undefined,
    contextual: undefined,
  });
  const sign = name.replaceAll('_', '');
  const sameTwo = sign.includes('=');
  const number = (wanted: string): (typeof numericTypes)[number] | undefined =>
    numericTypes.find(([suffix]) => suffix === wanted);
  return define(
    name,
    orderedTypes.flatMap(([suffix, type]) => [
      comparison(suffix, type, type, example),
      ...(otherNumbers[suffix] ?? []).flatMap((other) => {
        const [, left = '', two = ''] = number(suffix) ?? [];
        const [, right = '', otherTwo = ''] = number(other) ?? [];
        return [comparison(`${suffix}_${other}`, left, right, `${two} ${sign} ${otherTwo} // ${sameTwo}`)];
      }),
    ]),
  );
}

/** Operators. The planner has their implementations; what they accept and mean is here. */
export const operatorFunctions: readonly FunctionDefinition[] = [
  define('_?_:_', [
    overload(
      'conditional',
      '_?_:_(condition: bool, yes: A, no: A): A',
      'One of two values. Only the one that is chosen is evaluated.',
      "3 > 2 ? 'more' : 'less' // 'more'",
    ),
  ]),
  define('_&&_', [
    overload(
      'logical_and',
      '_&&_(left: bool, right: bool): bool',
      'True if both are. False if one is false, even when the other is an error.',
      'true && false // false',
    ),
  ]),
  define('_||_', [
    overload(
      'logical_or',
      '_||_(left: bool, right: bool): bool',
      'True if one is, even when the other is an error.',
      'false || true // true',
    ),
  ]),
  define('!_', [
    overload('logical_not', '!_(value: bool): bool', 'The opposite of a bool.', '!true // false'),
  ]),
  define('@not_strictly_false', [
    overload(
      'not_strictly_false',
      '@not_strictly_false(value: bool): bool',
      'Whether a loop should go on: false only for false. Made by macros, not written.',
      '[1].all(x, x > 0) // true',
    ),
  ]),
  define('_==_', [
    overload(
      'equals',
      '_==_(left: A, right: A): bool',
      'Whether two values are equal. Lists and maps compare element by element.',
      "'a' == 'a' // true",
    ),
  ]),
  define('_!=_', [
    overload(
      'not_equals',
      '_!=_(left: A, right: A): bool',
      'Whether two values differ.',
      "'a' != 'b' // true",
    ),
  ]),
  ordering('_<_', 'less', 'less than', '1 < 2 // true'),
  ordering('_<=_', 'less_equals', 'at most', '2 <= 2 // true'),
  ordering('_>_', 'greater', 'greater than', '2 > 1 // true'),
  ordering('_>=_', 'greater_equals', 'at least', '2 >= 2 // true'),
  define('_+_', [
    overload('add_bytes', '_+_(left: bytes, right: bytes): bytes', 'Joins bytes.', "b'a' + b'b' // b'ab'"),
    overload('add_double', '_+_(left: double, right: double): double', 'Adds doubles.', '1.5 + 1.5 // 3.0'),
    overload(
      'add_duration_duration',
      '_+_(left: duration, right: duration): duration',
      'Adds durations.',
      "duration('1m') + duration('1s') // duration('61s')",
    ),
    overload(
      'add_duration_timestamp',
      '_+_(left: duration, right: timestamp): timestamp',
      'The time so much later.',
      "duration('1h') + timestamp('2026-01-01T00:00:00Z') // timestamp('2026-01-01T01:00:00Z')",
    ),
    overload(
      'add_timestamp_duration',
      '_+_(left: timestamp, right: duration): timestamp',
      'The time so much later.',
      "timestamp('2026-01-01T00:00:00Z') + duration('1h') // timestamp('2026-01-01T01:00:00Z')",
    ),
    overload(
      'add_int64',
      '_+_(left: int, right: int): int',
      'Adds ints; an error beyond 64 bits.',
      '1 + 2 // 3',
    ),
    overload(
      'add_list',
      '_+_(left: list(A), right: list(A)): list(A)',
      'Joins lists.',
      '[1] + [2] // [1, 2]',
    ),
    overload('add_string', '_+_(left: string, right: string): string', 'Joins strings.', "'a' + 'b' // 'ab'"),
    overload(
      'add_uint64',
      '_+_(left: uint, right: uint): uint',
      'Adds uints; an error beyond 64 bits.',
      '1u + 2u // 3u',
    ),
  ]),
  define('_-_', [
    overload(
      'subtract_double',
      '_-_(left: double, right: double): double',
      'Subtracts doubles.',
      '2.5 - 1.0 // 1.5',
    ),
    overload(
      'subtract_duration_duration',
      '_-_(left: duration, right: duration): duration',
      'Subtracts durations.',
      "duration('1m') - duration('1s') // duration('59s')",
    ),
    overload('subtract_int64', '_-_(left: int, right: int): int', 'Subtracts ints.', '3 - 2 // 1'),
    overload(
      'subtract_timestamp_duration',
      '_-_(left: timestamp, right: duration): timestamp',
      'The time so much earlier.',
      "timestamp('2026-01-01T01:00:00Z') - duration('1h') // timestamp('2026-01-01T00:00:00Z')",
    ),
    overload(
      'subtract_timestamp_timestamp',
      '_-_(left: timestamp, right: timestamp): duration',
      'The time from the right to the left.',
      "timestamp('2026-01-01T01:00:00Z') - timestamp('2026-01-01T00:00:00Z') // duration('3600s')",
    ),
    overload(
      'subtract_uint64',
      '_-_(left: uint, right: uint): uint',
      'Subtracts uints; an error below zero.',
      '3u - 2u // 1u',
    ),
  ]),
  define('_*_', [
    overload(
      'multiply_double',
      '_*_(left: double, right: double): double',
      'Multiplies doubles.',
      '1.5 * 2.0 // 3.0',
    ),
    overload('multiply_int64', '_*_(left: int, right: int): int', 'Multiplies ints.', '2 * 3 // 6'),
    overload('multiply_uint64', '_*_(left: uint, right: uint): uint', 'Multiplies uints.', '2u * 3u // 6u'),
  ]),
  define('_/_', [
    overload(
      'divide_double',
      '_/_(left: double, right: double): double',
      'Divides doubles.',
      '3.0 / 2.0 // 1.5',
    ),
    overload(
      'divide_int64',
      '_/_(left: int, right: int): int',
      'Divides ints, cutting off towards zero; an error for zero.',
      '7 / 2 // 3',
    ),
    overload(
      'divide_uint64',
      '_/_(left: uint, right: uint): uint',
      'Divides uints, cutting off.',
      '7u / 2u // 3u',
    ),
  ]),
  define('_%_', [
    overload(
      'modulo_int64',
      '_%_(left: int, right: int): int',
      'What is left over when dividing ints, with the sign of the left one.',
      '7 % 2 // 1',
    ),
    overload(
      'modulo_uint64',
      '_%_(left: uint, right: uint): uint',
      'What is left over when dividing.',
      '7u % 2u // 1u',
    ),
  ]),
  define('-_', [
    overload('negate_double', '-_(value: double): double', 'The negative of a double.', '-(1.5) // -1.5'),
    overload('negate_int64', '-_(value: int): int', 'The negative of an int.', '-(5) // -5'),
  ]),
  define('_[_]', [
    overload(
      'index_list',
      '_[_](list: list(A), index: int): A',
      'An element by its place, from 0; an error outside the list.',
      '[10, 20][1] // 20',
    ),
    overload(
      'index_map',
      '_[_](map: map(A, B), key: A): B',
      'The value under a key; an error if there is none.',
      "{'a': 1}['a'] // 1",
    ),
  ]),
  define('@in', [
    overload(
      'in_list',
      '@in(element: A, list: list(A)): bool',
      'Whether a list has an element.',
      '2 in [1, 2] // true',
    ),
    overload(
      'in_map',
      '@in(key: A, map: map(A, B)): bool',
      'Whether a map has a key.',
      "'a' in {'a': 1} // true",
    ),
  ]),
];
