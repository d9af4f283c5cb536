import { CelFailure, callFunction, equal } from '../../cel';
import type { Call, CelValue, Expr } from '../../cel';
import { cerbosEnvironment } from '../conditions/environment';
import { expression, junction, negation } from './operand';
import type { Operand } from './operand';
import { PlanningError } from './problem';
import { neverEvaluates, operandOf as written } from './to-operand';

/**
 * Where a condition holds, as the top of a filter: what cannot be evaluated, or is no bool, counts as false there. So a
 * negation must say that its operand is false, rather than that it does not hold.
 */
export function conditionOf(expr: Expr): Operand {
  switch (expr.kind) {
    case 'literal':
      return { value: expr.value === true };
    case 'select':
      return expr.test ? presence(expr.operand, expr.field) : operandOf(expr);
    case 'call':
      return callHolds(expr);
    default:
      return operandOf(expr);
  }
}

function callHolds(expr: Call): Operand {
  const [first, second, third] = expr.args;
  if (first && second && third && expr.name === '_?_:_' && asksForPresence(expr)) {
    return junction('or', [
      junction('and', [conditionOf(first), conditionOf(second)]),
      junction('and', [refutationOf(first), conditionOf(third)]),
    ]);
  }
  if (first && expr.name === '!_') {
    return refutationOf(first);
  }
  if (first && second && expr.name === '_&&_') {
    return junction('and', [conditionOf(first), conditionOf(second)]);
  }
  if (first && second && expr.name === '_||_') {
    return junction('or', [conditionOf(first), conditionOf(second)]);
  }
  if (first && second && expr.name === '@in') {
    return membership(expr, first, second);
  }
  return choices(expr) ?? operandOf(expr);
}

/** Where an expression is false. */
function refutationOf(expr: Expr): Operand {
  if (neverEvaluates(expr)) {
    return { value: false };
  }
  if (expr.kind === 'literal') {
    return { value: expr.value === false };
  }
  if (expr.kind === 'select' && expr.test) {
    return absence(expr.operand, expr.field);
  }
  const [first, second, third] = expr.kind === 'call' ? expr.args : [];
  const name = expr.kind === 'call' ? expr.name : '';
  if (first && second && third && name === '_?_:_' && asksForPresence(expr)) {
    return junction('or', [
      junction('and', [conditionOf(first), refutationOf(second)]),
      junction('and', [refutationOf(first), refutationOf(third)]),
    ]);
  }
  if (first && name === '!_') {
    return conditionOf(first);
  }
  if (first && second && name === '_&&_') {
    return junction('or', [refutationOf(first), refutationOf(second)]);
  }
  if (first && second && name === '_||_') {
    return junction('and', [refutationOf(first), refutationOf(second)]);
  }
  if (first && second && name === '_==_') {
    return expression('ne', written(first), written(second));
  }
  if (first && second && name === '_!=_') {
    return expression('eq', written(first), written(second));
  }
  return expression('eq', written(expr), { value: false });
}

/** `x == x`, which cannot be evaluated if `x` is not there. */
function presence(operand: Expr, field: string): Operand {
  const { variable } = pathOf(operand, field);
  return expression('eq', { variable }, { variable });
}

/** The opposite, for an attribute of the resource itself: where a path goes on, what it leads through may be missing. */
function absence(operand: Expr, field: string): Operand {
  const { variable, isAttribute } = pathOf(operand, field);
  if (!isAttribute) {
    throw new PlanningError(`has(${variable}) can only be denied of an attribute of the resource`);
  }
  return negation(expression('eq', { variable }, { variable }));
}

function pathOf(operand: Expr, field: string): { readonly variable: string; readonly isAttribute: boolean } {
  const of = written(operand);
  const owner = 'variable' in of ? of.variable : '';
  // Fields of a request are always there, and has() then asks whether they are empty.
  if (!owner.startsWith('request.resource.attr')) {
    throw new PlanningError('has() is supported for attributes of the resource only');
  }
  return { variable: `${owner}.${field}`, isAttribute: owner === 'request.resource.attr' };
}

function asksForPresence(expr: Expr): boolean {
  return (expr.kind === 'select' && expr.test) || (expr.kind === 'call' && expr.args.some(asksForPresence));
}

/** A part that is no condition of its own, which is false if it can never be evaluated. */
function operandOf(expr: Expr): Operand {
  return neverEvaluates(expr) ? { value: false } : written(expr);
}

/** Membership in a list of one is equality, and nothing is in an empty list. */
function membership(expr: Call, needle: Expr, range: Expr): Operand {
  const elements =
    range.kind === 'map'
      ? range.entries.map(({ key }) => key)
      : range.kind === 'list'
        ? range.elements
        : undefined;
  if (!elements || elements.length > 1 || neverEvaluates(expr)) {
    return operandOf(expr);
  }
  const [only] = elements;
  if (only?.kind !== 'literal') {
    return only ? operandOf(expr) : { value: false };
  }
  return expression('eq', written(needle), written(only));
}

const comparisons = new Set(['_==_', '_!=_', '_<_', '_<=_', '_>_', '_>=_']);

/** `{"a": 1, "b": 2}[R.attr.x] == 1` as `R.attr.x == "a"`. */
function choices({ name, args: [entry, constant] }: Call): Operand | undefined {
  if (!comparisons.has(name) || !entry || constant?.kind !== 'literal') {
    return undefined;
  }
  const field = entry.kind === 'select' && !entry.test && !entry.optional ? entry.field : undefined;
  const index = entry.kind === 'select' ? entry.operand : entry;
  if (index.kind !== 'call' || index.name !== '_[_]') {
    return undefined;
  }
  const [map, key] = index.args;
  if (map?.kind !== 'map' || key?.kind !== 'select' || key.test) {
    return undefined;
  }
  const held: Operand[] = [];
  for (const { key: name_, value } of map.entries) {
    const chosen = field === undefined ? value : fieldOf(value, field);
    if (name_.kind !== 'literal' || typeof name_.value !== 'string' || !isPlain(chosen)) {
      return undefined;
    }
    const holds = chosen !== undefined && compared(name, chosen.value, constant.value);
    if (holds === true) {
      held.push(expression('eq', written(key), { value: name_.value }));
    } else if (holds !== false && !(holds instanceof CelFailure)) {
      return undefined;
    }
  }
  return junction('or', held);
}

function compared(name: string, a: CelValue, b: CelValue): CelValue | CelFailure {
  if (name === '_==_' || name === '_!=_') {
    return equal(a, b) === (name === '_==_');
  }
  return callFunction(cerbosEnvironment(), name, [a, b], undefined);
}

function isPlain(expr: Expr | undefined): expr is Extract<Expr, { kind: 'literal' }> | undefined {
  return expr === undefined || expr.kind === 'literal';
}

/** The value of a field of a map, undefined if it has none. */
function fieldOf(expr: Expr, field: string): Expr | undefined {
  if (expr.kind !== 'map') {
    return undefined;
  }
  return expr.entries.find(({ key }) => key.kind === 'literal' && (key.value as CelValue) === field)?.value;
}
