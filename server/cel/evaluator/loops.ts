import type { Comprehension, Expr } from '../ast';
import { isList, isMap, mapGet, mapKeys, mapSize } from '../values/kinds';
import type { CelMap } from '../values/map';
import type { CelValue, StringMap } from '../values/value';
import { surcharge } from '../values/operations/weight';
import { combine, fail, Failure, Trouble } from '../values/failure';
import type { Evaluator, Frame, Evaluated } from './frame';
import { goTypeName } from '../values/go-type-name';

/** The planned parts of a loop, and the frame slots of its variables. */
export interface LoopPlan {
  readonly node: Comprehension;
  readonly range: Evaluator;
  readonly first: number;
  readonly second: number | undefined;
}

/**
 * One round of a loop.
 * @param more true if more rounds follow
 * @returns the outcome to stop with; undefined to go on
 */
type Round = (frame: Frame, more: boolean) => Evaluated | undefined;

/** Goes over the elements of a range, setting the loop's variables. Gives what a round stopped with. */
function iterate(plan: LoopPlan, frame: Frame, range: CelValue, round: Round): Evaluated | undefined {
  const { first, second, node } = plan;
  const { slots } = frame;
  if (isList(range)) {
    for (let index = 0; index < range.length; index++) {
      const element = range[index] ?? null;
      if (second === undefined) {
        slots[first] = element;
      } else {
        slots[first] = BigInt(index);
        slots[second] = element;
      }
      const stop = round(frame, index + 1 < range.length);
      if (stop !== undefined) {
        return stop;
      }
    }
    return undefined;
  }
  if (isMap(range)) {
    return iterateMap(plan, frame, range, round);
  }
  const problem =
    second === undefined
      ? `got '${goTypeName(range)}', expected iterable type`
      : `unsupported comprehension range type: ${goTypeName(range)}`;
  return fail(problem).at(node);
}

function iterateMap(
  plan: LoopPlan,
  frame: Frame,
  map: StringMap | CelMap,
  round: Round,
): Evaluated | undefined {
  let left = mapSize(map);
  for (const key of mapKeys(map)) {
    frame.slots[plan.first] = key;
    if (plan.second !== undefined) {
      frame.slots[plan.second] = mapGet(map, key) ?? null;
    }
    const stop = round(frame, --left > 0);
    if (stop !== undefined) {
      return stop;
    }
  }
  return undefined;
}

/**
 * The costs of loops beside those of their parts: as a whole, per round, and per gathered element. They are those of
 * the steps that cel-go's macros expand to.
 */
const costs = {
  all: { whole: 1, round: 3 },
  exists: { whole: 1, round: 4 },
  existsOne: { whole: 2, found: 2 },
  list: { whole: 11, gathered: 12 },
  map: { whole: 31, gathered: 2 },
};

/** A round that costs nothing costs 1, so that no loop is free. */
function priced(frame: Frame, part: Evaluator): Evaluated {
  const before = frame.left;
  const outcome = part(frame);
  if (frame.left === before) {
    frame.spend(1);
  }
  return outcome;
}

/** Runs a loop whose result is computed after all rounds, unless one stops it. */
function loop(
  plan: LoopPlan,
  cost: number,
  start: (frame: Frame) => { round: Round; result: () => Evaluated },
): Evaluator {
  return (frame) => {
    const range = plan.range(frame);
    if (range instanceof Trouble) {
      return range;
    }
    frame.spend(cost);
    const { round, result } = start(frame);
    return iterate(plan, frame, range, round) ?? result();
  };
}

function notBool(node: Expr): Failure {
  return fail('no such overload').at(node);
}

/** `all` (stops at false) and `exists` (stops at true). Trouble counts only if no element decides. */
export function quantifierLoop(plan: LoopPlan, predicate: Evaluator, stopAt: boolean): Evaluator {
  const { whole, round } = stopAt ? costs.exists : costs.all;
  return loop(plan, whole, () => {
    let trouble: Trouble | undefined;
    return {
      round: (frame, more) => {
        frame.spend(round);
        const holds = predicate(frame);
        if (holds === stopAt) {
          // cel-go looks once more whether to go on.
          frame.spend(more ? round - 1 : 0);
          return stopAt;
        }
        if (typeof holds !== 'boolean') {
          trouble = combine(trouble, holds instanceof Trouble ? holds : notBool(plan.node));
        }
        return undefined;
      },
      result: () => trouble ?? !stopAt,
    };
  });
}

