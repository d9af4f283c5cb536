import type { CelType, CelValue } from '../../../../server/cel/index';
import { CelMap, Uint } from '../../../../server/cel/index';
import { dynType, intType, listType, mapType, stringType } from '../../../../server/cel/types';

// The comprehension tests of the specification were taken from cel-go's, expressions alone. What cel-go's tests say
// beside the expression (ext/comprehensions_test.go) is here: variables, and what must come of it if not true. Residuals
// go further than cel-go's, which leaves loops as written: a loop over what is known is taken apart, and what is known
// inside a loop is folded. That both mean the same is tested in residuals.test.ts.

/** The expected result of an expression. */
type Wanted =
  | { readonly kind: 'true' }
  | { readonly kind: 'refused' | 'fails'; readonly message: string }
  | { readonly kind: 'written'; readonly text: string }
  | { readonly kind: 'unknown'; readonly residual: string };

export interface Supplement {
  readonly variables?: Readonly<Record<string, CelType>>;
  readonly bindings?: Readonly<Record<string, CelValue>>;
  readonly unknowns?: readonly string[];
  readonly wanted: Wanted;
}

const holds: Wanted = { kind: 'true' };

function refused(message: string): Supplement {
  return { wanted: { kind: 'refused', message } };
}

function written(text: string): Supplement {
  return { wanted: { kind: 'written', text } };
}

const simpleName = refused('argument must be a simple name');
const noOverload = refused('no matching overload');
const overwrites = refused('iteration variable overwrites accumulator variable');

function intMap(...entries: readonly (readonly [bigint, CelValue])[]): CelMap {
  return new CelMap(entries);
}

const greetings = intMap([1n, 'hi'], [2n, 'hello'], [3n, 'howdy']);
const fromZero = intMap([0n, 'hi'], [1n, 'hello'], [2n, 'howdy']);
const intsAndMap = { x: listType(intType), y: mapType(intType, dynType) };
const stringsAndMap = { x: listType(stringType), y: mapType(intType, stringType) };
const listAndInt = { x: listType(dynType), y: intType };

function unknown(
  variables: Readonly<Record<string, CelType>>,
  bindings: Readonly<Record<string, CelValue>>,
  path: string,
  residual: string,
): Supplement {
  return { variables, bindings, unknowns: [path], wanted: { kind: 'unknown', residual } };
}

