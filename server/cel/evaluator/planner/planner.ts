import type { Call, Expr } from '../../ast';
import type { CheckResult } from '../../checker/check-result';
import { fail } from '../../values/failure';
import type { Failure } from '../../values/failure';
import type { Constant, Constants } from './constants';
import type { Evaluator } from '../frame';
import { planList, planMap, planStruct } from './plan-aggregates';
import { planCall } from './plan-calls';
import { planComprehension } from './plan-loops';
import { planName } from './plan-names';
import { planIndex, planSelect } from './plan-reading';
import type { Planning, PlanMode } from './planning';
import { Scopes } from './scopes';

export interface Plan {
  readonly evaluator: Evaluator;
  /** How many slots a frame needs. */
  readonly slots: number;
  /** Those of the names that are given from outside, in their order. */
  readonly given: readonly number[];
  /** The tree whose nodes failures name. */
  readonly tree: Expr;
}

/**
 * Turns a checked tree, or a part of one, into closures.
 * @param constants those of the tree, which frames have the values of
 * @param names local variables around the part, whose slots are filled before it runs
 */
export function plan(
  expr: Expr,
  checked: CheckResult,
  mode: PlanMode,
  constants: Constants,
  names: readonly string[] = [],
): Plan {
  const scopes = new Scopes();
  const state: PlanState = { checked, scopes, constants, refused: undefined };
  const given = names.map(() => scopes.newSlot());
  const locals = new Map(names.map((name, index) => [name, { slot: given[index] ?? 0 }]));
  const evaluator = scopes.within(locals, () => new Planner(state, mode).plan(expr));
  const { refused } = state;
  return { evaluator: refused ? () => refused : evaluator, slots: scopes.slots, given, tree: expr };
}

/** The state that the planners of one expression share. */
interface PlanState {
  readonly checked: CheckResult;
  readonly scopes: Scopes;
  readonly constants: Constants;
  refused: Failure | undefined;
}

class Planner implements Planning {
  readonly checked: CheckResult;
  readonly mode: PlanMode;
  readonly scopes: Scopes;
  readonly #state: PlanState;

  constructor(state: PlanState, mode: PlanMode) {
    this.checked = state.checked;
    this.scopes = state.scopes;
    this.mode = mode;
    this.#state = state;
  }

  plan(expr: Expr): Evaluator {
    return this.recorded(expr, this.#evaluator(expr));
  }

  recorded(expr: Expr, evaluator: Evaluator): Evaluator {
    if (!this.mode.trace) {
      return evaluator;
    }
    return (frame) => {
      const outcome = evaluator(frame);
      frame.record?.(expr, outcome);
      return outcome;
    };
  }

  inMode(mode: PlanMode): Planning {
    return new Planner(this.#state, mode);
  }

  refuse(failure: Failure): void {
    this.#state.refused ??= failure;
  }

  #evaluator(expr: Expr): Evaluator {
    const constant = this.#state.constants.of.get(expr);
    if (constant) {
      return planConstant(constant);
    }
    switch (expr.kind) {
      case 'literal': {
        const { value } = expr;
        return () => value;
      }
      case 'identifier':
        return planName(this, expr, expr.name);
      case 'select':
        return planSelect(this, expr, false);
      case 'call':
        return this.#call(expr);
      case 'list':
        return planList(this, expr);
      case 'map':
        return planMap(this, expr);
      case 'comprehension':
        return planComprehension(this, expr);
      case 'struct':
        return planStruct(this, expr);
      case 'invalid':
        return () => fail('this expression could not be compiled').at(expr);
    }
  }

  #call(expr: Call): Evaluator {
    return expr.name === '_[_]' || expr.name === '_[?_]'
      ? planIndex(this, expr, false)
      : planCall(this, expr);
  }
}

function planConstant({ index, cost }: Constant): Evaluator {
  if (cost === 0) {
    return (frame) => frame.constants[index] ?? null;
  }
  return (frame) => {
    frame.spend(cost);
    return frame.constants[index] ?? null;
  };
}
