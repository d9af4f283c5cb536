import type { Expr } from './ast';
import { check } from './checker/check';
import type { CheckResult } from './checker/check-result';
import { validateLiterals } from './checker/validate-literals';
import type { Environment } from './environment';
import { PlannedProgram } from './evaluator/planned-program';
import type { CheckedExpr } from './evaluator/planned-program';
import type { CelIssue } from './issue';
import { parse } from './parser/parse';
import type { ParseResult } from './parser/parse';
import type { Program } from './program';

/** The result of {@link compile}. */
export interface Compilation {
  readonly parsed: ParseResult;
  readonly checked: CheckResult;
  /**
   * The issues of the first stage that has any: parser, checker, literal validators. A stage stops the later ones, as
   * in cel-go.
   */
  readonly issues: readonly CelIssue[];
  /** The tree that the program evaluates: the parsed one, or what {@link CompileOptions.rewrite} returned. */
  readonly evaluated: Expr;
  /** Present exactly if there are no issues. */
  readonly program?: Program;
}

/** How to compile an expression. */
export interface CompileOptions {
  /** Rewrites the checked tree before it is planned. Returns the tree to evaluate, which may be the given one. */
  readonly rewrite?: (expr: Expr, checked: CheckResult) => Expr;
}

/**
 * Parses, checks and plans an expression. Never throws.
 * @param source at most 100,000 code points
 * @example
 * ```ts
 * const { program, issues } = compile('1 + 1 == 2', standardEnvironment());
 * const result = program?.evaluate({}); // { kind: 'value', value: true }
 * ```
 */
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
  const compilation: Compilation & { program?: Program } = { parsed, checked, issues, evaluated };
  // While somebody keeps the compilation, the program reads its tree.
  compilation.program = new PlannedProgram(compilation, againFrom(source, environment, options));
  return compilation;
}

/** Makes a tree anew. Apart, so that it holds nothing of the tree that was made before. */
function againFrom(source: string, environment: Environment, { rewrite }: CompileOptions): () => CheckedExpr {
  return () => {
    const parsed = parse(source);
    const checked = check(parsed, environment);
    return { evaluated: rewrite?.(parsed.expr, checked) ?? parsed.expr, checked };
  };
}
