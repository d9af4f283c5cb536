import type { Expr, Select } from '../../ast';
import type { Evaluator } from '../frame';
import type { Planning } from './planning';

/**
 * Plans a selection that the environment reads in one step, with the outcome and the cost of the steps that it is
 * written in.
 * @param steps the plan that goes step by step, for what the reader has no answer to
 */
export function planPath(planning: Planning, expr: Select, steps: Evaluator): Evaluator {
  const path = pathOf(planning, expr);
  const read = path && planning.checked.environment.readerOf(path);
  if (!read) {
    return steps;
  }
  const cost = path.length;
  return (frame) => {
    const value = read(frame.bindings);
    if (value === undefined) {
      return steps(frame);
    }
    frame.spend(cost);
    return value;
  };
}

/** Two or three names, the first a global variable's; undefined for every other selection. */
function pathOf(planning: Planning, { operand, field }: Select): readonly string[] | undefined {
  const name = variableOf(planning, operand);
  if (name !== undefined) {
    return [name, field];
  }
  if (operand.kind !== 'select' || operand.test || operand.optional) {
    return undefined;
  }
  const first = variableOf(planning, operand.operand);
  return first === undefined ? undefined : [first, operand.field, field];
}

/** The global variable that a node means, if it is one. */
function variableOf(planning: Planning, node: Expr): string | undefined {
  if (node.kind !== 'identifier' || planning.scopes.find(node.name)) {
    return undefined;
  }
  const reference = planning.checked.referenceOf(node);
  return reference?.kind === 'variable' ? reference.name : undefined;
}
