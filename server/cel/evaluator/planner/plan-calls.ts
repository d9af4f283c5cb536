import type { Call, Expr } from '../../ast';
import type { CallResolution } from '../../checker/check-result';
import { binaryOperators, pricedOperators, unaryOperators } from '../../functions/operators';
import { Optional } from '../../values/optional';
import { planFunction } from '../calls';
import { combine, fail, Failure, Trouble, Unknown } from '../../values/failure';
import type { Evaluator, Evaluated } from '../frame';
import { certainType } from './planning';
import type { Planning } from './planning';

/** Plans every call but indexing. */
export function planCall(planning: Planning, expr: Call): Evaluator {
  switch (expr.name) {
    case '_&&_':
      return planLogical(planning, expr, false);
    case '_||_':
      return planLogical(planning, expr, true);
    case '_?_:_':
      return planConditional(planning, expr, (branch) => planning.plan(branch));
    default:
      return planBinary(planning, expr) ?? planUnary(planning, expr) ?? planFunctionOrMethod(planning, expr);
  }
}

function planBinary(planning: Planning, expr: Call): Evaluator | undefined {
  const [first, second] = expr.args;
  const operator = binaryOperators.get(expr.name);
  if (!operator || !first || !second) {
    return undefined;
  }
  const cost = pricedOperators.has(expr.name) ? 0 : 1;
  const left = planning.plan(first);
  const right = planning.plan(second);
  return (frame) => {
    const a = left(frame);
    if (a instanceof Trouble) {
      if (a instanceof Unknown) {
        // What is known of the other side is folded into the residual.
        right(frame);
      }
      return a;
    }
    const b = right(frame);
    if (b instanceof Trouble) {
      return b;
    }
    frame.spend(cost);
    const result = operator(a, b, frame);
    return result instanceof Failure ? result.at(expr) : result;
  };
}

function planUnary(planning: Planning, expr: Call): Evaluator | undefined {
  const [first] = expr.args;
  const operator = unaryOperators.get(expr.name);
  if (!operator || !first) {
    return undefined;
  }
  const operand = planning.plan(first);
  return (frame) => {
    const a = operand(frame);
    if (a instanceof Trouble) {
      return a;
    }
    frame.spend(1);
    const result = operator(a);
    return result instanceof Failure ? result.at(expr) : result;
  };
}

/** True for calls that are planned by the functions of the environment alone, without a way of their own. */
export function isFunctionCall(expr: Call, call: CallResolution): boolean {
  return !ownWays.has(expr.name) && !isAlternative(expr, call);
}

const ownWays: ReadonlySet<string> = new Set([
  ...['_&&_', '_||_', '_?_:_', '_[_]', '_[?_]'],
  ...binaryOperators.keys(),
  ...unaryOperators.keys(),
]);

function isAlternative({ target }: Call, call: CallResolution): boolean {
  return target !== undefined && (call.function.name === 'or' || call.function.name === 'orValue');
}

function planFunctionOrMethod(planning: Planning, expr: Call): Evaluator {
  const call = planning.checked.callOf(expr);
  if (!call) {
    return () => fail(`no such overload: ${expr.name}`).at(expr);
  }
  if (expr.target && isAlternative(expr, call)) {
    return planAlternative(planning, expr, expr.target, call.function.name === 'or');
  }
  const target = expr.target && !call.namespaced ? [planning.plan(expr.target)] : [];
  const args = [...target, ...expr.args.map((arg) => planning.plan(arg))];
  return planFunction(expr, call, args, (node) => certainType(planning.checked, node));
}

/** `optional.or(other)` and `optional.orValue(other)`: the other is evaluated only if needed. */
function planAlternative(planning: Planning, expr: Call, targetExpr: Expr, keepOptional: boolean): Evaluator {
  const target = planning.plan(targetExpr);
  const [otherExpr] = expr.args;
  const other = otherExpr ? planning.plan(otherExpr) : undefined;
  return (frame) => {
    frame.spend(1);
    const value = target(frame);
    if (value instanceof Trouble) {
      return value;
    }
    if (!(value instanceof Optional)) {
      return fail('no such overload').at(expr);
    }
    if (value.value !== undefined) {
      return keepOptional ? value : value.value;
    }
    return other ? other(frame) : fail('no such overload').at(expr);
  };
}

/** `&&` (decided by false) and `||` (decided by true): trouble counts only if the other side does not decide. */
function planLogical(planning: Planning, expr: Call, decides: boolean): Evaluator {
  const [first, second] = expr.args;
  if (!first || !second) {
    return () => fail('no such overload').at(expr);
  }
  const left = planning.plan(first);
  const right = planning.plan(second);
  const term = (outcome: Evaluated): Trouble =>
    outcome instanceof Trouble ? outcome : fail('no such overload').at(expr);
  return (frame) => {
    const a = left(frame);
    if (a === decides) {
      return decides;
    }
    const b = right(frame);
    if (b === decides) {
      return decides;
    }
    if (typeof a === 'boolean') {
      return typeof b === 'boolean' ? !decides : term(b);
    }
    return typeof b === 'boolean' ? term(a) : combine(term(a), term(b));
  };
}

/** `condition ? yes : no`, whose branches may have to be planned in a way of their own. */
export function planConditional(
  planning: Planning,
  expr: Call,
  planBranch: (branch: Expr) => Evaluator,
): Evaluator {
  const [first, second, third] = expr.args;
  if (!first || !second || !third) {
    return () => fail('no such overload').at(expr);
  }
  const condition = planning.plan(first);
  const yes = planBranch(second);
  const no = planBranch(third);
  return (frame) => {
    const holds = condition(frame);
    if (holds === true) {
      return yes(frame);
    }
    if (holds === false) {
      return no(frame);
    }
    return holds instanceof Trouble ? holds : fail('no such overload').at(expr);
  };
}
