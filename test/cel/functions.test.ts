import { describe, expect, test } from 'vitest';
import { cerbosEnvironment } from '../../server/policy';
import { Random } from '../random';
import { mismatches } from './compare-all';
import { functionNames } from './function-names';

// Which functions and macros exist is asked of `cerbos 0.55`, in every form that a call can have. CEL_SEED repeats a run.
const seed = Number(process.env['CEL_SEED'] ?? 20_261_124);

/** Calls with up to four arguments that any type fits, alone and of a value, and the forms of macros. */
function calls(name: string): readonly string[] {
  const args = (count: number): string => Array.from({ length: count }, () => 'dyn(R.attr.x)').join(', ');
  const all = [0, 1, 2, 3, 4].map((count) => `${name}(${args(count)})`);
  if (name.includes('.')) {
    return all;
  }
  return [
    ...all,
    ...[0, 1, 2, 3].map((count) => `dyn(R.attr.x).${name}(${args(count)})`),
    ...['[1]', '{"a": 1}', 'dyn([1])', 'optional.of(1)'].flatMap((target) => [
      `${target}.${name}(x)`,
      `${target}.${name}(x, x == 1)`,
      `${target}.${name}(x, true, x)`,
      `${target}.${name}(i, x, true)`,
      `${target}.${name}(i, x, i == i, x)`,
      `${target}.${name}(i, x, {i: x})`,
    ]),
    `${name}(x, 1, x)`,
    `${name}(R.attr.x)`,
  ];
}

describe('the functions and macros of cerbos 0.55', () => {
  test('the list of functions and macros is complete, and the engine has no others', () => {
    const { functions, macros } = cerbosEnvironment();
    const own = [...functions.keys(), ...macros.map(({ name }) => name)];
    // Operators have names that no call can have.
    const callable = own.filter((name) => /^[a-zA-Z][\w.]*$/.test(name));
    expect(callable.length).toBeGreaterThan(100);
    expect(callable.filter((name) => !functionNames.includes(name))).toEqual([]);
  });

  test('every form of a call exists in the engine where it exists in cerbos 0.55', async () => {
    // `now` gives another value each time.
    const expressions = functionNames.flatMap(calls).filter((expression) => expression !== 'now()');
    expect(expressions.length).toBeGreaterThan(3000);
    expect(await mismatches(expressions)).toEqual([]);
  });
});

describe('json.encode', () => {
  test(`json.encode gives the bytes of cerbos 0.55 for generated values (CEL_SEED=${seed})`, async () => {
    const random = new Random(seed);
    const expressions = Array.from(
      { length: 1000 },
      () => `json.encode(${literal(random, 3, { isUsed: false })})`,
    );
    expect(await mismatches(expressions)).toEqual([]);
  });
});

const texts = [
  '',
  'a',
  '<script>&amp;',
  'é',
  '😀',
  '\\u2028\\u2029',
  '\\u0000\\u001f\\u007f',
  '\\n\\t\\r\\b\\f',
  '\\"\\\\/',
  '\\uffff',
  'Z',
  '10',
  '9',
];
const numbers = [
  '0',
  '-1',
  '9007199254740991',
  '9007199254740992',
  '9223372036854775807',
  '-9223372036854775808',
  '0u',
  '18446744073709551615u',
  '0.0',
  '-0.0',
  '1.5',
  '1e20',
  '1e21',
  '1e-6',
  '1e-7',
  '123456789.123456789',
  '5e-324',
  '1.7976931348623157e308',
  '0.1',
];
const others = [
  'null',
  'true',
  'false',
  'b""',
  'b"\\xff<>"',
  'duration("1.5s")',
  'duration("-0.000000001s")',
  'duration("100000h")',
  'timestamp("2024-02-29T12:34:56.789Z")',
  'timestamp("0001-01-01T00:00:00Z")',
  'optional.of(1)',
  'R',
  'P',
  'R.attr',
  'google.protobuf.Int64Value{value: 5}',
  'google.protobuf.Value{string_value: "<"}',
];
const faulty = [
  '1.0/0.0',
  '-1.0/0.0',
  '0.0/0.0',
  '1/0',
  'optional.none()',
  'type(1)',
  'ip("1.2.3.4")',
  'hierarchy("a.b")',
  'spiffeID("spiffe://a/b")',
  'request',
  'R.attr.missing',
];
const keys = ['1', 'true', '2u'];

/** At most one part of a value cannot be written: of several, `cerbos 0.55` may report any. */
function literal(random: Random, depth: number, fault: { isUsed: boolean }): string {
  const kind = random.below(depth > 0 ? 6 : 3);
  if (!fault.isUsed && random.chance(0.03)) {
    fault.isUsed = true;
    return random.pick(faulty);
  }
  if (kind === 0) {
    return `"${random.pick(texts)}"`;
  }
  if (kind === 1) {
    return random.pick(numbers);
  }
  if (kind === 2) {
    return random.chance(0.5) ? random.pick(others) : `"${random.pick(texts)}"`;
  }
  const inner = Array.from({ length: random.below(4) }, () => `dyn(${literal(random, depth - 1, fault)})`);
  if (kind === 3) {
    return `[${inner.join(', ')}]`;
  }
  const names = random.some(texts, inner.length, inner.length);
  const entries = inner.map((value, index) => {
    const key =
      !fault.isUsed && random.chance(0.03)
        ? ((fault.isUsed = true), `dyn(${random.pick(keys)})`)
        : `dyn("${names[index] ?? ''}")`;
    return `${key}: ${value}`;
  });
  return `{${entries.join(', ')}}`;
}
