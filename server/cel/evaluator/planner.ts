import type { Call, Expr } from '../ast';
import type { CheckResult } from '../checker/check-result';
import { fail } from '../values/failure';
import type { Failure } from '../values/failure';
import type { Evaluator } from './frame';
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
}

/** Turns a checked tree into closures. */
export function plan(expr: Expr, checked: CheckResult, mode: PlanMode): Plan {
  const state: PlanState = { checked, scopes: new Scopes(), refused: undefined };
  const evaluator = new Planner(state, mode).plan(expr);
  const { refused } = state;
  return { evaluator: refused ? () => refused : evaluator, slots: state.scopes.slots };
}

/** What the planners of one expression share. */
interface PlanState {
  readonly checked: CheckResult;
  readonly scopes: Scopes;
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
