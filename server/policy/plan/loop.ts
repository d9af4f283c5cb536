import { entriesOf } from '../../cel';
import type { CelValue } from '../../cel';
import { failure, isTrouble } from './outcome';
import type { PlannedValue } from './outcome';
import { Lazy, LoopScope } from './scope';
import type { Evaluator } from './scope';
import type { LoopTerm } from './term';

/** Runs a loop step by step, as its term says. */
export function runLoop(evaluator: Evaluator, loop: LoopTerm, outer: LoopScope): PlannedValue {
  const { variable, variable2, accumulator, condition, step } = loop;
  const range = evaluator.evaluate(loop.range, outer);
  if (isTrouble(range)) return range;
  const rounds = roundsOf(range, variable2 !== undefined);
  if (!rounds) return failure('got a value that is no list or map, expected iterable type');
  const accumulated = new LoopScope(outer, new Map([[accumulator, new Lazy(loop.initial, outer)]]));
  for (const [first, second] of rounds) {
    const values = new Map([[variable, first]]);
    if (variable2 !== undefined) values.set(variable2, second ?? null);
    const inner = new LoopScope(accumulated, values);
    if (evaluator.evaluate(condition, inner) === false) break;
    accumulated.set(accumulator, evaluator.evaluate(step, inner));
  }
  return evaluator.evaluate(loop.result, accumulated);
}

/** What the variables of a loop are in each round; undefined if a value cannot be gone over. */
function roundsOf(range: CelValue, pairs: boolean): readonly (readonly [CelValue, CelValue?])[] | undefined {
  if (Array.isArray(range)) {
    const list = range as readonly CelValue[];
    return list.map((element, index) => (pairs ? [BigInt(index), element] : [element]));
  }
  return entriesOf(range);
}
