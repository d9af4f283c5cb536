import type { ScalarStyle, Span } from './node';

/** A scalar, or the name of an anchor or alias, as `cerbos 0.55` reads it. */
export interface ScalarToken {
  readonly kind: 'scalar' | 'name';
  readonly style: ScalarStyle;
  /** The text that it stands for: without quotes, escapes, indentation. */
  readonly value: string;
  /** UTF-16 offset of its first character; of a block scalar, of its `|` or `>`. */
  readonly start: number;
  /** The offset behind its last quote, if it is quoted. */
  readonly quotedEnd?: number;
  /** True if unquoted text is never read as a number, boolean or null. */
  readonly isText: boolean;
}

/** The error at which `cerbos 0.55` stops reading. */
export interface ScanError extends Span {
  readonly message: string;
}

export interface Scan {
  readonly tokens: readonly ScalarToken[];
  /** Offsets of the brackets and braces that begin and end collections. */
  readonly brackets: readonly number[];
  /** The first error, after which nothing more is read. */
  readonly error: ScanError | undefined;
}

/** Thrown inside the scanner, and returned by it as a {@link ScanError}. */
export class Unreadable extends Error {
  readonly start: number;
  readonly end: number;

  constructor(message: string, start: number, end: number) {
    super(message);
    this.start = start;
    this.end = end;
  }
}
