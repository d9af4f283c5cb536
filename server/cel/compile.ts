import type { Expr } from './ast';
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
  /** What the program evaluates: the parsed tree, or what {@link CompileOptions.rewrite} made of it. */
  readonly evaluated: Expr;
  /** Present exactly when there are no issues. */
  readonly program?: Program;
}

/** How to compile an expression. */
export interface CompileOptions {
  /** Changes the checked tree before it is planned: gives the tree to evaluate, which may be the given one. */
  readonly rewrite?: (expr: Expr, checked: CheckResult) => Expr;
}

/** Parses, checks and plans an expression. Never throws. */
export function compile(source: string, environment: Environment, options: CompileOptions = {}): Compilation {
  const parsed = parse(source);
  const { expr } = parsed;
  const checked = check(parsed, environment);
  const issues =
    [parsed.issues, checked.issues].find((found) => found.length > 0) ?? validateLiterals(expr, checked);
  if (issues.length > 0) {
    return { parsed, checked, issues, evaluated: expr };
  }
  const evaluated = options.rewrite?.(expr, checked) ?? expr;
  return { parsed, checked, issues, evaluated, program: new PlannedProgram(evaluated, checked) };
}
