import type { Expr } from '../ast';
import type { ResolvedFunction, ResolvedOverload } from '../functions/resolve';
import type { CelIssue } from '../issue';
import type { CelType } from '../types';

/** What a call was found to call. */
export interface CallResolution {
  readonly function: ResolvedFunction;
  /** Those whose parameter types fit, by what is known without running. */
  readonly overloads: readonly ResolvedOverload[];
  /** Whether what stands before the dot is part of the function's name, as in `math.abs(x)`. */
  readonly namespaced: boolean;
}

/** What a name, call or selection refers to. */
export type Reference =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'local'; readonly name: string }
  | { readonly kind: 'type'; readonly name: string }
  | { readonly kind: 'overloads'; readonly function: string; readonly ids: readonly string[] }
  | { readonly kind: 'field'; readonly of: CelType; readonly name: string };

export interface CheckResult {
  readonly type: CelType;
  typeOf(node: Expr): CelType | undefined;
  referenceOf(node: Expr): Reference | undefined;
  /** Which function a call calls, for planning. */
  callOf(node: Expr): CallResolution | undefined;
  readonly issues: readonly CelIssue[];
}
