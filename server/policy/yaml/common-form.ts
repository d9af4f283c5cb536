import { CommonScalars } from './common-scalars';
import { blank, colon, dash, hash, isEndOrBlank, lineBreak, uncommon, Uncommon } from './common-text';
import type { YamlEntry, YamlFile, YamlNode, YamlScalar } from './node';

/** Deeper nesting is left to the full reader. */
const maxDepth = 60;

/**
 * Reads a YAML file of the form that nearly all policies have, in one pass: one document, a block mapping of block
 * mappings and sequences, scalars and flow collections on one line, literal and folded blocks with plain headers.
 * Everything else, and everything with an error, is left to the full reader; where both read a file, the trees are
 * equal. That the form excludes anchors, tags, tabs and carriage returns is what keeps readers of YAML from disagreeing
 * about it.
 * @returns undefined for a file of another form
 */
export function readCommonForm(text: string): YamlFile | undefined {
  try {
    return new CommonForm(text).file();
  } catch (error) {
    if (error instanceof Uncommon) {
      return undefined;
    }
    throw error;
  }
}

/** Characters that readers treat differently, or that matter only in other forms; `<<` may merge mappings. */
const unusual = /[^\n -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]|<</;

class CommonForm extends CommonScalars {
  /** The column of the next content, -1 at the end of the file. */
  #column = 0;
  /** Where the last value ends, with the rest of its lines and the comments that belong to it. */
  #valueEnd = 0;
  /** The greatest indentation of the comments before the next content that belong to no collection yet, else -1. */
  #commentColumn = -1;
  /** True until a collection that ends before the next content was closed. */
  #isInnermost = true;

  file(): YamlFile {
    if (unusual.test(this.text)) {
      throw uncommon;
    }
    this.#nextContent();
    const start = this.at;
    if (this.#column === 0 && this.text.startsWith('---', start)) {
      this.at += 3;
      this.#endLine();
      this.#nextContent();
    }
    if (this.#column !== 0 || this.#isDash()) {
      throw uncommon;
    }
    const root = this.#mapping(0, 0, undefined);
    if (this.at < this.text.length) {
      throw uncommon;
    }
    return { documents: [{ start, end: this.#valueEnd, root }], errors: [] };
  }

  /** A block mapping, from its first key, which may have been read already. */
  #mapping(indent: number, depth: number, firstKey: YamlScalar | undefined): YamlNode {
    if (depth > maxDepth) {
      throw uncommon;
    }
    const start = firstKey?.start ?? this.at;
    const entries: YamlEntry[] = [];
    let mark = -1;
    let key = firstKey;
    do {
      key ??= this.#key(indent);
      if (mark < 0) {
        mark = this.at;
      }
      this.at++;
      entries.push({ key, value: this.#mappingValue(indent, depth) });
      key = undefined;
    } while (this.#column === indent && !this.#isDash());
    const end = this.#close(indent);
    return { kind: 'map', flow: false, entries, start, end, mark };
  }

  #key(indent: number): YamlScalar {
    const first = this.text.charCodeAt(this.at);
    // `---` and `...` begin and end documents.
    if (indent === 0 && (first === dash || first === 0x2e)) {
      throw uncommon;
    }
    const key = this.scalar();
    if (!this.#isKey(key)) {
      throw uncommon;
    }
    return key;
  }

  /** True if a colon that ends a key follows a scalar. Longer keys are errors to some readers. */
  #isKey(scalar: YamlScalar): boolean {
    return (
      this.at === scalar.end &&
      scalar.end - scalar.start < 500 &&
      this.text.charCodeAt(this.at) === colon &&
      isEndOrBlank(this.text.charCodeAt(this.at + 1))
    );
  }

  #mappingValue(indent: number, depth: number): YamlNode {
    this.skipBlanks();
    if (!this.#isLineEnd()) {
      const value = this.inlineValue(depth) ?? this.block(indent);
      this.#endValue();
      return value;
    }
    this.#endLine();
    this.#nextContent();
    const isSequence = this.#isDash();
    if (this.#column > indent || (this.#column === indent && isSequence)) {
      return isSequence
        ? this.#sequence(this.#column, depth + 1, this.#column === indent)
        : this.#mapping(this.#column, depth + 1, undefined);
    }
    throw uncommon;
  }

  /** A block sequence, from its first dash. One at its mapping's own indentation ends at the mapping's next key. */
  #sequence(indent: number, depth: number, isAtKey: boolean): YamlNode {
    if (depth > maxDepth) {
      throw uncommon;
    }
    const start = this.at;
    const items: YamlNode[] = [];
    do {
      items.push(this.#item(indent, depth));
    } while (this.#column === indent && this.#isDash());
    if (this.#column === indent && !isAtKey) {
      throw uncommon;
    }
    const end = this.#close(indent);
    return { kind: 'sequence', flow: false, items, start, end, mark: start };
  }

  #item(indent: number, depth: number): YamlNode {
    const dashAt = this.at;
    this.at++;
    this.skipBlanks();
    if (this.#isLineEnd() || this.#isDash()) {
      throw uncommon;
    }
    const column = indent + this.at - dashAt;
    const value = this.inlineValue(depth) ?? this.block(indent);
    if (value.kind === 'scalar' && this.#isKey(value)) {
      return this.#mapping(column, depth + 1, value);
    }
    this.#endValue();
    return value;
  }

  /** The end of a collection that the next content does not belong to; comments before that may. */
  #close(indent: number): number {
    if (this.#column > indent) {
      throw uncommon;
    }
    const end = this.#valueEnd;
    if (this.#commentColumn > indent && this.#isInnermost) {
      // It belongs to the last scalar.
      throw uncommon;
    }
    this.#isInnermost = false;
    if (this.#commentColumn >= indent && indent > 0) {
      this.#valueEnd = this.at;
      this.#commentColumn = -1;
    }
    return end;
  }

  #endValue(): void {
    if (this.text.charCodeAt(this.at - 1) !== lineBreak) {
      this.#endLine();
    }
    this.#valueEnd = this.at;
    this.#nextContent();
  }

  #isDash(): boolean {
    return this.text.charCodeAt(this.at) === dash && isEndOrBlank(this.text.charCodeAt(this.at + 1));
  }

  /** True if a comment or nothing follows in the line. */
  #isLineEnd(): boolean {
    const code = this.text.charCodeAt(this.at);
    return code === lineBreak || Number.isNaN(code) || (code === hash && this.#isAfterBlank());
  }

  #isAfterBlank(): boolean {
    return this.text.charCodeAt(this.at - 1) === blank;
  }

  /** Moves to the next line, past blanks and a comment. */
  #endLine(): void {
    this.skipBlanks();
    if (!this.#isLineEnd()) {
      throw uncommon;
    }
    const end = this.text.indexOf('\n', this.at);
    this.at = end < 0 ? this.text.length : end + 1;
  }

  /** Moves from the start of a line to the next content, past blank lines and comments. */
  #nextContent(): void {
    const { text } = this;
    this.#commentColumn = -1;
    this.#isInnermost = true;
    for (;;) {
      const start = this.at;
      this.skipBlanks();
      const code = text.charCodeAt(this.at);
      if (Number.isNaN(code)) {
        this.#column = -1;
        return;
      }
      const column = this.at - start;
      if (code === hash) {
        this.#commentColumn = Math.max(this.#commentColumn, column);
      } else if (code !== lineBreak) {
        this.#column = column;
        return;
      }
      const end = text.indexOf('\n', this.at);
      this.at = end < 0 ? text.length : end + 1;
    }
  }
}
