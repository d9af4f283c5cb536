import type { Expr } from '../../ast';
import { namesWithoutValue } from '../../type-names';
import { TypeValue } from '../../values/type-value';
import { fail } from '../../values/failure';
import type { Evaluator } from '../frame';
import type { Planning } from './planning';
import type { Local } from './scopes';
import { unlessUnknown } from './plan-unknowns';

/** Plans a name, or names and dots that are one. */
export function planName(planning: Planning, expr: Expr, name: string): Evaluator {
  const local = planning.scopes.find(name);
  if (local) {
    return readLocal(local);
  }
  const reference = planning.checked.referenceOf(expr);
  if (reference?.kind === 'type') {
    const problem = problemOfType(planning, reference.name);
    if (problem !== undefined) {
      return () => fail(problem).at(expr);
    }
    const value = new TypeValue(reference.name);
    return () => value;
  }
  if (reference?.kind === 'constant') {
    const { value } = reference;
    return () => value;
  }
  const variable = reference?.kind === 'variable' ? reference.name : name;
  return unlessUnknown(planning, expr, (frame) => {
    frame.spend(1);
    const value = frame.bindings[variable];
    return value === undefined ? fail(`no such attribute(s): ${variable}`).at(expr) : value;
  });
}

/** The error of reading a type's name as a value; undefined if the name has one. */
function problemOfType({ checked }: Planning, name: string): string | undefined {
  return checked.environment.findMessage(name)?.open === true
    ? `no such attribute(s): ${name}`
    : namesWithoutValue.get(name);
}

function readLocal({ slot, initial }: Local): Evaluator {
  if (!initial) {
    return (frame) => {
      frame.spend(1);
      return frame.slots[slot] ?? null;
    };
  }
  return (frame) => {
    frame.spend(1);
    const known = frame.slots[slot];
    if (known !== undefined) {
      return known;
    }
    const value = initial(frame);
    frame.slots[slot] = value;
    return value;
  };
}
