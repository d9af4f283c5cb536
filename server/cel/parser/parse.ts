import type { Expr } from '../ast';
import type { CelIssue } from '../issue';

export interface ParseResult {
  readonly source: string;
  readonly expr: Expr;
  readonly issues: readonly CelIssue[];
}
/** Reads an expression and expands its macros. Never throws and always gives a tree, however broken the text. */
export declare function parse(source: string): ParseResult;
