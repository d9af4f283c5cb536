import type { Call, Expr } from '../ast';
import type { Environment } from '../environment';
import { binaryOperators, unaryOperators } from '../functions/operators';
import { defaultCostLimit } from '../program';
import type { Timestamp } from '../values/time/timestamp';
import type { CelValue } from '../values/value';
import { planFunction } from './calls';
import { fail, Failure, Trouble } from '../values/failure';
import { BudgetExceeded, Frame } from './frame';
import type { Evaluator } from './frame';

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
  const frame = new Frame({}, [], args.length, defaultCostLimit, now);
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
