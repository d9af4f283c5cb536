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

/** How to read an expression. */
export interface ParseOptions {
  /** Which macros to expand: all (without this), those of the CEL specification alone, or none. */
  readonly macros?: 'standard' | 'none';
  /** Whether `a.?b`, `a[?b]`, `[?a]` and `{?a: b}` are part of the language; so they are without this. */
  readonly optionalSyntax?: boolean;
  /** Whether names of fields may be quoted; they may without this. */
  readonly quotedFields?: boolean;
  /** How deep expressions may nest, at most 250, which is cel-go's limit and the one without this. */
  readonly maxDepth?: number;
}

/** The longest text that is read, in code points, as in cel-go. */
const sizeLimit = 100_000;

/** Reading a text ends before the next one begins, so one parser is enough for all. */
const parser = new Parser();

/**
 * Reads an expression and expands its macros (CEL specification, "Syntax" and "Macros"). Never throws and always gives
 * a tree, however broken the text; what could not be understood is an `invalid` node with an issue.
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
