import type { CheckResult } from './checker/check';
import type { Environment } from './environment';
import type { CelIssue } from './issue';
import type { ParseResult } from './parser/parse';
import type { Program } from './program';

export interface Compilation {
  readonly parsed: ParseResult;
  readonly checked: CheckResult;
  /** Of the parser, else of the checker, else of the literal validators: the stages stop each other as in cel-go. */
  readonly issues: readonly CelIssue[];
  /** Present exactly when there are no issues. */
  readonly program?: Program;
}
/** Parses, checks and plans an expression. Never throws. */
export declare function compile(source: string, environment: Environment): Compilation;
