/** A stretch of the source text, in UTF-16 offsets; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The kind of mistake. Codes are stable across releases; messages may be reworded. */
export type CelIssueCode =
  | 'syntax'
  | 'invalid-literal'
  | 'invalid-macro'
  | 'too-deep'
  | 'too-long'
  | 'undeclared-reference'
  | 'undefined-field'
  | 'no-matching-overload'
  | 'type-mismatch'
  | 'not-a-type'
  | 'unsupported-selection'
  | 'invalid-duration'
  | 'invalid-timestamp'
  | 'invalid-regex'
  | 'invalid-address'
  | 'invalid-format';

/** A mistake in an expression. An expression with any issue has no program. */
export interface CelIssue {
  readonly code: CelIssueCode;
  /** The wording is cel-go's, so that a reader finds the same sentence in Cerbos' own output. */
  readonly message: string;
  /** The exact text at fault, for an editor to underline. */
  readonly range: Range;
  /**
   * The UTF-16 offset at which cel-go reports the mistake. It differs from `range.start` for calls, selections and
   * indexes.
   */
  readonly position: number;
}
