import type { Call, Expr, Select } from '../../ast';
import { TypeValue } from '../../values/type-value';
import type { CelValue } from '../../values/value';
import { fail, Trouble } from '../../values/failure';
import type { Evaluator } from '../frame';
import { planConditional } from './plan-calls';
import { planName } from './plan-names';
import { planningOfOperand, unlessUnknown } from './plan-unknowns';
import type { Planning } from './planning';
import { absent, invalidQualifier, isRead, opened, readerOf, testField } from '../reading';
import { planPath } from './read-path';

// Selections and indexes that follow each other are a chain, as are those after a conditional. If what a chain begins
// with is an optional value, or one of its steps is optional, the rest of it is; the chain is then one optional value.

/**
 * Plans `a.b`, `a.?b` and `has(a.b)`.
 * @param goesOn whether the chain has another step
 */
export function planSelect(planning: Planning, expr: Select, goesOn: boolean): Evaluator {
  const reference = planning.checked.referenceOf(expr);
  if (reference?.kind === 'type' || reference?.kind === 'variable' || reference?.kind === 'constant') {
    return planName(planning, expr, reference.name);
  }
  const { field } = expr;
  const ofPart = isStep(planning, expr.operand);
  if (expr.test) {
    const operand = planOperand(planning, expr.operand);
    return unlessUnknown(planning, expr, (frame) => {
      const target = operand(frame);
      if (target instanceof Trouble) {
        return target;
      }
      frame.spend(1);
      return testField(target, field, ofPart, expr);
    });
  }
  const operand = planOperand(planning, expr.operand);
  const read = readerOf(expr.optional, ofPart, goesOn);
  const steps = unlessUnknown(planning, expr, (frame) => {
    const target = operand(frame);
    return target instanceof Trouble ? target : read(frame, target, field, expr);
  });
  const { trace, unknowns } = planning.mode;
  return trace || unknowns || expr.optional ? steps : planPath(planning, expr, steps);
}

/**
 * Plans `a[b]` and `a[?b]`.
 * @param goesOn whether the chain has another step
 */
export function planIndex(planning: Planning, expr: Call, goesOn: boolean): Evaluator {
  const [targetExpr, keyExpr] = expr.args;
  if (!targetExpr || !keyExpr) {
    return () => fail('no such overload: _[_]').at(expr);
  }
  const operand = planOperand(planning, targetExpr);
  const keyOf = planning.plan(keyExpr);
  const constant = constantKey(planning, keyExpr);
  const invalid = constant === undefined ? undefined : invalidQualifier(constant);
  if (invalid) {
    planning.refuse(invalid.at(expr));
  }
  const ofPart = isStep(planning, targetExpr);
  const read = readerOf(expr.name === '_[?_]', ofPart, goesOn);
  // cel-go counts such a key and the index that it is used for as one step.
  const keyIsRead = constant === undefined && isRead(keyExpr);
  return unlessUnknown(planning, expr, (frame) => {
    const target = operand(frame);
    if (target instanceof Trouble) {
      return target;
    }
    const nothing = absent(target, ofPart, goesOn);
    if (nothing) {
      return nothing;
    }
    const key = keyOf(frame);
    if (keyIsRead) {
      frame.spend(-1);
    }
    return key instanceof Trouble ? key : (invalidQualifier(key)?.at(expr) ?? read(frame, target, key, expr));
  });
}

/** Plans what a step reads from. */
function planOperand(planning: Planning, expr: Expr): Evaluator {
  return isStep(planning, expr)
    ? planStep(planningOfOperand(planning, expr), expr)
    : planningOfOperand(planning, expr).plan(expr);
}

/** Plans a part of a chain that goes on. A value that a chain begins with, and that may be optional, begins it here. */
function planStep(planning: Planning, expr: Expr): Evaluator {
  if (!isStep(planning, expr)) {
    const first = planning.plan(expr);
    return (frame) => {
      const value = first(frame);
      return value instanceof Trouble ? value : opened(value);
    };
  }
  if (expr.kind === 'select') {
    return planning.recorded(expr, planSelect(planning, expr, true));
  }
  if (expr.name === '_?_:_') {
    return planning.recorded(
      expr,
      planConditional(planning, expr, (branch) => planStep(planning, branch)),
    );
  }
  return planning.recorded(expr, planIndex(planning, expr, true));
}

/** True for a step of a chain such as `a.b[c]`, or a choice of what to read from; false for the chain's first link. */
function isStep({ checked }: Planning, expr: Expr): expr is Select | Call {
  if (expr.kind === 'call') {
    return expr.name === '_[_]' || expr.name === '_[?_]' || expr.name === '_?_:_';
  }
  if (expr.kind !== 'select' || expr.test) {
    return false;
  }
  const kind = checked.referenceOf(expr)?.kind;
  return kind !== 'variable' && kind !== 'type' && kind !== 'constant';
}

/** A key that is known before anything runs; one that can be no key is refused then. */
function constantKey({ checked }: Planning, key: Expr): CelValue | undefined {
  if (key.kind === 'literal') {
    return key.value;
  }
  const isName = key.kind === 'identifier' || key.kind === 'select';
  const reference = isName ? checked.referenceOf(key) : undefined;
  return reference?.kind === 'type' ? new TypeValue(reference.name) : undefined;
}
