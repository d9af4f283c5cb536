import type { Expr } from './ast';
import type { Range } from './issue';
import type { Timestamp } from './values/time/timestamp';
import type { CelValue } from './values/value';

/**
 * The values of an expression's variables. Properties may be getters: each is read at most once per mention in the
 * expression.
 */
export type Bindings = Readonly<Record<string, CelValue | undefined>>;

export interface EvalContext {
  /** The time that `now()` and `timeSince()` use. Without it, they are errors. */
  readonly now?: Timestamp;
  /**
   * The most that the evaluation may cost, in cel-go's units (about one per step); beyond it, the evaluation is an
   * error. Without it, {@link defaultCostLimit}.
   */
  readonly costLimit?: number;
  /**
   * Paths of names whose values are not known: `user.address`. Reading such a path, or a part of it, gives unknown.
   * Paths are compared in the spelling of {@link EnvironmentOptions.canonicalPath}.
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
  /** In cel-go's words, e.g. `no such key: colour`. */
  readonly message: string;
  /** The sub-expression that failed. */
  readonly range: Range;
}

export interface UnknownResult {
  readonly kind: 'unknown';
  /**
   * The expression that is left once the unknowns are known. Known parts are replaced by their values, in the bodies of
   * macros too.
   */
  readonly residual: Expr;
  /** The unknown paths that the result depends on, as written in the expression. */
  readonly paths: readonly string[];
}

export type EvalResult = ValueResult | ErrorResult | UnknownResult;

/** The result of one sub-expression. In a loop, a sub-expression has one entry per round. */
export interface TraceEntry {
  readonly range: Range;
  readonly node: Expr;
  readonly result: ValueResult | ErrorResult | { readonly kind: 'unknown' };
}

export interface Explanation {
  readonly result: EvalResult;
  /** In the order in which the sub-expressions were finished. A sub-expression that was not evaluated has no entry. */
  readonly trace: readonly TraceEntry[];
}

/** An executable expression. Holds no state between evaluations. */
export interface Program {
  /** Evaluates the expression. Never throws, whatever the bindings hold. */
  evaluate(bindings: Bindings, context?: EvalContext): EvalResult;
  /**
   * Evaluates the expression as a condition. True if its value is `true` or an optional that holds `true`, false for
   * every other value. Never throws.
   */
  test(bindings: Bindings, context: EvalContext): boolean | ErrorResult | UnknownResult;
  /**
   * Evaluates and reports every sub-expression's result. Slower than {@link evaluate}: for people, not for every
   * request. Never throws.
   */
  explain(bindings: Bindings, context?: EvalContext): Explanation;
}

/** The most that one evaluation may cost when the caller sets no limit. */
export const defaultCostLimit = 10_000_000;
