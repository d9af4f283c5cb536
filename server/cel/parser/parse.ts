import type { Expr } from '../ast';
import type { CelIssue } from '../issue';
import { codePointCount } from '../values/text';
import { Builder } from './builder';
import { Parser } from './parser';
import { unsupportedSyntax } from './unsupported-syntax';

export interface ParseResult {
  readonly source: string;
  readonly expr: Expr;
  readonly issues: readonly CelIssue[];
}

/** The dialect to parse. */
export interface ParseOptions {
  /** The macros to expand: all if left out, those of the CEL specification (`standard`), or none. */
  readonly macros?: 'standard' | 'none';
  /** False: `a.?b`, `a[?b]`, `[?a]` and `{?a: b}` are syntax errors. True if left out. */
  readonly optionalSyntax?: boolean;
  /** False: a field name in back quotes is a syntax error. True if left out. */
  readonly quotedFields?: boolean;
  /** The deepest nesting that is accepted; at most 250, which is cel-go's limit and the default. */
  readonly maxDepth?: number;
}

/** The longest text that is parsed, in code points; cel-go's limit. */
const sizeLimit = 100_000;

/** Parsing is synchronous and never nested, so one parser serves all calls. */
const parser = new Parser();

/**
 * Parses an expression and expands its macros (CEL specification, "Syntax" and "Macros"). Never throws and always
 * returns a tree, however broken the text: a part that cannot be parsed is an `invalid` node with an issue.
 */
export function parse(source: string, options: ParseOptions = {}): ParseResult {
  if (source.length > sizeLimit) {
    const size = codePointCount(source);
    if (size > sizeLimit) {
      const range = { start: 0, end: source.length };
      const message = `expression code point size exceeds limit: size: ${size}, limit ${sizeLimit}`;
      return {
        source,
        expr: new Builder().invalid(range, 0),
        issues: [{ code: 'too-long', message, range, position: 0 }],
      };
    }
  }
  const { expr, issues } = parser.run(source, options.macros, options.maxDepth);
  const restricted = options.optionalSyntax === false || options.quotedFields === false;
  return {
    source,
    expr,
    issues: restricted ? [...issues, ...unsupportedSyntax(source, expr, options)] : issues,
  };
}
