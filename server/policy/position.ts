/** A place in a text as LSP counts: 0-based line, 0-based UTF-16 character. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** A stretch of a text; `end` is exclusive. */
export interface SourceRange {
  readonly start: Position;
  readonly end: Position;
}

/**
 * Where something is in a file. `line` and `column` are those that `cerbos 0.55` reports, counted from 1 in code
 * points; they often point at the key instead of the value. `range` is the exact stretch, for an editor.
 */
export interface SourceLocation {
  /** Relative to the root of the policy set, with `/` as separator. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly range: SourceRange;
}

/** Added to an offset, means the column after it. That column may lie beyond the end of the line. */
export const oneColumnOn = 0.5;

/**
 * Converts between offsets (UTF-16 code units) and positions in one text. Offsets and positions outside the text are
 * clamped.
 */
export class LineIndex {
  readonly #text: string;
  readonly #starts: number[] = [0];
  readonly #length: number;

  constructor(text: string) {
    this.#text = text;
    this.#length = text.length;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      this.#starts.push(at + 1);
    }
  }

  position(offset: number): Position {
    const bounded = Math.max(0, Math.min(offset, this.#length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= bounded) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return { line: low, character: bounded - (this.#starts[low] ?? 0) };
  }

  range(start: number, end: number): SourceRange {
    return { start: this.position(start), end: this.position(Math.max(start, end)) };
  }

  /**
   * Line and column as `cerbos 0.55` counts them: from 1, in code points.
   * @param mark an offset, or an offset plus {@link oneColumnOn}
   */
  lineAndColumn(mark: number): { readonly line: number; readonly column: number } {
    const offset = Math.floor(mark);
    const { line, character } = this.position(offset);
    const start = this.#starts[line] ?? 0;
    let column = mark === offset ? 1 : 2;
    for (let at = start; at < start + character; column++) {
      at += (this.#text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    }
    return { line: line + 1, column };
  }

  /** The offset of a position. A character beyond the end of its line gives the end of that line. */
  offset(position: Position): number {
    const start = this.#starts[position.line];
    if (start === undefined) {
      return position.line < 0 ? 0 : this.#length;
    }
    const next = this.#starts[position.line + 1] ?? this.#length + 1;
    return Math.min(start + Math.max(0, position.character), next - 1);
  }
}
