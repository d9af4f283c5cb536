import { check } from './checker/check';
import type { CheckResult } from './checker/check-result';
import { validateLiterals } from './checker/validate-literals';
import type { Environment } from './environment';
import { PlannedProgram } from './evaluator/planned-program';
import type { CelIssue } from './issue';
import { parse } from './parser/parse';
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
export function compile(source: string, environment: Environment): Compilation {
  const parsed = parse(source);
  const checked = check(parsed, environment);
  const issues =
    [parsed.issues, checked.issues].find((found) => found.length > 0) ??
    validateLiterals(parsed.expr, checked);
  return issues.length > 0
    ? { parsed, checked, issues }
    : { parsed, checked, issues, program: new PlannedProgram(parsed.expr, checked) };
}
