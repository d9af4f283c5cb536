import type { Expr } from '../../ast';
import type { CheckResult } from '../../checker/check-result';
import type { CelType } from '../../types';
import type { Failure } from '../../values/failure';
import type { Evaluator } from '../frame';
import type { Scopes } from './scopes';

/** Optional capabilities of a plan. They cost time on every evaluation, so plans without them are separate. */
export interface PlanMode {
  /** Record the outcome of every sub-expression. */
  readonly trace: boolean;
  /** Look up whether what is read was marked unknown. */
  readonly unknowns: boolean;
}

/** The context that the planners of all kinds of nodes share. */
export interface Planning {
  readonly checked: CheckResult;
  readonly mode: PlanMode;
  readonly scopes: Scopes;
  plan(expr: Expr): Evaluator;
  /** Has the outcome of a node recorded, if outcomes are. */
  recorded(expr: Expr, evaluator: Evaluator): Evaluator;
  /** The same plan in another mode, with the names and slots of here. */
  inMode(mode: PlanMode): Planning;
  /** Notes that cel-go would refuse to plan the expression, whatever part of it is then evaluated. */
  refuse(failure: Failure): void;
}

/** The static type of a node, unless it is the result of a function that does not keep to its signature. */
export function certainType(checked: CheckResult, node: Expr): CelType | undefined {
  return checked.callOf(node)?.function.strictness.guards === 'none' ? undefined : checked.typeOf(node);
}
