import type { LineIndex, SourceLocation } from './position';
import type { Span } from './yaml/node';

export type Severity = 'error' | 'warning' | 'information';

/** What kind of mistake an issue is about. Codes are stable; messages may be reworded. */
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

/** Which stage of the binary's compilation would report it: it stops after the first stage that fails, we go on. */
export type Stage = 'load' | 'compile' | 'test';

/** Something wrong, or worth saying, in a policy set. */
export interface PolicyIssue extends SourceLocation {
  readonly code: PolicyIssueCode;
  readonly message: string;
  readonly severity: Severity;
  readonly stage: Stage;
  /** The YAML path (`$.resourcePolicy.rules[0]`); present exactly if the binary gives a position for this mistake. */
  readonly path?: string;
  /** The binary's second sentence for compile errors, e.g. `undefined variable`. */
  readonly summary?: string;
  /** Other places that the issue speaks of. */
  readonly related?: readonly RelatedLocation[];
  /** For `invalid-expression`: the CEL checker's stable code. */
  readonly celCode?: string;
  /** For `invalid-expression`: the whole expression. */
  readonly expression?: string;
  /**
   * What the message says, in parts: `missing-import` has `policy`, `kind` and `name`; `missing-scope` has `policy` and
   * `missing`; `duplicate-policy` has `policy` and `otherFile`; `scope-permissions-conflict` has `scope`.
   */
  readonly data?: Readonly<Partial<Record<string, string>>>;
}

export interface RelatedLocation extends SourceLocation {
  readonly message: string;
}

/** Fixed order: by file, place, then message. */
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

/** By UTF-16 code units. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A file as far as places in it are concerned. */
export interface Origin {
  readonly path: string;
  readonly lines: LineIndex;
}

/** What of a file places need: rules keep this, and so do not keep all that is known of the file in memory. */
export function originOf({ path, lines }: Origin): Origin {
  return { path, lines };
}

/** Where a span is, for the binary (`mark`) and for an editor. */
export function locate(file: Origin, span: Span, mark = span.start): SourceLocation {
  return {
    file: file.path,
    ...file.lines.lineAndColumn(mark),
    range: file.lines.range(span.start, span.end),
  };
}
