import type { Expr } from './ast';
import type { Range } from './issue';
import type { Timestamp } from './values/timestamp';
import type { CelValue } from './values/value';

/**
 * What an expression's variables stand for. Properties may be getters; one is read at most once
 * per mention in the expression.
 */
export type Bindings = Readonly<Record<string, CelValue | undefined>>;

export interface EvalContext {
  /** What `now()` and `timeSince()` take for the present. Without it, they are errors. */
  readonly now?: Timestamp;
  /** The most that the evaluation may cost, in cel-go's units (roughly one per step). Without it, {@link defaultCostLimit}. */
  readonly costLimit?: number;
  /**
   * Paths whose values are not known, from a variable on: `user.address`. Reading one, or a part of one, gives unknown.
   * What counts as the same path is up to {@link EnvironmentOptions.canonicalPath}.
   */
  readonly unknowns?: readonly string[];
  /** Paths within those whose values are known all the same, name by name: `['user', 'address', 'city']`. */
  readonly known?: readonly (readonly string[])[];
}

export interface ValueResult {
  readonly kind: 'value';
  readonly value: CelValue;
}

export interface ErrorResult {
  readonly kind: 'error';
  /** cel-go's wording, e.g. `no such key: colour`. */
  readonly message: string;
  /** The sub-expression at fault. */
  readonly range: Range;
}

export interface UnknownResult {
  readonly kind: 'unknown';
  /**
   * What is left to evaluate once the unknowns are known; everything known is folded into it, inside the bodies of
   * macros too.
   */
  readonly residual: Expr;
  /** The unknown paths that mattered, as written in the expression. */
  readonly paths: readonly string[];
}

export type EvalResult = ValueResult | ErrorResult | UnknownResult;

/** What a sub-expression evaluated to. In a loop, a sub-expression has one entry per round. */
export interface TraceEntry {
  readonly range: Range;
  readonly node: Expr;
  readonly result: ValueResult | ErrorResult | { readonly kind: 'unknown' };
}

export interface Explanation {
  readonly result: EvalResult;
  /** In the order in which the sub-expressions finished. What was not evaluated has no entry. */
  readonly trace: readonly TraceEntry[];
}

/** An expression ready to run. Holds no state between evaluations. */
export interface Program {
  /** Evaluates. Never throws, whatever the bindings hold. */
  evaluate(bindings: Bindings, context?: EvalContext): EvalResult;
  /**
   * Evaluates a condition: whether the value is true, or an optional that holds true. What has another value does not
   * hold. Never throws.
   */
  test(bindings: Bindings, context: EvalContext): boolean | ErrorResult | UnknownResult;
  /** Evaluates and reports every sub-expression's result. Slower: for people, not for every request. */
  explain(bindings: Bindings, context?: EvalContext): Explanation;
}

/** The most that one evaluation may cost when the caller sets no limit. */
export const defaultCostLimit = 10_000_000;
