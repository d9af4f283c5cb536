import type { Expr } from '../ast';
import { Optional } from '../values/optional';
import { Uint } from '../values/uint';
import type { CelValue } from '../values/value';
import { find, findOptional, isPresent, missing } from '../values/operations/access';
import { fail, Failure } from '../values/failure';
import type { Frame, Evaluated } from './frame';
import { goTypeName } from '../values/go-type-name';

/** Only strings, numbers and bools can be keys of an index. */
export function invalidQualifier(key: CelValue): Failure | undefined {
  return typeof key === 'object' && !(key instanceof Uint)
    ? fail(`invalid qualifier type: ${goTypeName(key)}`)
    : undefined;
}

type Read = (frame: Frame, target: CelValue, key: CelValue, node: Expr) => Evaluated;

/**
 * An optional value in the midst of a chain, made by its steps: the next one reads what is in it. One that lies within
 * data is not looked into.
 */
class Link extends Optional {
  static readonly nothing = new Link(undefined);
  static to(value: CelValue): Link {
    return new Link(value);
  }
}

/** A value with which a chain begins, for its steps. */
export function opened(value: CelValue): CelValue {
  if (!(value instanceof Optional)) {
    return value;
  }
  return value.value === undefined ? Link.nothing : Link.to(value.value);
}

/** The result of a chain whose target is absent, without evaluating its next key; undefined if the target is there. */
export function absent(target: CelValue, ofPart: boolean, goesOn: boolean): Optional | undefined {
  const isAbsent = target instanceof Optional && target.value === undefined;
  return isAbsent && (!ofPart || target instanceof Link) ? nothing(goesOn) : undefined;
}

function nothing(goesOn: boolean): Optional {
  return goesOn ? Link.nothing : Optional.none;
}

/**
 * The reader for one step of a chain.
 * @param optional true for `a.?b` and `a[?b]`
 * @param ofPart true if the step reads from the result of another step, false if from the beginning of the chain
 * @param goesOn true if another step follows
 */
export function readerOf(optional: boolean, ofPart: boolean, goesOn: boolean): Read {
  if (optional) {
    return (frame, target, key, node) => {
      const inner = target instanceof (ofPart ? Link : Optional) ? target.value : target;
      return readWithin(frame, inner, key, node, goesOn);
    };
  }
  if (ofPart) {
    return (frame, target, key, node) => {
      frame.spend(1);
      return target instanceof Link
        ? readWithin(frame, target.value, key, node, goesOn)
        : readPlain(target, key, node);
    };
  }
  return (frame, target, key, node) => {
    frame.spend(1);
    return target instanceof Optional
      ? readWithin(frame, target.value, key, node, goesOn)
      : readPlain(target, key, node);
  };
}

function readPlain(target: CelValue, key: CelValue, node: Expr): Evaluated {
  const found = find(target, key);
  if (found === undefined) {
    return missing(target, key).at(node);
  }
  return found instanceof Failure ? found.at(node) : found;
}

/** Once a part of a chain was optional, the rest of the chain is. */
function readWithin(
  frame: Frame,
  inner: CelValue | undefined,
  key: CelValue,
  node: Expr,
  goesOn: boolean,
): Evaluated {
  frame.spend(1);
  const found = inner === undefined ? undefined : findOptional(inner, key);
  if (found instanceof Failure) {
    return found.at(node);
  }
  if (found === undefined) {
    return nothing(goesOn);
  }
  return goesOn ? Link.to(found) : Optional.of(found);
}

/** True for nodes that read a variable, a field or an element, and do not compute anything. */
export function isRead(expr: Expr): boolean {
  return (
    expr.kind === 'identifier' ||
    (expr.kind === 'select' && !expr.test) ||
    (expr.kind === 'call' && (expr.name === '_[_]' || expr.name === '_[?_]'))
  );
}

/** `has(target.field)`. */
export function testField(target: CelValue, field: string, ofPart: boolean, node: Expr): Evaluated {
  const inner = target instanceof (ofPart ? Link : Optional) ? target.value : target;
  const present = inner !== undefined && isPresent(inner, field);
  return present instanceof Failure ? present.at(node) : present;
}
