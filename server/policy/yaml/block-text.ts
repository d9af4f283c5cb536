import type { TextBuffer } from './text-buffer';

type Kind = 'literal' | 'folded' | 'plain';

/**
 * The text of a `|` or `>` block, or of unquoted text with a line that begins with a dash, as `cerbos 0.55` gathers it,
 * one character after another. Columns count from 1; 0 is a column not known yet.
 */
export class BlockText {
  readonly kind: Kind;
  readonly #strips: boolean;
  readonly #keeps: boolean;
  readonly #hasIndicator: boolean;
  #contentColumn: number;
  #lineColumn = 0;
  #previousLineColumn = 0;
  #lastContentColumn = 0;
  #blankColumn = 0;
  #isNewLine = false;

  /**
   * @param header what follows `|` or `>`, without spaces or comment
   * @param parentColumn the column that the indentation indicator counts from
   */
  constructor(kind: Kind, header: string, parentColumn: number) {
    this.kind = kind;
    this.#strips = kind === 'plain' || header.startsWith('-') || header.endsWith('-');
    this.#keeps = header.startsWith('+') || header.endsWith('+');
    const indicator = indentationIndicator(header);
    this.#hasIndicator = indicator !== 0;
    this.#contentColumn = indicator > 0 ? parentColumn + indicator : 0;
  }

  /** The column that ends the block, if its content has begun. */
  get parentColumn(): number {
    return this.#contentColumn === 0 ? 0 : this.#contentColumn - 1;
  }

  /** Notes where a line's content begins. */
  startLine(column: number): void {
    if (this.#contentColumn === 0) {
      this.#contentColumn = column;
    }
    if (this.#lineColumn === 0) {
      this.#lineColumn = column;
    }
  }

  /** Notes a line break; `column` is the last of the line. */
  endLine(column: number): void {
    if (this.#contentColumn === 0) {
      this.#blankColumn = column;
    }
    this.#previousLineColumn = this.#lineColumn;
    if (this.#lineColumn !== 0) {
      this.#lastContentColumn = this.#lineColumn;
    }
    this.#isNewLine = true;
    this.#lineColumn = 0;
  }

  /** A space before a line's content: part of the text if it is beyond the block's indentation. */
  indent(buffer: TextBuffer, column: number): void {
    if (this.#contentColumn === 0 || column < this.#contentColumn) {
      return;
    }
    if (this.kind !== 'literal') {
      this.#isNewLine = false;
    }
    buffer.addSignificant(0x20);
  }

  isIndentation(column: number): boolean {
    return this.#contentColumn === 0 ? column === 1 : this.#contentColumn > column;
  }

  /** The error of content that begins at a column; undefined if there is none. */
  problemAt(column: number): string | undefined {
    return this.#contentColumn === 0 && this.#blankColumn > column
      ? 'a blank line above is indented further than the content; indent it no further'
      : undefined;
  }

  /** The error in the indentation of the line that {@link startLine} noted; undefined if there is none. */
  get indicatorProblem(): string | undefined {
    return this.#hasIndicator && this.#contentColumn > this.#lineColumn
      ? 'the content is indented less than the block’s header says'
      : undefined;
  }

  /** Folds the line break before a line's first character, where the block folds. */
  fold(buffer: TextBuffer, column: number): void {
    if (this.kind === 'literal' || !this.#isNewLine) {
      return;
    }
    if (this.#lineColumn === this.#previousLineColumn) {
      if (buffer.last() === 0x0a) {
        buffer.replaceLast(0x20);
      }
    } else if (this.#previousLineColumn === 0 && this.#lastContentColumn === column) {
      if (buffer.last() === 0x0a && buffer.last(1) === 0x0a) {
        buffer.dropLast();
      }
    }
    this.#isNewLine = false;
  }

  /** The text, with the line breaks at its end that the header asks for. */
  chomp(text: string): string {
    let chomped = text;
    if (this.#strips) {
      chomped = text.replace(/\n+$/, '').replace(/ +$/, '');
    } else if (!this.#keeps) {
      chomped = withOneLineBreak(text);
    }
    if (chomped === '\n') {
      chomped = '';
    }
    // Even if the header says to strip, too.
    return this.#keeps && chomped === '' ? '\n' : chomped;
  }
}

function withOneLineBreak(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0x0a) {
    end--;
  }
  return end + 1 < text.length ? text.slice(0, end + 1) : text;
}

/** The digit of a block's header, 0 without one. */
function indentationIndicator(header: string): number {
  const digits = /^-?\+?(.*?)\+?-?$/s.exec(header)?.[1] ?? '';
  return /^[-+]?\d+$/.test(digits) ? Number(digits) : 0;
}
