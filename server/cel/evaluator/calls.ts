import type { Call, Expr } from '../ast';
import type { CallResolution } from '../checker/check-result';
import type { Cost } from '../functions/costs';
import type { FunctionResult } from '../functions/define';
import { noOverload } from '../functions/no-overload';
import type { ResolvedFunction, ResolvedOverload } from '../functions/resolve';
import type { CelType } from '../types';
import { typeNameOf } from '../values/kinds';
import { TypeValue } from '../values/type-value';
import type { CelValue } from '../values/value';
import { fail, Failure, Trouble, Unknown } from '../values/failure';
import type { Evaluator, Frame, Evaluated } from './frame';
import { guardFor, isCertain, noGuardFor, shallowGuardFor } from './guards';
import type { Guard } from './guards';

type Values = readonly CelValue[];

interface Candidate {
  readonly guards: readonly Guard[];
  readonly invoke: (frame: Frame, values: Values) => FunctionResult;
  /** The same for a single argument. */
  readonly one: (frame: Frame, value: CelValue) => FunctionResult;
  readonly cost: Cost;
}

/** Plans a call of a function of the table. */
export function planFunction(
  node: Call,
  call: CallResolution,
  args: readonly Evaluator[],
  typeOf: (node: Expr) => CelType | undefined,
): Evaluator {
  const certain = certainOverload(node, call, typeOf);
  return certain ? planDirect(node, certain, args) : planDispatch(node, call.function, call.overloads, args);
}

/** The overload that a call runs, if the types of its arguments leave no doubt. */
export function certainOverload(
  node: Call,
  call: CallResolution,
  typeOf: (node: Expr) => CelType | undefined,
): ResolvedOverload | undefined {
  const nodes = argumentsOf(node, call);
  const [only, ...others] = call.overloads;
  const isCertainly =
    others.length === 0 &&
    only?.parameters.every((wanted, index) => {
      const arg = nodes[index];
      return arg !== undefined && isCertain(typeOf(arg), wanted);
    });
  return isCertainly === true ? only : undefined;
}

/** The arguments of a call, of which a method's target is the first. */
export function argumentsOf(node: Call, { namespaced }: CallResolution): readonly Expr[] {
  return node.target && !namespaced ? [node.target, ...node.args] : node.args;
}

function invoker(overload: ResolvedOverload): Candidate['invoke'] {
  const { run, contextual } = overload;
  if (contextual) {
    const implementation = contextual as unknown as (frame: Frame, ...values: Values) => FunctionResult;
    return (frame, values) => implementation(frame, ...values);
  }
  const implementation = run as ((...values: Values) => FunctionResult) | undefined;
  return implementation ? (_frame, values) => implementation(...values) : () => fail('no such overload');
}

function unaryInvoker({ run, contextual }: ResolvedOverload): Candidate['one'] {
  if (contextual) {
    return contextual as unknown as Candidate['one'];
  }
  const implementation = run as ((value: CelValue) => FunctionResult) | undefined;
  return implementation ? (_frame, value) => implementation(value) : () => fail('no such overload');
}

function spendFor(frame: Frame, cost: Cost, values: Values): void {
  frame.spend(cost(values[0] ?? null, values[1]));
}

function settle(node: Expr, result: FunctionResult): Evaluated {
  return result instanceof Failure ? result.at(node) : result;
}

/** Argument types are known to fit: the implementation is called without further tests. */
function planDirect(node: Call, overload: ResolvedOverload, args: readonly Evaluator[]): Evaluator {
  const [first, second] = args;
  const { cost, run } = overload;
  const plain = overload.definition.hidesFailures !== true;
  if (run && first && args.length === 1 && plain) {
    const unary = run as (a: CelValue) => FunctionResult;
    return (frame) => {
      const a = first(frame);
      if (a instanceof Trouble) {
        return a;
      }
      frame.spend(cost(a));
      return settle(node, unary(a));
    };
  }
  if (run && first && second && args.length === 2 && plain) {
    const binary = run as (a: CelValue, b: CelValue) => FunctionResult;
    return (frame) => {
      const a = first(frame);
      if (a instanceof Trouble) {
        if (a instanceof Unknown) {
          // What is known of the other argument is folded into the residual.
          second(frame);
        }
        return a;
      }
      const b = second(frame);
      if (b instanceof Trouble) {
        return b;
      }
      frame.spend(cost(a, b));
      return settle(node, binary(a, b));
    };
  }
  const invoke = invoker(overload);
  return withArguments(args, hiding(node, overload), (frame, values) => {
    spendFor(frame, cost, values);
    return settle(node, invoke(frame, values));
  });
}

