// The comparison with cerbos 0.55 is only worth something if it finds faults. Each of these is planted, found, and taken
// out again.
import { afterEach, describe, expect, test } from 'vitest';
import { forgetPlans, plantedFaults } from '../support/cel/planted-faults';
import { askRepl } from './cerbos-repl';
import type { ReplAnswer } from './cerbos-repl';
import { overloadExpressions } from './chosen-expressions';
import { answer, difference, requestLine } from './comparison';

let theirs: readonly ReplAnswer[] | undefined;
const expressions = [
  ...overloadExpressions(),
  'dyn(1) == 1.0',
  'P.attr.level == 3',
  "'nope' in P.attr",
  '5 in [1, 2]',
  '[1, 2].all(x, x == 1)',
  '[1, 1].exists_one(x, x == 1)',
  '[true, false, true].filter(x, x)',
  '[3, 4].exists(i, v, i == 3)',
  '{"a": 1}.?b',
  "'ABC' == R.id",
  "'Big'",
  "cerbos.engine.v1.Request.Principal{id: 'a'} == cerbos.engine.v1.Request.Principal{id: 'b'}",
  "has(cerbos.engine.v1.Request.Principal{id: 'a'}.scope)",
];

/** How many expressions show a difference. */
async function found(): Promise<number> {
  theirs ??= await askRepl(expressions, [requestLine]);
  forgetPlans();
  return expressions.filter(
    (expression, index) => difference(answer(expression), theirs![index]!) !== undefined,
  ).length;
}

describe('the comparison with cerbos 0.55', () => {
  let undo: (() => void) | undefined;
  afterEach(() => {
    undo?.();
    undo = undefined;
  });

  test('the comparison finds no difference where there is no fault', async () => {
    expect(await found()).toBe(0);
  });

  test.each(plantedFaults)('the comparison finds the fault that %s', async (_what, plant) => {
    undo = plant();
    expect(await found()).toBeGreaterThan(0);
  });
});
