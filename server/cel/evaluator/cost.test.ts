import { describe, expect, test } from 'vitest';
import { check } from '../checker/check';
import { Environment } from '../environment';
import { parse } from '../parser/parse';
import { boolType, bytesType, dynType, intType, listType, mapType, stringType } from '../types';
import type { CelType } from '../types';
import { CelMap } from '../values/map';
import type { CelValue } from '../values/value';
import { planProgram } from './planned-program';

const dynList = listType(dynType);
const nestedMap = mapType(stringType, mapType(stringType, dynType));
const long = 'x'.repeat(500);

const variables: Readonly<Record<string, CelType>> = {
  text: stringType,
  other: stringType,
  short: stringType,
  bytes: bytesType,
  list: dynList,
  empty: dynList,
  map: mapType(stringType, stringType),
  nested: nestedMap,
  none: mapType(stringType, dynType),
  ints: mapType(intType, intType),
  a: boolType,
  b: boolType,
  n: intType,
};

const bindings: Readonly<Record<string, CelValue>> = {
  text: long,
  other: long,
  short: 'idc',
  bytes: new Uint8Array(500),
  list: [1n],
  empty: [],
  map: { key: 'v', he: 'hello' },
  nested: { val: { field: 5n } },
  none: {},
  ints: new CelMap([
    [1n, 1n],
    [2n, 2n],
  ]),
  a: false,
  b: true,
  n: 1n,
};

const environment = new Environment({
  variables: Object.entries(variables).map(([name, type]) => ({ name, type })),
});

function costs(source: string, cost: number): boolean {
  const parsed = parse(source);
  const checked = check(parsed, environment);
  expect([...parsed.issues, ...checked.issues]).toEqual([]);
  const program = planProgram(parsed.expr, checked);
  return program.evaluate(bindings, { costLimit: cost }).kind === 'value';
}

// The figures are those of cel-go's tests of actual cost (interpreter/runtimecost_test.go, ext/comprehensions_test.go).
describe('what an evaluation costs is what it costs in cel-go', () => {
  test.each([
    ["'Hello World!'", 0],
    ['list', 1],
    ["map['key']", 2],
    ['list[0]', 2],
    ["map['ke' + 'y']", 3],
    ['list[3-3]', 3],
    ['has(nested.val.field)', 3],
    ['[1, 2, 3]', 10],
    ['google.protobuf.Value{number_value: 1.0}', 40],
    ["{'a': 1, 'b': 2, 'c': 3}", 30],
    ['empty.all(x, true)', 2],
    ['[1, 2, 3].all(x, true)', 20],
    ["text.matches('[0-9]')", 103],
    ["'123'.matches('[0-9]')", 2],
    ["text.matches('\\\\d+a\\\\d+b')", 103],
    ['false || false', 0],
    ['true || false', 0],
    ['a || a || a || a', 4],
    ['b && b && b && b', 4],
    ['1 < 2', 1],
    ['1 == 2', 1],
    ['2 in [1, 2, 3]', 13],
    ['1 + 1', 1],
    ['1 / 1', 1],
    ['true ? 1 : 2', 0],
    ['false ? false : 1 > 3', 1],
    ["size('123')", 1],
    ["'12345678901234567890' == '123456789012345678901234567890'", 2],
    ['string(bytes)', 51],
    ['bytes(text)', 51],
    ['string(1)', 1],
    ['text.contains(other)', 2502],
    ['short.startsWith(other)', 3],
    ['short.endsWith(other)', 3],
    ['size(text)', 2],
    ['(n > 2 ? list : list).all(y, true)', 7],
    ['nested.all(k, nested[k].field > 3)', 9],
    ['ints[n]', 2],
    ['ints[list[0]]', 3],
    ['ints[n + 1]', 4],
    ['(empty + empty).all(x, true)', 4],
    ["'abcdefg'.contains('val1' + 'val2222222')", 4],
    ['(1 > 2 ? 5 : 3) > 1', 2],
    ['(1 > 2 || 2 > 1) == true', 3],
    ["[{'k1': 1}, {'k2': 2}].all(x, true)", 77],
    ['[1, 2, 3, 4, 5].filter(x, x % 2 == 0)', 62],
    ['[1, 2, 3, 4, 5].map(x, x)', 86],
    ['[1, 2, 3, 4, 5].map(x, x).filter(x, x % 2 == 0)', 138],
    ['[1, 2, 3, 4, 5].map(x, x).exists(x, x == 5) == true', 118],
    ['[1, 2, 3, 4, 5].map(x, x).map(x, x)', 162],
    ['[1, 2, 3, 4, 5].map(x, [x, x]).filter(z, z.size() == 2)', 232],
    ['[1, 2, 3, 4, 5].map(x, [x, x]).all(y, y.all(y, y == 1))', 171],
    ['[1, 2, 3, 4, 5].map(x, x).map(x, x) + [1]', 173],
    ['[1, 2, 3].all(i, i in [1, 2, 3].map(j, j + j))', 86],
    ['[1, 2, 3, 4].all(i, v, i < 5 && v > 0)', 39],
    ['{1: 1, 2: 2, 3: 3}.all(i, v, i < 5 && v > 0)', 52],
    ['ints.all(i, v, i < 5 && v > 0)', 16],
    ['[].transformList(i, v, v) == []', 31],
    ['[1].transformList(i, v, i) == [0]', 45],
    ['[3, 2, 1].transformList(i, v, v > i, v) == [3, 2]', 67],
    ['[].transformMap(k, v, v + 1) == {}', 71],
    ['{}.transformMap(k, v, v + 1) == {}', 91],
    ['{1: 2}.transformMap(k, v, v + 1) == {1: 3}', 97],
    ["cel.bind(m, {'hello': 'hello'}, m.transformMap(k, v, v + 'world')) == {'hello': 'helloworld'}", 108],
    ['{1: 2, 3: 4, 5: 6}.transformMap(k, v, k % 3 == 0, v + 1) == {3: 5}', 106],
    ['{1: 2}.transformMapEntry(k, v, {v: k}) == {2: 1}', 126],
  ])('the cost of %s is %i, as in cel-go', (source, cost) => {
    expect({ enough: costs(source, cost), less: cost > 0 && costs(source, cost - 1) }).toEqual({
      enough: true,
      less: false,
    });
  });
});

describe('what takes long costs much', () => {
  const doubled = `[1]${'.map(x, [x, x])'.repeat(40)}`;

  test.each([
    ['makes a value that no walk through would end', doubled],
    ['compares such a value', `cel.bind(v, ${doubled}, v == v)`],
    ['loops, though no round costs anything in cel-go', '[1, 2, 3].filter(x, false).size() + 1'],
  ])('an expression that %s', (_what, source) => {
    const cheap = source.length < 100;
    expect(costs(source, cheap ? 25 : 10_000_000)).toBe(false);
  });

  test('the cost of comparing is in proportion to all parts of a value', () => {
    const value = `cel.bind(v, [1]${'.map(x, [x, x])'.repeat(9)}, v == v)`;
    const without = value.replace('v == v', 'v.size() == 1');
    let cost = 0;
    while (!costs(value, cost)) {
      cost++;
    }
    let less = 0;
    while (!costs(without, less)) {
      less++;
    }
    // A tenth of 512 elements, and the name twice; without it the name once, size() and a comparison of ints.
    expect(cost - less).toBe(Math.ceil(512 / 10) + 2 - 3);
  });
});
