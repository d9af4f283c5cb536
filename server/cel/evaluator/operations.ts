import type { Call, Expr } from '../ast';
import type { Environment } from '../environment';
import { binaryOperators, unaryOperators } from '../functions/operators';
import { defaultCostLimit } from '../program';
import { makeMessage as make } from '../messages/make';
import { isMap, mapGet, mapKeys } from '../values/kinds';
import type { Timestamp } from '../values/timestamp';
import { Uint } from '../values/uint';
import type { CelValue } from '../values/value';
import { find, findOptional, isPresent, missing } from '../values/access';
import { planFunction } from './calls';
import { fail, Failure, Trouble } from '../values/failure';
import { BudgetExceeded, Frame } from './frame';
import type { Evaluator } from './frame';
import { goTypeName } from '../values/go-type-name';
import { MapGatherer } from '../values/map-gatherer';

// Single operations of the language on values, for those who walk a tree themselves because they want more of it than
// its value.

const place = { id: 0, range: { start: 0, end: 0 }, position: 0 };
/** An argument of unknown type and value. */
const someArgument: Expr = { ...place, kind: 'identifier', name: 'argument' };

/** Calls a function, method or operator of an environment. The values alone select the overload. */
export function callFunction(
  environment: Environment,
  name: string,
  args: readonly CelValue[],
  now?: Timestamp,
): CelValue | Failure {
  const frame = new Frame({}, args.length, defaultCostLimit, now);
  for (const [index, arg] of args.entries()) {
    frame.slots[index] = arg;
  }
  try {
    const outcome = evaluatorOf(environment, name, args.length)(frame);
    return outcome instanceof Trouble && !(outcome instanceof Failure) ? fail('no such overload') : outcome;
  } catch (error) {
    if (error instanceof BudgetExceeded) {
      return fail('operation cancelled: actual cost limit exceeded');
    }
    return fail(`internal error: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** By name and number of arguments; the environment's functions bound its size. */
const evaluatorsOf = new WeakMap<Environment, Map<string, Evaluator>>();

function evaluatorOf(environment: Environment, name: string, arity: number): Evaluator {
  const evaluators = evaluatorsOf.get(environment) ?? new Map<string, Evaluator>();
  evaluatorsOf.set(environment, evaluators);
  const key = `${name}/${arity}`;
  let evaluator = evaluators.get(key);
  if (!evaluator) {
    evaluator = plan(environment, name, arity);
    if (evaluators.size < 1024) {
      evaluators.set(key, evaluator);
    }
  }
  return evaluator;
}

function plan(environment: Environment, name: string, arity: number): Evaluator {
  const args = Array.from({ length: arity }, (_, index) => (frame: Frame) => frame.slots[index] ?? null);
  const [first, second] = args;
  const binary = binaryOperators.get(name);
  if (binary && first && second) {
    return (frame) => {
      const [a = null, b = null] = frame.slots;
      return a instanceof Trouble || b instanceof Trouble ? fail('no such overload') : binary(a, b, frame);
    };
  }
  const unary = unaryOperators.get(name);
  if (unary && first) {
    return ({ slots: [a = null] }) => (a instanceof Trouble ? a : unary(a));
  }
  const called = environment.findFunction(name);
  if (!called) {
    return () => fail(`no such overload: ${name}`);
  }
  const node: Call = {
    ...place,
    kind: 'call',
    name,
    nameRange: place.range,
    args: args.map(() => someArgument),
  };
  const resolution = { function: called, overloads: called.overloads, namespaced: true };
  return planFunction(node, resolution, args, () => undefined);
}

/** Reads `target.key` or `target[key]`. */
export function readKey(target: CelValue, key: CelValue): CelValue | Failure {
  const wrong = invalidKey(key);
  return wrong ?? find(target, key) ?? missing(target, key);
}

/**
 * Reads `target.?key` or `target[?key]`.
 * @returns undefined if there is nothing under the key
 */
export function readKeyIfPresent(target: CelValue, key: CelValue): CelValue | Failure | undefined {
  return invalidKey(key) ?? findOptional(target, key);
}

/** Evaluates `has(target.field)`. */
export function hasField(target: CelValue, field: string): boolean | Failure {
  return isPresent(target, field);
}

/** Only strings, numbers and bools can be keys. */
function invalidKey(key: CelValue): Failure | undefined {
  return typeof key === 'object' && !(key instanceof Uint)
    ? fail(`invalid qualifier type: ${goTypeName(key)}`)
    : undefined;
}

/**
 * One round of `transformMap` (a key and a value are added) or `transformMapEntry` (the entries of a map are added).
 * @returns a new map, or a failure if a key occurs twice
 */
export function insertIntoMap(map: CelValue, ...added: readonly CelValue[]): CelValue | Failure {
  const gatherer = new MapGatherer();
  const [first = null, second] = added;
  const known = entriesOf(map);
  const more = second === undefined ? entriesOf(first) : [[first, second] as const];
  if (!known || !more) {
    return fail('no such overload');
  }
  for (const [key, value] of [...known, ...more]) {
    const problem = gatherer.insert(key, value);
    if (problem) {
      return problem;
    }
  }
  return gatherer.result();
}

/** The entries of a map in the order of its keys; undefined if the value is not a map. */
export function entriesOf(
  value: CelValue,
): readonly (readonly [key: CelValue, value: CelValue])[] | undefined {
  if (!isMap(value)) {
    return undefined;
  }
  return mapKeys(value).map((key) => [key, mapGet(value, key) ?? null] as const);
}

/** Makes a message from the values of its fields, as `Type{field: value}` does. */
export function makeMessage(
  { schema }: Environment,
  typeName: string,
  fields: readonly (readonly [name: string, value: CelValue])[],
): CelValue | Failure {
  const descriptor = schema.find(typeName);
  return descriptor ? make(schema, descriptor, new Map(fields)) : fail(`unknown type: ${typeName}`);
}
