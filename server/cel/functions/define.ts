import type { Failure } from '../values/failure';
import type { OpaqueTypeDeclaration } from '../declarations';
import type { Timestamp } from '../values/time/timestamp';
import type { CelValue } from '../values/value';
import type { Cost } from './costs';
import type { Signature } from './signature';

/** The result of an implementation: a value, or a failure without its place, which the caller adds. */
export type FunctionResult = CelValue | Failure;

/** The part of the evaluation's context that an implementation may use. */
export interface CallContext {
  readonly now: Timestamp | undefined;
  /**
   * Charges for work beyond the call itself, in cel-go's cost units. Ends the evaluation when its cost limit is
   * exceeded.
   */
  spend(units: number): void;
}

/** An implementation. The evaluator has checked the arguments against the types of the signature. */
export type Implementation = (...args: never[]) => FunctionResult;
/** An implementation that takes the evaluation's context as its first argument. */
export type ContextImplementation = (context: CallContext, ...args: never[]) => FunctionResult;

/** The type of texts that are not empty, so that an overload without documentation does not compile. */
type Documented<T extends string> = T extends '' ? never : T;

/** One overload of a function, as libraries declare it. */
export interface Overload {
  /** cel-go's identifier of the overload: `string_char_at_int`. */
  readonly id: string;
  /** A text such as `string.charAt(index: int): string`, or that text parsed. */
  readonly signature: string | Signature;
  readonly documentation: string;
  /** `expression // value`, or only an expression. A test evaluates it. */
  readonly example: string;
  readonly run: Implementation | undefined;
  readonly contextual: ContextImplementation | undefined;
  /** True: a failing argument makes the call fail with `no such overload` instead of the argument's failure. */
  readonly hidesFailures?: boolean;
  /** The cost of a call by its arguments, in cel-go's units. Without it, cel-go's figure for `id`, else 1. */
  readonly cost?: Cost;
}

/** The treatment of arguments of wrong types at run time, which differs between cel-go's functions. */
export interface Strictness {
  /**
   * The message for arguments of wrong types: `signature` is `no such overload: charAt(int, int)`, `name` is
   * `no such overload: size`, `plain` is `no such overload`, `method` is `no such overload: string.flatten()`.
   */
  readonly mismatch: 'signature' | 'name' | 'plain' | 'method';
  /**
   * How arguments are checked: `elements` looks at the first element of lists and maps too, `shallow` does not, `none`
   * checks nothing.
   */
  readonly guards: 'elements' | 'shallow' | 'none';
}

/** A function with the overloads that one library gives it. */
export interface FunctionDefinition {
  readonly name: string;
  readonly library: string;
  readonly strictness: Strictness;
  readonly overloads: readonly Overload[];
}

/** Declares an overload. Documentation and example must not be empty, which the types check. */
export function overload<const D extends string, const E extends string>(
  id: string,
  signature: string,
  documentation: Documented<D>,
  example: Documented<E>,
  run?: Implementation,
): Overload {
  return { id, signature, documentation, example, run, contextual: undefined };
}

/** Declares an overload whose implementation takes the evaluation's context. */
export function contextOverload<const D extends string, const E extends string>(
  id: string,
  signature: string,
  documentation: Documented<D>,
  example: Documented<E>,
  contextual: ContextImplementation,
): Overload {
  return { id, signature, documentation, example, run: undefined, contextual };
}

/** Functions, and the opaque types that their signatures name. Several libraries may add overloads to one function. */
export interface Library {
  readonly name: string;
  readonly functions: readonly FunctionDefinition[];
  readonly types?: readonly OpaqueTypeDeclaration[];
}

/** Returns a function that declares the functions of one library. */
export function definer(
  name: string,
): (
  functionName: string,
  overloads: readonly Overload[],
  strictness?: Partial<Strictness>,
) => FunctionDefinition {
  return (functionName, overloads, strictness = {}) => ({
    name: functionName,
    library: name,
    strictness: { mismatch: 'signature', guards: 'elements', ...strictness },
    overloads,
  });
}
