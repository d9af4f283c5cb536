import { fail, codePoints, definer, overload, goKindName } from '../../../cel';
import type { CelValue, FunctionDefinition, FunctionResult } from '../../../cel';
import { Hierarchy } from './hierarchy';

const define = definer('cerbos');

function split(text: string, separator: string): readonly string[] {
  return separator === '' ? codePoints(text) : text.split(separator);
}

function fromList(parts: readonly CelValue[]): FunctionResult {
  const bad = parts.find((part) => typeof part !== 'string');
  return bad === undefined
    ? new Hierarchy(parts.filter((part) => typeof part === 'string'))
    : fail(`failed to convert list to string slice: ${goKindName(bad, 'string')}`);
}

function isAncestor(a: Hierarchy, b: Hierarchy): boolean {
  return b.parts.length > a.parts.length && a.isPrefixOf(b);
}

function isParent(a: Hierarchy, b: Hierarchy): boolean {
  return b.parts.length === a.parts.length + 1 && a.isPrefixOf(b);
}

function isSibling(a: Hierarchy, b: Hierarchy): boolean {
  return (
    a.parts.length === b.parts.length && a.parts.slice(0, -1).every((part, index) => b.parts[index] === part)
  );
}

function overlaps(a: Hierarchy, b: Hierarchy): boolean {
  return a.parts.length <= b.parts.length ? a.isPrefixOf(b) : b.isPrefixOf(a);
}

function commonAncestors(a: Hierarchy, b: Hierarchy): FunctionResult {
  let [short, long] = b.parts.length < a.parts.length ? [b.parts, a.parts] : [a.parts, b.parts];
  if (short.length === long.length) {
    if (short.length === 0) {
      // Cerbos panics here, which ends the evaluation whatever surrounds it.
      throw new Error('runtime error: slice bounds out of range [:-1]');
    }
    [short, long] = [short.slice(0, -1), long.slice(0, -1)];
  }
  const differing = short.findIndex((part, index) => long[index] !== part);
  return new Hierarchy(differing < 0 ? short : short.slice(0, differing));
}

type Relation = (a: Hierarchy, b: Hierarchy) => FunctionResult;

function relation(
  name: string,
  documentation: string,
  example: string,
  run: Relation,
  result = 'bool',
): FunctionDefinition {
  return define(
    name,
    [
      {
        id: name,
        signature: `hierarchy.${name}(other: hierarchy): ${result}`,
        documentation,
        example,
        run,
        contextual: undefined,
      },
    ],
    { mismatch: 'name' },
  );
}

/** Cerbos' functions about places in a tree. */
export const hierarchyFunctions: readonly FunctionDefinition[] = [
  define('hierarchy', [
    overload(
      'hierarchy_string',
      'hierarchy(path: string): hierarchy',
      'The place that a text with dots names.',
      "hierarchy('a.b.c').size() // 3",
      (text: string) => new Hierarchy(split(text, '.')),
    ),
    overload(
      'hierarchy_string_string',
      'hierarchy(path: string, separator: string): hierarchy',
      'The place that a text with another separator names.',
      "hierarchy('a:b:c', ':').size() // 3",
      (text: string, separator: string) => new Hierarchy(split(text, separator)),
    ),
    overload(
      'hierarchy_stringarray',
      'hierarchy(parts: list(string)): hierarchy',
      'The place that is named part by part.',
      "hierarchy(['a', 'b'])[1] // 'b'",
      fromList,
    ),
  ]),
  relation(
    'ancestorOf',
    'Whether the other is anywhere below this.',
    "hierarchy('a').ancestorOf(hierarchy('a.b.c')) // true",
    isAncestor,
  ),
  relation(
    'commonAncestors',
    'The lowest place above both.',
    "hierarchy('a.b.c').commonAncestors(hierarchy('a.b.d')).size() // 2",
    commonAncestors,
    'hierarchy',
  ),
  relation(
    'descendentOf',
    'Whether the other is anywhere above this.',
    "hierarchy('a.b.c').descendentOf(hierarchy('a')) // true",
    (a, b) => isAncestor(b, a),
  ),
  relation(
    'immediateChildOf',
    'Whether the other is directly above this.',
    "hierarchy('a.b').immediateChildOf(hierarchy('a')) // true",
    (a, b) => isParent(b, a),
  ),
  relation(
    'immediateParentOf',
    'Whether the other is directly below this.',
    "hierarchy('a').immediateParentOf(hierarchy('a.b')) // true",
    isParent,
  ),
  relation(
    'overlaps',
    'Whether one is the other or is above it.',
    "hierarchy('a.b').overlaps(hierarchy('a.b.c')) // true",
    overlaps,
  ),
  relation(
    'siblingOf',
    'Whether both are directly below the same place.',
    "hierarchy('a.b').siblingOf(hierarchy('a.c')) // true",
    isSibling,
  ),
  define(
    'size',
    [
      overload(
        'hierarchy_size',
        'hierarchy.size(): int',
        'How many parts.',
        "hierarchy('a.b').size() // 2",
        (place: Hierarchy) => BigInt(place.partCount),
      ),
    ],
    { mismatch: 'name' },
  ),
  define('_[_]', [
    overload(
      'hierarchy_index',
      '_[_](hierarchy: hierarchy, index: int): string',
      'A part by its place, from 0; an error outside.',
      "hierarchy('a.b')[0] // 'a'",
    ),
  ]),
];
