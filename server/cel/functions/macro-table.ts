import type { MacroDescription } from '../declarations';

function macro(
  library: string,
  name: string,
  signature: string,
  documentation: string,
  example: string,
): MacroDescription {
  return { name, method: !signature.startsWith(`${name}(`), library, signature, documentation, example };
}

/** The macros as editors show them. A test checks that each exists and that its example is right. */
export const macroDescriptions: readonly MacroDescription[] = [
  macro(
    'standard',
    'has',
    'has(value.field): bool',
    'Whether a field or key is there. Everything before the last dot must exist.',
    "has({'a': 1}.a) // true",
  ),
  macro(
    'standard',
    'all',
    'list.all(x, condition): bool',
    'Whether the condition holds for all elements, or all keys of a map. With two names: index and element, or key and value.',
    '[1, 2, 3].all(x, x > 0) // true',
  ),
  macro(
    'standard',
    'exists',
    'list.exists(x, condition): bool',
    'Whether the condition holds for at least one element, or key of a map. With two names: index and element, or key and value.',
    '[1, 2, 3].exists(x, x > 2) // true',
  ),
  macro(
    'standard',
    'exists_one',
    'list.exists_one(x, condition): bool',
    'Whether the condition holds for exactly one element, or key of a map. With two names: index and element, or key and value.',
    '[1, 2, 3].exists_one(x, x > 2) // true',
  ),
  macro(
    'standard',
    'existsOne',
    'list.existsOne(i, x, condition): bool',
    'The same as `exists_one` with two names: index and element, or key and value.',
    '[1, 2, 3].existsOne(i, x, x > 2) // true',
  ),
  macro(
    'standard',
    'map',
    'list.map(x, [condition,] value): list',
    'A list of what each element, or key of a map, becomes; with a condition, only of those for which it holds.',
    '[1, 2, 3].map(x, x * 2) // [2, 4, 6]',
  ),
  macro(
    'standard',
    'filter',
    'list.filter(x, condition): list',
    'The elements, or keys of a map, for which the condition holds.',
    '[1, 2, 3].filter(x, x > 1) // [2, 3]',
  ),
  macro(
    'comprehensions',
    'transformList',
    'list.transformList(i, x, [condition,] value): list',
    'A list of what each index and element, or key and value, become.',
    '[10, 20].transformList(i, x, i + x) // [10, 21]',
  ),
  macro(
    'comprehensions',
    'transformMap',
    'map.transformMap(k, v, [condition,] value): map',
    'A map with the same keys and new values. Of a list, the keys are the indices.',
    "{'a': 1}.transformMap(k, v, v + 1) // {'a': 2}",
  ),
  macro(
    'comprehensions',
    'transformMapEntry',
    'map.transformMapEntry(k, v, [condition,] entries): map',
    'A map of the entries that each key and value become. Two entries with one key are an error.',
    "{'a': 'b'}.transformMapEntry(k, v, {v: k}) // {'b': 'a'}",
  ),
  macro(
    'bindings',
    'bind',
    'cel.bind(x, value, expression)',
    'Gives a value a name within an expression. It is computed once, and only when it is used.',
    'cel.bind(x, 2, x * x) // 4',
  ),
  macro(
    'optional',
    'optMap',
    'optional.optMap(x, value): optional',
    'What the held value becomes, if there is one.',
    'optional.of(1).optMap(x, x + 1).value() // 2',
  ),
  macro(
    'optional',
    'optFlatMap',
    'optional.optFlatMap(x, optional): optional',
    'The optional that the held value becomes, if there is one.',
    "optional.of({'a': 1}).optFlatMap(m, m[?'a']).value() // 1",
  ),
  macro(
    'lists',
    'sortBy',
    'list.sortBy(x, key): list',
    'The elements in the order of their keys, which must be of one type that can be ordered.',
    '[3, 1, 2].sortBy(x, -x) // [3, 2, 1]',
  ),
  macro(
    'math',
    'greatest',
    'math.greatest(value, …): number',
    'The greatest of numbers of any types, or of a list of them.',
    'math.greatest(1, 3, 2) // 3',
  ),
  macro(
    'math',
    'least',
    'math.least(value, …): number',
    'The least of numbers of any types, or of a list of them.',
    'math.least(3, 1, 2) // 1',
  ),
];
