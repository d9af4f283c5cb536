import { equal } from '../../values/operations/equal';
import type { CelValue } from '../../values/value';
import { weightOf } from '../../values/operations/weight';
import { contextOverload, definer } from '../define';
import type { CallContext, FunctionDefinition } from '../define';

const define = definer('sets');

type Values = readonly CelValue[];

/** Compares with CEL's `==`. Charges for the walk through the list. */
export function hasElement(context: CallContext, list: Values, element: CelValue): boolean {
  context.spend(typeof element === 'object' ? weightOf(list) : list.length);
  return typeof element === 'string' ? list.includes(element) : list.some((other) => equal(element, other));
}

/** True if `list` contains each of `elements`. */
export function hasAll(context: CallContext, list: Values, elements: Values): boolean {
  return elements.every((element) => hasElement(context, list, element));
}

export function hasAny(context: CallContext, a: Values, b: Values): boolean {
  return a.some((element) => hasElement(context, b, element));
}

/** The library of lists as sets (cel-go's `ext.Sets`). Order and repetition do not matter. */
export const setFunctions: readonly FunctionDefinition[] = [
  define('sets.contains', [
    contextOverload(
      'list_sets_contains_list',
      'sets.contains(list: list(T), elements: list(T)): bool',
      'Whether the first list has all elements of the second.',
      'sets.contains([1, 2, 3], [2, 1]) // true',
      hasAll,
    ),
  ]),
  define('sets.equivalent', [
    contextOverload(
      'list_sets_equivalent_list',
      'sets.equivalent(left: list(T), right: list(T)): bool',
      'Whether each list has all elements of the other.',
      'sets.equivalent([1, 2], [2, 1, 1]) // true',
      (context, left: Values, right: Values) => hasAll(context, left, right) && hasAll(context, right, left),
    ),
  ]),
  define('sets.intersects', [
    contextOverload(
      'list_sets_intersects_list',
      'sets.intersects(left: list(T), right: list(T)): bool',
      'Whether the lists have an element in common.',
      'sets.intersects([1, 2], [2, 3]) // true',
      hasAny,
    ),
  ]),
];