/** `exists_one`. Every element is looked at; the last failure is the result. */
export function existsOneLoop(plan: LoopPlan, predicate: Evaluator): Evaluator {
  return loop(plan, costs.existsOne.whole, () => {
    let count = 0;
    let trouble: Trouble | undefined;
    return {
      round: (frame) => {
        const holds = priced(frame, predicate);
        if (holds === true) {
          frame.spend(costs.existsOne.found);
          count++;
        } else if (holds !== false) {
          trouble = holds instanceof Trouble ? holds : notBool(plan.node);
        }
        return undefined;
      },
      result: () => trouble ?? count === 1,
    };
  });
}

/** `map`, `filter` and `transformList`: a list of what elements become, of all or of those that a filter lets through. */
export function listLoop(plan: LoopPlan, filter: Evaluator | undefined, element: Evaluator): Evaluator {
  return loop(plan, costs.list.whole, (whole) => {
    const gathered: CelValue[] = [];
    let trouble: Trouble | undefined;
    return {
      round: (frame) => {
        const holds = filter ? priced(frame, filter) : true;
        if (holds === true) {
          frame.spend(costs.list.gathered);
          const value = trouble ? undefined : element(frame);
          if (value instanceof Trouble) {
            trouble = value;
          } else if (value !== undefined) {
            gathered.push(value);
          }
        } else if (holds !== false) {
          trouble = holds instanceof Trouble ? holds : notBool(plan.node);
        }
        // Without a filter nothing that follows can change the outcome.
        return filter ? undefined : trouble;
      },
      result: () => {
        if (trouble) {
          return trouble;
        }
        whole.spend(surcharge(gathered));
        return gathered;
      },
    };
  });
}

/** The entries that one round adds to a map. */
type EntriesOf = (frame: Frame) => readonly (readonly [CelValue, CelValue])[] | Trouble;

/** `transformMap` and `transformMapEntry`. A key that comes twice is a failure. */
export function mapLoop(
  plan: LoopPlan,
  filter: Evaluator | undefined,
  entriesOf: EntriesOf,
  gather: () => { insert(key: CelValue, value: CelValue): Failure | undefined; result(): CelValue },
): Evaluator {
  return loop(plan, costs.map.whole, (whole) => {
    const gathered = gather();
    let trouble: Trouble | undefined;
    const insertAll = (frame: Frame): void => {
      const entries = entriesOf(frame);
      if (entries instanceof Trouble) {
        trouble = entries;
        return;
      }
      for (const [key, value] of entries) {
        trouble ??= gathered.insert(key, value)?.at(plan.node);
      }
    };
    return {
      round: (frame) => {
        const holds = filter ? priced(frame, filter) : true;
        if (holds === true) {
          frame.spend(costs.map.gathered);
          if (!trouble) {
            insertAll(frame);
          }
        } else if (holds !== false) {
          trouble = holds instanceof Trouble ? holds : notBool(plan.node);
        }
        return undefined;
      },
      result: () => {
        if (trouble) {
          return trouble;
        }
        const made = gathered.result();
        whole.spend(surcharge(made));
        return made;
      },
    };
  });
}

/** Any other loop, step by step as the tree says. */
export function generalLoop(
  plan: LoopPlan,
  accumulator: number,
  initial: Evaluator,
  condition: Evaluator,
  step: Evaluator,
  result: Evaluator,
): Evaluator {
  return (frame) => {
    const range = plan.range(frame);
    if (range instanceof Trouble) {
      return range;
    }
    frame.slots[accumulator] = initial(frame);
    const stopped = iterate(plan, frame, range, (current) => {
      current.spend(1);
      if (condition(current) === false) {
        return true;
      }
      current.slots[accumulator] = step(current);
      return undefined;
    });
    return stopped instanceof Failure ? stopped : result(frame);
  };
}
