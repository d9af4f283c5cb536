/** A stretch of the source text: UTF-16 offsets, end exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What kind of mistake an issue is about. Codes are stable; messages may be reworded. */
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

/** Something wrong in an expression. Every issue means that the expression is refused. */
export interface CelIssue {
  readonly code: CelIssueCode;
  /** cel-go's wording, so that a reader finds the same sentence in Cerbos' own output. */
  readonly message: string;
  /** The exact text at fault, for an editor to underline. */
  readonly range: Range;
  /** Where cel-go reports it, as a UTF-16 offset; differs from `range.start` for calls, selections and indexes. */
  readonly position: number;
}
