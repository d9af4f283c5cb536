import type { Formula } from '../partial/formula';
import { treeOf } from '../partial/formula';
import { conditionOf } from './condition';
import { boolOf, junction, negation } from './operand';
import type { Operand } from './operand';

/**
 * For which resources something is allowed. At the top of a condition, down to the first operator that is none of `and`,
 * `or` and `not`, what cannot be evaluated counts as false; below, CEL's rules apply.
 */
export type Filter =
  | { readonly kind: 'KIND_ALWAYS_ALLOWED' | 'KIND_ALWAYS_DENIED' }
  | { readonly kind: 'KIND_CONDITIONAL'; readonly condition: Operand };

export const alwaysAllowed: Filter = { kind: 'KIND_ALWAYS_ALLOWED' };
export const alwaysDenied: Filter = { kind: 'KIND_ALWAYS_DENIED' };

/**
 * The filter of the resources for which a formula holds.
 * @throws PlanningError if it cannot be written as one
 */
export function filterOf(formula: Formula): Filter {
  const condition = operandOf(formula);
  const value = boolOf(condition);
  if (value === undefined) {
    return { kind: 'KIND_CONDITIONAL', condition };
  }
  return value ? alwaysAllowed : alwaysDenied;
}

function operandOf(formula: Formula): Operand {
  if (typeof formula === 'boolean') {
    return { value: formula };
  }
  switch (formula.kind) {
    case 'expr':
      return conditionOf(treeOf(formula));
    case 'not':
      return negation(operandOf(formula.of));
    default:
      return junction(formula.kind === 'all' ? 'and' : 'or', formula.of.map(operandOf));
  }
}

/** A filter as one line, as Cerbos shows it. */
export function filterText(filter: Filter): string {
  switch (filter.kind) {
    case 'KIND_ALWAYS_ALLOWED':
      return '(true)';
    case 'KIND_ALWAYS_DENIED':
      return '(false)';
    case 'KIND_CONDITIONAL':
      return operandText(filter.condition);
  }
}

function operandText(operand: Operand): string {
  if ('value' in operand) {
    return Object.is(operand.value, -0) ? '-0' : JSON.stringify(operand.value);
  }
  if ('variable' in operand) {
    return operand.variable;
  }
  const { operator, operands = [] } = operand.expression;
  return `(${operator} ${operands.map(operandText).join(' ')})`;
}