/** Evaluates arguments; the first that is trouble is the result, or is hidden behind a failure of the call. */
function withArguments(
  args: readonly Evaluator[],
  hides: Hiding | undefined,
  then: (frame: Frame, values: Values) => Evaluated,
): Evaluator {
  return (frame) => {
    const values: CelValue[] = [];
    let trouble: Trouble | undefined;
    for (const arg of args) {
      const value = arg(frame);
      if (value instanceof Trouble) {
        trouble ??= value;
        values.push(hidden);
        if (!hides && value instanceof Failure) {
          break;
        }
      } else {
        values.push(value);
      }
    }
    if (trouble) {
      return (trouble instanceof Failure ? hides?.(values) : undefined) ?? trouble;
    }
    return then(frame, values);
  };
}

/** Takes the place of an argument that failed, where only the types of the arguments count. */
const hidden = new TypeValue('!hidden!');

/** Gives the failure that hides an argument's, if the other arguments are of the right types. */
type Hiding = (values: Values) => Failure | undefined;

function hiding(node: Expr, overload: ResolvedOverload): Hiding | undefined {
  if (overload.definition.hidesFailures !== true) {
    return undefined;
  }
  const guards = overload.parameters.map(guardFor);
  return (values) =>
    values.every((value, index) => value === hidden || guards[index]?.(value))
      ? fail('no such overload').at(node)
      : undefined;
}

/** Which implementation is called depends on the values. */
function planDispatch(
  node: Call,
  called: ResolvedFunction,
  overloads: readonly ResolvedOverload[],
  args: readonly Evaluator[],
): Evaluator {
  const considered = overloads.length === 1 ? overloads : called.overloads;
  const guard = guardMakers[called.strictness.guards];
  const candidates = considered
    .filter((overload) => overload.parameters.length === args.length)
    .map((overload): Candidate => ({
      guards: overload.parameters.map(guard),
      invoke: invoker(overload),
      one: unaryInvoker(overload),
      cost: overload.cost,
    }));
  const [only] = overloads;
  const hides = only && hiding(node, only);
  const [first] = args;
  if (first && args.length === 1 && !hides) {
    return planUnaryDispatch(node, called, candidates, first);
  }
  return withArguments(args, hides, (frame, values) => {
    for (const { guards, invoke, cost } of candidates) {
      if (guards.every((fits, index) => fits(values[index] ?? null))) {
        spendFor(frame, cost, values);
        return settle(node, invoke(frame, values));
      }
    }
    frame.spend(1);
    return mismatch(called, values).at(node);
  });
}

/** The same for one argument, without a list of it. */
function planUnaryDispatch(
  node: Call,
  called: ResolvedFunction,
  candidates: readonly Candidate[],
  argument: Evaluator,
): Evaluator {
  const ways = candidates.map(({ guards: [fits], cost, one }) => ({ fits, cost, one }));
  return (frame) => {
    const value = argument(frame);
    if (value instanceof Trouble) {
      return value;
    }
    for (const { fits, cost, one } of ways) {
      if (fits === undefined || fits(value)) {
        frame.spend(cost(value));
        return settle(node, one(frame, value));
      }
    }
    frame.spend(1);
    return mismatch(called, [value]).at(node);
  };
}

const guardMakers = { elements: guardFor, shallow: shallowGuardFor, none: noGuardFor };

function mismatch(called: ResolvedFunction, values: Values): Failure {
  const names = values.map((value) => typeNameOf(value));
  switch (called.strictness.mismatch) {
    case 'plain':
      return fail('no such overload');
    case 'name':
      return noOverload(called.name, values[0] ?? null);
    case 'method': {
      const [target = '', ...rest] = names;
      // A list that is the target is shown with its type parameter.
      const shown = target === 'list' ? 'list(dyn)' : target;
      return fail(`no such overload: ${shown}.${called.name}(${rest.join(', ')})`);
    }
    case 'signature':
      return fail(`no such overload: ${called.name}(${names.join(', ')})`);
  }
}
