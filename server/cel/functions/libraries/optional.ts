import { fail } from '../../values/failure';
import { isZero } from '../../values/operations/zero';
import { Optional } from '../../values/optional';
import type { CelValue } from '../../values/value';
import { definer, overload } from '../define';
import type { FunctionDefinition, FunctionResult } from '../define';

const define = definer('optional');

function unwrap(optionals: readonly CelValue[]): FunctionResult {
  const present: CelValue[] = [];
  for (const optional of optionals) {
    if (!(optional instanceof Optional)) {
      return fail('no such overload');
    }
    if (optional.value !== undefined) {
      present.push(optional.value);
    }
  }
  return present;
}

function fromPresence(value: CelValue | undefined): Optional {
  return value === undefined ? Optional.none : Optional.of(value);
}

/** Optional values, and the operators that make them. */
export const optionalFunctions: readonly FunctionDefinition[] = [
  define('optional.of', [
    overload(
      'optional_of',
      'optional.of(value: V): optional(V)',
      'An optional that holds the value.',
      'optional.of(1).hasValue() // true',
      (value: CelValue) => Optional.of(value),
    ),
  ]),
  define('optional.ofNonZeroValue', [
    overload(
      'optional_ofNonZeroValue',
      'optional.ofNonZeroValue(value: V): optional(V)',
      'An optional that holds the value unless it is null, false, zero or empty.',
      "optional.ofNonZeroValue('').hasValue() // false",
      (value: CelValue) => (isZero(value) ? Optional.none : Optional.of(value)),
    ),
  ]),
  define('optional.none', [
    overload(
      'optional_none',
      'optional.none(): optional(V)',
      'An optional that holds nothing.',
      'optional.none().hasValue() // false',
      () => Optional.none,
    ),
  ]),
  define('optional.unwrap', [
    overload(
      'optional_unwrap',
      'optional.unwrap(optionals: list(optional(V))): list(V)',
      'The values of those optionals that hold one.',
      'optional.unwrap([optional.of(1), optional.none()]) // [1]',
      unwrap,
    ),
  ]),
  define('unwrapOpt', [
    overload(
      'optional_unwrapOpt',
      'list(optional(V)).unwrapOpt(): list(V)',
      'The values of those optionals that hold one.',
      '[optional.of(1), optional.none()].unwrapOpt() // [1]',
      unwrap,
    ),
  ]),
  define('value', [
    overload(
      'optional_value',
      'optional(V).value(): V',
      'What the optional holds; an error if it holds nothing.',
      'optional.of(1).value() // 1',
      (optional: Optional) =>
        optional.value ?? (optional.value === null ? null : fail('optional.none() dereference')),
    ),
  ]),
  define('hasValue', [
    overload(
      'optional_hasValue',
      'optional(V).hasValue(): bool',
      'Whether the optional holds a value.',
      'optional.none().hasValue() // false',
      (optional: Optional) => optional.value !== undefined,
    ),
  ]),
  define('or', [
    overload(
      'optional_or_optional',
      'optional(V).or(other: optional(V)): optional(V)',
      'This optional if it holds a value, else the other one, which is evaluated only then.',
      'optional.none().or(optional.of(2)).value() // 2',
    ),
  ]),
  define('orValue', [
    overload(
      'optional_orValue_value',
      'optional(V).orValue(other: V): V',
      'What the optional holds, else the other value, which is evaluated only then.',
      "{'a': 1}[?'b'].orValue(2) // 2",
    ),
  ]),
  define('_[?_]', [
    overload(
      'list_optindex_optional_int',
      '_[?_](list: list(V), index: int): optional(V)',
      'The element at a place, if there is one.',
      '[1, 2][?5].hasValue() // false',
    ),
    overload(
      'optional_list_optindex_optional_int',
      '_[?_](list: optional(list(V)), index: int): optional(V)',
      'The element at a place, if there is a list and it has one.',
      'optional.of([1])[?0].value() // 1',
    ),
    overload(
      'map_optindex_optional_value',
      '_[?_](map: map(K, V), key: K): optional(V)',
      'The value under a key, if there is one.',
      "{'a': 1}[?'b'].hasValue() // false",
    ),
    overload(
      'optional_map_optindex_optional_value',
      '_[?_](map: optional(map(K, V)), key: K): optional(V)',
      'The value under a key, if there is a map and it has one.',
      "optional.of({'a': 1})[?'a'].value() // 1",
    ),
  ]),
  define('_[_]', [
    overload(
      'optional_list_index_int',
      '_[_](list: optional(list(V)), index: int): optional(V)',
      'The element at a place, if there is a list and it has one.',
      'optional.of([1])[0].value() // 1',
    ),
    overload(
      'optional_map_index_value',
      '_[_](map: optional(map(K, V)), key: K): optional(V)',
      'The value under a key, if there is a map and it has one.',
      "optional.of({'a': 1})['a'].value() // 1",
    ),
  ]),
  define('first', [
    overload(
      'list_first',
      'list(V).first(): optional(V)',
      'The first element, if there is one.',
      '[1, 2].first().value() // 1',
      (list: readonly CelValue[]) => fromPresence(list[0]),
    ),
  ]),
  define('last', [
    overload(
      'list_last',
      'list(V).last(): optional(V)',
      'The last element, if there is one.',
      '[1, 2].last().value() // 2',
      (list: readonly CelValue[]) => fromPresence(list.at(-1)),
    ),
  ]),
];
