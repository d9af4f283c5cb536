import type { Expr } from '../ast';
import type { Environment } from '../environment';
import type { CelIssue } from '../issue';
import type { ParseResult } from '../parser/parse';
import type { CelType } from '../types';
import { Checker } from './checker';
import type { CallResolution } from './checker';

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

/** Infers types. Reports every error that cel-go would, and goes on after each. */
export function check(parsed: ParseResult, environment: Environment): CheckResult {
  return new Checker(environment).run(parsed.expr);
}
