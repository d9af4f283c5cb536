import type { Failure } from '../values/failure';
import type { OpaqueTypeDeclaration } from '../declarations';
import type { Timestamp } from '../values/timestamp';
import type { CelValue } from '../values/value';
import type { Cost } from './costs';
import type { Signature } from './signature';

/** What an implementation gives: a value, or a failure without its place, which the caller adds. */
export type FunctionResult = CelValue | Failure;

/** What implementations may ask of the evaluation they run in. */
export interface CallContext {
  readonly now: Timestamp | undefined;
  /** Charges for work beyond the call itself, in cost units; ends the evaluation when the budget is used up. */
  spend(units: number): void;
}

/** An implementation. Its arguments are of the types that the signature names, checked before the call. */
export type Implementation = (...args: never[]) => FunctionResult;
/** One that also wants the evaluation's context, which comes first. */
export type ContextImplementation = (context: CallContext, ...args: never[]) => FunctionResult;

/** Text that is not empty: an overload without documentation does not compile. */
type Documented<T extends string> = T extends '' ? never : T;

/** One overload, as the table has it. */
export interface Overload {
  /** cel-go's identifier for it. */
  readonly id: string;
  /** As text, such as `string.charAt(index: int): string`, or as it is read. */
  readonly signature: string | Signature;
  readonly documentation: string;
  /** `expression // value`, or only an expression. */
  readonly example: string;
  readonly run: Implementation | undefined;
  readonly contextual: ContextImplementation | undefined;
  /** Whether a failing argument gives the failure `no such overload` instead of its own. */
  readonly hidesFailures?: boolean;
  /** What a call costs by its arguments, in cel-go's units; without it, cel-go's own figure for the id, or 1. */
  readonly cost?: Cost;
}

/** How a function treats arguments of wrong types at run time; cel-go has several ways. */
export interface Strictness {
  /**
   * The message: `signature` is `no such overload: charAt(int, int)`, `name` is `no such overload: size`, `plain` is
   * `no such overload`, and `method` is `no such overload: string.flatten()`.
   */
  readonly mismatch: 'signature' | 'name' | 'plain' | 'method';
  /** How closely arguments are looked at: with their first elements, without, or not at all. */
  readonly guards: 'elements' | 'shallow' | 'none';
}

/** A function of the table with all its overloads. */
export interface FunctionDefinition {
  readonly name: string;
  readonly library: string;
  readonly strictness: Strictness;
  readonly overloads: readonly Overload[];
}

/** Describes an overload. The documentation and the example must not be empty. */
export function overload<const D extends string, const E extends string>(
  id: string,
  signature: string,
  documentation: Documented<D>,
  example: Documented<E>,
  run?: Implementation,
): Overload {
  return { id, signature, documentation, example, run, contextual: undefined };
}

/** Describes an overload whose implementation wants the evaluation's context. */
export function contextOverload<const D extends string, const E extends string>(
  id: string,
  signature: string,
  documentation: Documented<D>,
  example: Documented<E>,
  contextual: ContextImplementation,
): Overload {
  return { id, signature, documentation, example, run: undefined, contextual };
}

/** Functions, and the types that their signatures name. A function may have overloads in several libraries. */
export interface Library {
  readonly name: string;
  readonly functions: readonly FunctionDefinition[];
  readonly types?: readonly OpaqueTypeDeclaration[];
}

/** Makes functions of one library. */
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
