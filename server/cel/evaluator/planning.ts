import type { Expr } from '../ast';
import type { CheckResult } from '../checker/check-result';
import type { CelType } from '../types';
import type { Failure } from '../values/failure';
import type { Evaluator } from './frame';
import type { Scopes } from './scopes';

/** What a plan must be able to do beyond evaluating; both cost time, so plans without them are separate. */
export interface PlanMode {
  /** Record the outcome of every sub-expression. */
  readonly trace: boolean;
  /** Look up whether what is read was marked unknown. */
  readonly unknowns: boolean;
}

/** What the planners of single kinds of nodes share: how to plan the parts, and what is known of them. */
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
export function certainType({ checked }: Planning, node: Expr): CelType | undefined {
  return checked.callOf(node)?.function.strictness.guards === 'none' ? undefined : checked.typeOf(node);
}
