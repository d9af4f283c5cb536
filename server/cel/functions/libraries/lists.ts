import { fail, Failure } from '../../values/failure';
import { MapGatherer } from '../../values/operations/map-gatherer';
import { compare, isOrdered } from '../../values/operations/compare';
import { equal } from '../../values/operations/equal';
import { isList, mapGet, mapKeys, typeNameOf } from '../../values/kinds';
import type { CelMap } from '../../values/map';
import type { CelValue, StringMap } from '../../values/value';
import { weightOf } from '../../values/operations/weight';
import { contextOverload, definer } from '../define';
import type { CallContext, FunctionDefinition, FunctionResult, Overload } from '../define';

const define = definer('lists');

type Values = readonly CelValue[];

function slice(context: CallContext, list: Values, start: bigint, end: bigint): FunctionResult {
  const asked = `cannot slice(${start}, ${end})`;
  if (start < 0n || end < 0n) {
    return fail(`${asked}, negative indexes not supported`);
  }
  if (start > end) {
    return fail(`${asked}, start index must be less than or equal to end index`);
  }
  if (BigInt(list.length) < end) {
    return fail(`${asked}, list is length ${list.length}`);
  }
  context.spend(Number(end - start));
  return list.slice(Number(start), Number(end));
}

function flatten(context: CallContext, list: Values, depth = 1n): FunctionResult {
  if (depth < 0n) {
    return fail('level must be non-negative');
  }
  const flat: CelValue[] = [];
  const add = (values: Values, left: bigint): void => {
    for (const value of values) {
      context.spend(1);
      if (left > 0n && isList(value)) {
        add(value, left - 1n);
      } else {
        flat.push(value);
      }
    }
  };
  add(list, depth);
  return flat;
}

