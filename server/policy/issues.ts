import type { LineIndex, SourceLocation } from './position';
import type { Span } from './yaml/node';

export type Severity = 'error' | 'warning' | 'information';

/** The kind of mistake. Codes are stable across releases; messages may be reworded. */
export type PolicyIssueCode =
  // reading one file
  | 'wrong-encoding'
  | 'yaml-syntax'
  | 'invalid-document'
  | 'several-documents'
  | 'too-large'
  | 'unknown-anchor'
  | 'duplicate-anchor'
  | 'unknown-key'
  | 'duplicate-key'
  | 'invalid-key'
  | 'wrong-type'
  | 'invalid-value'
  | 'missing-value'
  | 'too-many-kinds'
  | 'missing-kind'
  | 'duplicate-item'
  | 'no-roles'
  | 'duplicate-rule-name'
  | 'duplicate-derived-role'
  | 'top-level-variables'
  // the set as a whole
  | 'duplicate-policy'
  | 'missing-import'
  | 'missing-scope'
  | 'scope-permissions-conflict'
  | 'schemas-directory'
  | 'disabled'
  // what a policy means
  | 'invalid-expression'
  | 'unsupported-script'
  | 'empty-output'
  | 'invalid-variable-name'
  | 'invalid-constant-name'
  | 'variable-redefined'
  | 'constant-redefined'
  | 'variable-cycle'
  | 'undefined-variable'
  | 'undefined-constant'
  | 'unknown-derived-role'
  | 'ambiguous-derived-role'
  | 'invalid-schema'
  // test suites
  | 'missing-fixture'
  | 'missing-group'
  | 'duplicate-test-name'
  | 'unreachable-expectation'
  | 'contradictory-expectation'
  // this engine's own
  | 'not-supported-yet';

/**
 * The stage at which `cerbos 0.55` would report the issue. It stops after the first stage that fails; this engine goes
 * on and reports the issues of all stages.
 */
export type Stage = 'load' | 'compile' | 'test';

/** A mistake in a policy set, or something that its author should know. */
export interface PolicyIssue extends SourceLocation {
  readonly code: PolicyIssueCode;
  readonly message: string;
  readonly severity: Severity;
  readonly stage: Stage;
  /**
   * The YAML path (`$.resourcePolicy.rules[0]`). Present exactly if `cerbos 0.55` gives a position for this mistake.
   */
  readonly path?: string;
  /** The short form of the message that `cerbos 0.55` prints for compile errors, e.g. `undefined variable`. */
  readonly summary?: string;
  /** Other places that the message refers to, such as the first of two definitions. */
  readonly related?: readonly RelatedLocation[];
  /** For `invalid-expression`: the `CelIssueCode` of the CEL checker. */
  readonly celCode?: string;
  /** For `invalid-expression`: the whole CEL expression. */
  readonly expression?: string;
  /**
   * The variable parts of the message, for quick fixes: `missing-import` has `policy`, `kind` and `name`;
   * `missing-scope` has `policy` and `missing`; `duplicate-policy` has `policy` and `otherFile`;
   * `scope-permissions-conflict` has `scope`.
   */
  readonly data?: Readonly<Partial<Record<string, string>>>;
}

export interface RelatedLocation extends SourceLocation {
  readonly message: string;
}

/** Orders issues by file, then place, then message, so that reports are the same on every run. */
export function compareIssues(a: PolicyIssue, b: PolicyIssue): number {
  const [left, right] = [a.range.start, b.range.start];
  return (
    compareText(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    left.line - right.line ||
    left.character - right.character ||
    compareText(a.message, b.message)
  );
}

/** Compares by UTF-16 code units: independent of the locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The parts of a file that {@link locate} needs. */
export interface Origin {
  readonly path: string;
  readonly lines: LineIndex;
}

/** Reduces a file to its path and lines. Rules keep this, so that they do not keep the whole parsed file in memory. */
export function originOf({ path, lines }: Origin): Origin {
  return { path, lines };
}

/** @param mark the offset that `cerbos 0.55` reports, if it is not the start of the span */
export function locate(file: Origin, span: Span, mark = span.start): SourceLocation {
  return {
    file: file.path,
    ...file.lines.lineAndColumn(mark),
    range: file.lines.range(span.start, span.end),
  };
}