/** By the full name of the test. */
export const supplements: ReadonlyMap<string, Supplement> = new Map<string, Supplement>([
  [
    'm.all(i, v, i < 5 && v > 0)',
    {
      variables: { m: mapType(intType, intType) },
      bindings: { m: intMap([1n, 1n], [2n, 2n]) },
      wanted: holds,
    },
  ],
  [
    'm.all(k, v, k < v)',
    {
      variables: { m: mapType(stringType, stringType) },
      bindings: { m: { he: 'hello', go: 'goodbye' } },
      wanted: holds,
    },
  ],
  [
    "m.transformMap(k, v, k.startsWith('legacy') && v.size() == 1, v + [2]) == {'legacy-solo': [1, 2]}",
    {
      variables: { m: mapType(stringType, listType(intType)) },
      bindings: { m: { 'legacy-solo': [1n], 'legacy-pair': [3n, 2n] } },
      wanted: holds,
    },
  ],
  [
    'm.transformMapEntry(k, v, {v: k}) == m.transformMapEntry(k, v, {v: k})',
    {
      variables: { m: mapType(stringType, intType) },
      bindings: { m: { 'legacy-solo': 1n, 'legacy-pair': 2n } },
      wanted: holds,
    },
  ],
  ['[].all(i, i, i < i)', refused('duplicate variable name: i')],
  ['[].all(__result__, i, __result__ < i)', overwrites],
  ['[].all(j, __result__, __result__ < j)', overwrites],
  ['[].all(i.j, k, i.j < k)', simpleName],
  ['[].all(j, i.k, j < i.k)', simpleName],
  ['1.all(j, k, j < k)', refused('cannot be range')],
  ['[].exists(i.j, k, i.j < k)', simpleName],
  ['[].exists(j, i.k, j < i.k)', simpleName],
  ["''.exists(j, k, j < k)", refused('cannot be range')],
  ['[].exists_one(i.j, k, i.j < k)', simpleName],
  ['[].existsOne(j, i.k, j < i.k)', simpleName],
  ['[].exists_one(i.j, k, i.j < k) (2)', simpleName],
  ["''.existsOne(j, k, j < k)", refused('cannot be range')],
  ['[].transformList(i.j, k, i.j + k)', simpleName],
  ['[].transformList(j, i.k, j + i.k)', simpleName],
  ['{}.transformMap(i.j, k, i.j + k)', simpleName],
  ['{}.transformMap(j, i.k, j + i.k)', simpleName],
  ['{}.transformMapEntry(j, i.k, {j: i.k})', simpleName],
  ['{}.transformMapEntry(i.j, k, {k: i.j})', simpleName],
  ["{}.transformMapEntry(j, k, 'bad filter', {k: j})", noOverload],
  ['[1, 2].transformList(i, v, v % 2 == 0 ? [v] : v)', noOverload],
  ["{'hello': 'world', 'greetings': 'tacocat'}.transformMapEntry(k, v, []) == {}", noOverload],
  [
    '[1, 1].transformMapEntry(i, v, {v: i})',
    { wanted: { kind: 'fails', message: 'insert failed: key 1 already exists' } },
  ],
  [
    '[0, 0u].transformMapEntry(i, v, {v: i})',
    { wanted: { kind: 'fails', message: 'insert failed: key 0 already exists' } },
  ],
  ['[0, 0u].transformMapEntry(i, v, {v: i}) (2)', written('[0, 0u].transformMapEntry(i, v, {v: i})')],
  [
    "{'a': 'world', 'b': 'hello'}.transformMap(i, v, i == 'a' ? v.upperAscii() : v)",
    written('{"a": "world", "b": "hello"}.transformMap(i, v, (i == "a") ? v.upperAscii() : v)'),
  ],
  [
    '[1.0, 2.0, 2.0].transformList(i, v, i / 2.0 == 1.0)',
    written('[1.0, 2.0, 2.0].transformList(i, v, i / 2.0 == 1.0)'),
  ],
  [
    'x.transformMapEntry(i, v, {v: i}).size() < y',
    unknown(listAndInt, { x: [0n, new Uint(1n)] }, 'y', '2 < y'),
  ],
  [
    'x.transformMapEntry(i, v, i < y, {v: i})',
    unknown(listAndInt, { x: [0n, new Uint(1n)] }, 'y', '[0, 1u].transformMapEntry(i, v, i < y, {v: i})'),
  ],
  [
    'x.exists(val, y.exists(key, _, key == val))',
    unknown(
      intsAndMap,
      { x: [1n, 2n, 3n] },
      'y',
      'y.exists(key, _, key == 1) || y.exists(key, _, key == 2) || y.exists(key, _, key == 3)',
    ),
  ],
  [
    'x.exists(val, y.exists(key, _, key == val)) (2)',
    unknown(intsAndMap, { y: greetings }, 'x', 'x.exists(val, 1 == val || 2 == val || 3 == val)'),
  ],
  [
    "x.exists(val, y.exists(key, _, key == val)) && y.all(key, val, val.startsWith('h'))",
    unknown(intsAndMap, { y: greetings }, 'x', 'x.exists(val, 1 == val || 2 == val || 3 == val)'),
  ],
  [
    'x.exists(val, y.exists(key, _, key == val)) || x[0] == 0 || x[1] == 1 || x[2] == 2',
    unknown(
      intsAndMap,
      { x: [42n, 0n, 43n], y: greetings },
      'x.1',
      'x.exists(val, 1 == val || 2 == val || 3 == val) || x[1] == 1',
    ),
  ],
  [
    'x.exists(val, y.exists(key, _, key == val)) || (x[?0].hasValue() && x[?1].hasValue())',
    unknown(
      intsAndMap,
      { x: [42n, 0n, 43n], y: greetings },
      'x.1',
      'x.exists(val, 1 == val || 2 == val || 3 == val) || x[?1].hasValue()',
    ),
  ],
  [
    'x.exists(key, val, y[?key] == optional.of(val))',
    unknown(
      stringsAndMap,
      { x: ['howdy', 'hello', 'hi'], y: fromZero },
      'y.1',
      'y[?1] == optional.of("hello")',
    ),
  ],
  [
    'y.exists(key, y[?key] == x[?key])',
    unknown(stringsAndMap, { x: ['howdy'], y: intMap([0n, 'hello']) }, 'x.0', '{0: "hello"}[?0] == x[?0]'),
  ],
  [
    'cel.bind(z, y[0], z + y[1])',
    unknown({ y: mapType(intType, stringType) }, { y: fromZero }, 'y.1', 'cel.bind(z, "hi", "hi" + y[1])'),
  ],
  [
    'cel.bind(z, y[0], x.all(i, val, val == z || optional.of(val) == y[?i]))',
    unknown(
      stringsAndMap,
      { x: ['hi', 'hello', 'howdy'], y: fromZero },
      'y.1',
      'cel.bind(z, "hi", optional.of("hello") == y[?1])',
    ),
  ],
]);