function sortByKeys(context: CallContext, list: Values, keys: Values): FunctionResult {
  if (list.length !== keys.length) {
    const sizes = `${list.length} and ${keys.length} elements respectively`;
    return fail(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${sizes}`,
    );
  }
  const [first] = keys;
  if (first === undefined) {
    return list;
  }
  if (!isOrdered(first)) {
    return fail('list elements must be comparable');
  }
  const type = typeNameOf(first);
  // cel-go notices different types only when it compares two keys.
  if (keys.length > 1 && keys.some((key) => typeNameOf(key) !== type)) {
    return fail('list elements must have the same type');
  }
  context.spend(keys.length * Math.ceil(Math.log2(keys.length + 1)) * 2);
  const order = keys.map((key, index) => ({ key, index }));
  // What cannot be ordered, NaN, keeps its place.
  order.sort((a, b) => Number(compare(a.key, b.key)) || 0);
  return order.map(({ index }) => list[index] ?? null);
}

/** The longest list that `lists.range` makes, as in cel-go. */
const rangeLimit = 1_000_000;

function range(context: CallContext, count: bigint): FunctionResult {
  if (count < 0n) {
    return fail(`lists.range: size must be non-negative, got ${count}`);
  }
  if (count > BigInt(rangeLimit)) {
    return fail(`lists.range: size ${count} exceeds maximum allowed (${rangeLimit})`);
  }
  const length = Number(count);
  // Elements take memory, which a step does not.
  context.spend(length * 4);
  return Array.from({ length }, (_, index) => BigInt(index));
}

function distinct(context: CallContext, list: Values): FunctionResult {
  if (list.every((value) => typeof value === 'string')) {
    context.spend(list.length);
    return [...new Set(list)];
  }
  const unique: CelValue[] = [];
  for (const value of list) {
    context.spend(1 + (typeof value === 'object' ? weightOf(value) : 1) * unique.length);
    if (!unique.some((other) => equal(value, other))) {
      unique.push(value);
    }
  }
  return unique;
}

const orderedTypes: readonly (readonly [type: string, id: string])[] = [
  ['int', 'int'],
  ['uint', 'uint'],
  ['double', 'double'],
  ['bool', 'bool'],
  ['duration', 'google.protobuf.Duration'],
  ['timestamp', 'google.protobuf.Timestamp'],
  ['string', 'string'],
  ['bytes', 'bytes'],
];

function entriesOf(map: StringMap | CelMap): (readonly [CelValue, CelValue])[] {
  return mapKeys(map).map((key) => [key, mapGet(map, key) ?? null] as const);
}

function insertAll(
  context: CallContext,
  map: StringMap | CelMap,
  added: readonly (readonly [CelValue, CelValue])[],
): FunctionResult {
  const gathered = new MapGatherer();
  for (const [key, value] of [...entriesOf(map), ...added]) {
    context.spend(1);
    const problem = gathered.insert(key, value);
    if (problem instanceof Failure) {
      return problem;
    }
  }
  return gathered.result();
}

/** The library of list functions (cel-go `ext.Lists`), and what loops that make maps are made of. */
export const listFunctions: readonly FunctionDefinition[] = [
  define('slice', [
    contextOverload(
      'list_slice',
      'list(T).slice(start: int, end: int): list(T)',
      'The elements from one position to before another.',
      '[1, 2, 3, 4].slice(1, 3) // [2, 3]',
      slice,
    ),
  ]),
  define(
    'flatten',
    [
      contextOverload(
        'list_flatten',
        'list(list(T)).flatten(): list(T)',
        'The elements of the lists in the list.',
        '[[1], [2, 3]].flatten() // [1, 2, 3]',
        flatten,
      ),
      contextOverload(
        'list_flatten_int',
        'list(dyn).flatten(depth: int): list(dyn)',
        'The elements of the lists in the list, and of lists in them, so many levels deep.',
        '[[1, [2]]].flatten(2) // [1, 2]',
        flatten,
      ),
    ],
    { mismatch: 'method', guards: 'shallow' },
  ),
  define(
    'sort',
    orderedTypes.map(([type, id]): Overload => ({
      id: `list_${id}_sort`,
      signature: `list(${type}).sort(): list(${type})`,
      documentation: 'The elements in order. All must be of one type that can be ordered.',
      example: '[3, 1, 2].sort() // [1, 2, 3]',
      run: undefined,
      contextual: (context, list: Values) => sortByKeys(context, list, list),
    })),
    { mismatch: 'name', guards: 'shallow' },
  ),
  define(
    '@sortByAssociatedKeys',
    orderedTypes.map(([type, id]): Overload => ({
      id: `list_${id}_sortByAssociatedKeys`,
      signature: `list(T).@sortByAssociatedKeys(keys: list(${type})): list(T)`,
      documentation: 'The elements in the order of their keys. Made by `sortBy`, not written.',
      example: '[3, 1, 2].sortBy(x, x) // [1, 2, 3]',
      run: undefined,
      contextual: sortByKeys,
    })),
    { mismatch: 'name', guards: 'shallow' },
  ),
  define('lists.range', [
    contextOverload(
      'lists_range',
      'lists.range(count: int): list(int)',
      'The ints from 0 to before the count.',
      'lists.range(3) // [0, 1, 2]',
      range,
    ),
  ]),
  define('reverse', [
    contextOverload(
      'list_reverse',
      'list(T).reverse(): list(T)',
      'The elements from last to first.',
      '[1, 2].reverse() // [2, 1]',
      (context, list: Values) => {
        context.spend(list.length);
        return list.toReversed();
      },
    ),
  ]),
  define('distinct', [
    contextOverload(
      'list_distinct',
      'list(T).distinct(): list(T)',
      'The elements without those that equal an earlier one.',
      '[1, 2, 1].distinct() // [1, 2]',
      distinct,
    ),
  ]),
  define('cel.@mapInsert', [
    contextOverload(
      '@mapInsert_map_key_value',
      'cel.@mapInsert(map: map(K, V), key: K, value: V): map(K, V)',
      'The map with one entry more. Made by `transformMap`, not written.',
      "{'a': 1}.transformMap(k, v, v + 1) // {'a': 2}",
      (context, map: StringMap | CelMap, key: CelValue, value: CelValue) =>
        insertAll(context, map, [[key, value]]),
    ),
    contextOverload(
      '@mapInsert_map_map',
      'cel.@mapInsert(map: map(K, V), entries: map(K, V)): map(K, V)',
      'The map with more entries. Made by `transformMapEntry`, not written.',
      "{'a': 'b'}.transformMapEntry(k, v, {v: k}) // {'b': 'a'}",
      (context, map: StringMap | CelMap, added: StringMap | CelMap) =>
        insertAll(context, map, entriesOf(added)),
    ),
  ]),
];
