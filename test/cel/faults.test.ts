import { afterEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../server/cel/evaluator/failure';
import { binaryOperators, unaryOperators } from '../../server/cel/functions/operators';
import type { BinaryOperator } from '../../server/cel/functions/operators';
import { cerbosEnvironment } from '../../server/cel/index';
import type { CelValue, Timestamp } from '../../server/cel/index';
import type { Hierarchy } from '../../server/cel/values/hierarchy';
import { askRepl } from './cerbos-repl';
import type { ReplAnswer } from './cerbos-repl';
import { overloadExpressions } from './chosen-expressions';
import { answer, difference, requestLine } from './comparison';

// The comparison with the real binary is only worth something if it finds faults. Each of these is planted in the
// evaluator, found, and taken out again.
const operators = binaryOperators as Map<string, BinaryOperator>;
const signs = unaryOperators as Map<string, (a: CelValue) => CelValue | Failure>;

/** Replaces an entry for the time of a test, calling the right one where the fault does not show. */
function spoil<T>(map: Map<string, T>, name: string, fault: (right: T) => T): () => void {
  const right = map.get(name);
  if (right === undefined) {
    throw new Error(`There is no ${name} to spoil`);
  }
  map.set(name, fault(right));
  return () => void map.set(name, right);
}

function onInts(fault: (a: bigint, b: bigint) => CelValue): (right: BinaryOperator) => BinaryOperator {
  return (right) => (a, b, context) =>
    typeof a === 'bigint' && typeof b === 'bigint' && b !== 0n ? fault(a, b) : right(a, b, context);
}

/** Replaces the implementation of an overload for the time of a test. */
function spoilOverload(name: string, id: string, fault: (...args: never[]) => CelValue): () => void {
  const found = cerbosEnvironment()
    .findFunction(name)
    ?.overloads.find((overload) => overload.id === id) as { run: unknown } | undefined;
  if (typeof found?.run !== 'function') {
    throw new Error(`There is no ${id} to spoil`);
  }
  const right = found.run;
  found.run = fault;
  return () => void (found.run = right);
}

/** Takes an overload from the checker for the time of a test. */
function forget(name: string, id: string): () => void {
  const found = cerbosEnvironment().findFunction(name);
  const overloads = found?.overloads as { id: string }[] | undefined;
  const index = overloads?.findIndex((overload) => overload.id === id) ?? -1;
  if (!overloads || index < 0) {
    throw new Error(`There is no ${id} to forget`);
  }
  const taken = overloads.splice(index, 1);
  // What was resolved before is remembered.
  found?.resolutions.clear();
  return () => {
    overloads.splice(index, 0, ...taken);
    found?.resolutions.clear();
  };
}

const faults: readonly (readonly [what: string, plant: () => () => void])[] = [
  [
    'overflow is not noticed',
    () =>
      spoil(
        operators,
        '_+_',
        onInts((a, b) => BigInt.asIntN(64, a + b)),
      ),
  ],
  [
    'division rounds down',
    () =>
      spoil(
        operators,
        '_/_',
        onInts((a, b) => (a % b < 0n ? a / b - 1n : a / b)),
      ),
  ],
  [
    'the remainder has the sign of the divisor',
    () =>
      spoil(
        operators,
        '_%_',
        onInts((a, b) => ((a % b) + b) % b),
      ),
  ],
  ['at most is less than', () => spoil(operators, '_<=_', () => operators.get('_<_')!)],
  [
    'numbers of different types are never equal',
    () =>
      spoil(
        operators,
        '_==_',
        (right) => (a, b, context) => (typeof a === typeof b ? right(a, b, context) : false),
      ),
  ],
  ['a key that is missing is found', () => spoil(operators, '@in', () => () => true)],
  [
    'the least int has a negative',
    () => spoil(signs, '-_', (right) => (a) => (typeof a === 'bigint' ? BigInt.asIntN(64, -a) : right(a))),
  ],
  [
    'size counts UTF-16 units',
    () => spoilOverload('size', 'string_size', (text: string) => BigInt(text.length)),
  ],
  [
    'a double is rounded to an int, not cut off',
    () => spoilOverload('int', 'double_to_int64', (value: number) => BigInt(Math.round(value) || 0)),
  ],
  [
    'a text starts with whatever is in it',
    () =>
      spoilOverload('startsWith', 'starts_with_string', (text: string, part: string) => text.includes(part)),
  ],
  [
    'a time zone is ignored',
    () =>
      spoilOverload('getHours', 'timestamp_to_hours_with_tz', (time: Timestamp) =>
        BigInt(Math.floor(time.seconds / 3600) % 24),
      ),
  ],
  ['an optional value always has a value', () => spoilOverload('hasValue', 'optional_hasValue', () => true)],
  [
    'a hierarchy is an ancestor of itself',
    () => spoilOverload('ancestorOf', 'ancestorOf', (a: Hierarchy, b: Hierarchy) => a.isPrefixOf(b)),
  ],
  [
    'the checker does not know that timestamps and durations add up',
    () => forget('_+_', 'add_timestamp_duration'),
  ],
  ['the checker does not know that ints have a text', () => forget('string', 'int64_to_string')],
  ['not of no bool is a bool', () => spoil(signs, '!_', () => (a) => a !== true)],
];

let theirs: readonly ReplAnswer[] | undefined;
const expressions = [
  ...overloadExpressions(),
  'dyn(1) == 1.0',
  'P.attr.level == 3',
  "'nope' in P.attr",
  '5 in [1, 2]',
];

/** How many expressions show a difference. */
async function found(): Promise<number> {
  theirs ??= await askRepl(expressions, [requestLine]);
  return expressions.filter(
    (expression, index) => difference(answer(expression), theirs![index]!) !== undefined,
  ).length;
}

describe('the comparison with the real binary', () => {
  let undo: (() => void) | undefined;
  afterEach(() => {
    undo?.();
    undo = undefined;
  });

  it('finds nothing where nothing is wrong', async () => {
    expect(await found()).toBe(0);
  });

  it.each(faults)('finds that %s', async (_what, plant) => {
    undo = plant();
    expect(await found()).toBeGreaterThan(0);
  });
});
