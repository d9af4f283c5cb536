import type { Expr } from '../ast';
import { Optional } from '../values/optional';
import { Uint } from '../values/uint';
import type { CelValue } from '../values/value';
import { find, findOptional, isPresent, missing } from './access';
import { fail, Failure } from './failure';
import type { Frame, Outcome } from './frame';
import { goTypeName } from './go-types';

/** Only strings, numbers and bools can be keys of an index. */
export function invalidQualifier(key: CelValue): Failure | undefined {
  return typeof key === 'object' && !(key instanceof Uint)
    ? fail(`invalid qualifier type: ${goTypeName(key)}`)
    : undefined;
}

/** Reads a part of a value; of an optional value, of what is in it. */
export function readKey(frame: Frame, target: CelValue, key: CelValue, node: Expr): Outcome {
  frame.spend(1);
  if (target instanceof Optional) {
    return readOptional(frame, target, key, node);
  }
  const found = find(target, key);
  if (found === undefined) {
    return missing(target, key).at(node);
  }
  return found instanceof Failure ? found.at(node) : found;
}

/** Once a part of a chain was optional, the rest of the chain is. */
function readOptional(frame: Frame, target: CelValue, key: CelValue, node: Expr): Outcome {
  frame.spend(1);
  const inner = target instanceof Optional ? target.value : target;
  if (inner === undefined) {
    return Optional.none;
  }
  const found = findOptional(inner, key);
  if (found instanceof Failure) {
    return found.at(node);
  }
  return found === undefined ? Optional.none : Optional.of(found);
}

/** What reads from the value of an operand, or of one that is a part of something. */
export function readerOf(optional: boolean, ofPart: boolean): typeof readKey {
  if (optional) {
    return ofPart ? readOptionalOfPart : readOptional;
  }
  return ofPart ? readKeyOfPart : readKey;
}

function readKeyOfPart(frame: Frame, target: CelValue, key: CelValue, node: Expr): Outcome {
  if (target instanceof Optional) {
    frame.spend(1);
    return missing(target, key).at(node);
  }
  return readKey(frame, target, key, node);
}

function readOptionalOfPart(frame: Frame, target: CelValue, key: CelValue, node: Expr): Outcome {
  if (target instanceof Optional) {
    frame.spend(1);
    return Optional.none;
  }
  return readOptional(frame, target, key, node);
}

/** Whether a node reads a variable or a part of something, rather than work something out. */
export function isRead(expr: Expr): boolean {
  return (
    expr.kind === 'identifier' ||
    (expr.kind === 'select' && !expr.test) ||
    (expr.kind === 'call' && (expr.name === '_[_]' || expr.name === '_[?_]'))
  );
}

/** Whether a chain of selections and indexes has an optional one. */
export function isOptionalChain(expr: Expr): boolean {
  if (expr.kind === 'select') {
    return expr.optional || isOptionalChain(expr.operand);
  }
  const [target] = expr.kind === 'call' && expr.name === '_[_]' ? expr.args : [];
  return target ? isOptionalChain(target) : expr.kind === 'call' && expr.name === '_[?_]';
}

/** `has(target.field)`. */
export function testField(target: CelValue, field: string, node: Expr): Outcome {
  if (target instanceof Optional) {
    return target.value !== undefined && testField(target.value, field, node);
  }
  const present = isPresent(target, field);
  return present instanceof Failure ? present.at(node) : present;
}
