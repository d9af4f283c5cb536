import type { Expr, Select } from '../ast';
import { CelRecord } from '../values/record';
import { RequestPart } from '../values/request-part';
import { fail, Trouble } from './failure';
import type { Evaluator } from './frame';
import { readerOf } from './reading';
import type { Read } from './reading';

// Nearly everything that conditions read is a field or an attribute of the principal or the resource, or a variable.
// Reading one goes its way in one step here, with the outcome and the cost of the steps that it is written in.

/** The global variable that a node means; undefined if it is anything else. */
type VariableOf = (node: Expr) => string | undefined;

/**
 * Plans `R.name`, `P.name`, `V.name`, `R.attr.name` and `P.attr.name`; undefined for every other selection.
 * @param goesOn whether another step follows
 */
export function planRequestPath(
  expr: Select,
  variableOf: VariableOf,
  goesOn: boolean,
): Evaluator | undefined {
  const { operand, field } = expr;
  const name = variableOf(operand);
  if (name === 'V' || name === 'variables') {
    return variable(expr, name, readerOf(false, false, goesOn));
  }
  const ofOne = partNamed(name);
  if (ofOne) {
    return fieldOf(ofOne, expr, readerOf(false, false, goesOn));
  }
  if (operand.kind !== 'select' || operand.field !== 'attr' || operand.test || operand.optional) {
    return undefined;
  }
  const part = partNamed(variableOf(operand.operand));
  if (!part) {
    return undefined;
  }
  const parent = fieldOf(part, operand, readerOf(false, false, true));
  const read = readerOf(false, true, goesOn);
  return (frame) => {
    const value = part === 'R' ? frame.bindings['R'] : frame.bindings['P'];
    if (value instanceof RequestPart && Object.hasOwn(value.attr, field)) {
      const found = value.attr[field];
      if (found !== undefined) {
        frame.spend(3);
        return found;
      }
    }
    const target = parent(frame);
    return target instanceof Trouble ? target : read(frame, target, field, expr);
  };
}

function fieldOf(part: 'R' | 'P', expr: Select, read: Read): Evaluator {
  const { operand, field } = expr;
  return (frame) => {
    frame.spend(1);
    const value = part === 'R' ? frame.bindings['R'] : frame.bindings['P'];
    if (value instanceof RequestPart) {
      const found = value.get(field);
      if (found !== undefined) {
        frame.spend(1);
        return found;
      }
    }
    return value === undefined
      ? fail(`no such attribute(s): ${part}`).at(operand)
      : read(frame, value, field, expr);
  };
}

function variable(expr: Select, name: 'V' | 'variables', read: Read): Evaluator {
  const { operand, field } = expr;
  return (frame) => {
    frame.spend(1);
    const all = name === 'V' ? frame.bindings['V'] : frame.bindings['variables'];
    const value = all instanceof CelRecord ? all.get(field) : undefined;
    if (typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number') {
      frame.spend(1);
      return value;
    }
    return all === undefined
      ? fail(`no such attribute(s): ${name}`).at(operand)
      : read(frame, all, field, expr);
  };
}

function partNamed(name: string | undefined): 'R' | 'P' | undefined {
  return name === 'R' || name === 'P' ? name : undefined;
}
