import { afterEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../server/cel/evaluator/failure';
import { binaryOperators, unaryOperators } from '../../server/cel/functions/operators';
import type { BinaryOperator } from '../../server/cel/functions/operators';
import type { CelValue } from '../../server/cel/index';
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
