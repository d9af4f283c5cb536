/** The place in a text from which a scalar is read. */
interface Cursor {
  readonly text: string;
  readonly at: number;
  readonly column: number;
  /** The column of what the scalar belongs to. */
  readonly parentColumn: number;
  advance(count: number): void;
  advanceLine(): void;
  isDocumentMarker(offset: number): boolean;
  /** @throws Unreadable */
  fail(message: string, start?: number, end?: number): never;
}

/** A quoted scalar: its value, and the offset after its closing quote. */
interface Quoted {
  readonly value: string;
  readonly end: number;
}

// The scanner moves on beside the offset in the text, as in `cerbos 0.55`: where it moves further, `cerbos 0.55` leaves
// out what follows the quotes.

/** Reads text in single quotes, from its first quote. */
export function scanSingleQuoted(scanner: Cursor): Quoted {
  const reader = new QuotedReader(scanner);
  const { text } = scanner;
  for (let at = reader.start + 1; at < text.length; at++) {
    const char = reader.step(at);
    if (reader.layout(at, char)) {
      continue;
    }
    if (char !== "'") {
      reader.add(char);
    } else if (text.charAt(at + 1) === "'") {
      reader.value.push(char);
      at++;
      scanner.advance(1);
    } else {
      return reader.end(at);
    }
  }
  return reader.unclosed();
}

/** Reads text in double quotes, from its first quote. */
export function scanDoubleQuoted(scanner: Cursor): Quoted {
  const reader = new QuotedReader(scanner);
  const { text } = scanner;
  for (let at = reader.start + 1; at < text.length; at++) {
    const char = reader.step(at);
    if (reader.layout(at, char)) {
      continue;
    }
    if (char === '\\') {
      at = reader.escape(at);
    } else if (char === '\t') {
      at = reader.tab(at);
    } else if (char === '"') {
      return reader.end(at);
    } else {
      reader.add(char);
    }
  }
  return reader.unclosed();
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
  '\t': '\t',
};

class QuotedReader {
  readonly start: number;
  readonly value: string[] = [];
  readonly #scanner: Cursor;
  #isLineStart = false;
  #isNewLine = false;
  /** The end of the line that {@link tab} looked at, and that of its last character that is not blank. */
  #lineEnd = -1;
  #visibleEnd = -1;

  constructor(scanner: Cursor) {
    this.#scanner = scanner;
    this.start = scanner.at;
  }

  /** Moves to the next character. */
  step(at: number): string {
    if (this.#isNewLine) {
      this.#isNewLine = false;
    } else {
      this.#scanner.advance(1);
    }
    return this.#scanner.text.charAt(at);
  }

  add(char: string): void {
    this.value.push(char);
    this.#isLineStart = false;
  }

  /** Folds line breaks and leaves out what indents a line. True if the character is one of these. */
  layout(at: number, char: string): boolean {
    if (char === '\n' || char === '\r') {
      while (this.value.at(-1) === ' ') {
        this.value.pop();
      }
      this.value.push(this.#isLineStart ? '\n' : ' ');
      this.#startLine();
      this.#scanner.advanceLine();
      if (at + 1 < this.#scanner.text.length && this.#scanner.isDocumentMarker(at + 1)) {
        this.#scanner.fail('a document begins or ends within quotes', at + 1, at + 4);
      }
      return true;
    }
    if (!this.#isLineStart || (char !== ' ' && char !== '\t')) {
      return false;
    }
    if (char === '\t' && this.#scanner.parentColumn >= this.#scanner.column) {
      this.#scanner.fail('a tab cannot indent a line within quotes; use spaces', at);
    }
    return true;
  }

  #startLine(): void {
    this.#isLineStart = true;
    this.#isNewLine = true;
  }

  end(at: number): Quoted {
    this.#scanner.advance(1);
    return { value: this.value.join(''), end: at + 1 };
  }

  unclosed(): never {
    return this.#scanner.fail('the closing quote is missing', this.start, this.start + 1);
  }

  /** A tab, which stays unless it ends its line. Returns the offset of the last character that was read. */
  tab(at: number): number {
    const { text } = this.#scanner;
    if (at >= this.#lineEnd) {
      let end = at;
      while (end < text.length && text.charAt(end) !== '\n' && text.charAt(end) !== '\r') {
        end++;
      }
      this.#lineEnd = end;
      while (end > at && /[ \t]/.test(text.charAt(end - 1))) {
        end--;
      }
      this.#visibleEnd = end;
    }
    if (at < this.#visibleEnd) {
      this.value.push('\t');
      if (text.charAt(at + 1) !== '"') {
        this.#scanner.advance(1);
      }
      return at;
    }
    const rest = this.#lineEnd - at - 1;
    this.#scanner.advance(rest);
    return at + rest;
  }

  /** An escape sequence. Returns the offset of its last character. */
  escape(at: number): number {
    this.#isLineStart = false;
    const { text } = this.#scanner;
    const next = text.charAt(at + 1);
    if (next === '') {
      this.value.push('\\');
      return at;
    }
    const simple = simpleEscapes[next];
    if (simple !== undefined) {
      this.value.push(simple);
      return this.#escaped(at, 1);
    }
    switch (next) {
      case 'x':
        if (at + 3 >= text.length) {
          this.value.push(next);
          return this.#escaped(at, 1);
        }
        this.value.push(character(this.#hex(at + 2, 2)));
        return this.#escaped(at, 3);
      case 'u':
        return this.#utf16(at);
      case 'U':
        if (at + 9 >= text.length) {
          this.#scanner.fail('\\U needs eight hexadecimal digits', at, at + 2);
        }
        this.value.push(character(this.#hex(at + 2, 8)));
        return this.#escaped(at, 9);
      case '\n':
        this.#startLine();
        this.#scanner.advance(1);
        this.#scanner.advanceLine();
        return at + 1;
      case '\r':
        this.#startLine();
        this.#scanner.advanceLine();
        return this.#escaped(at, text.charAt(at + 2) === '\n' ? 2 : 1);
      default:
        return this.#scanner.fail(`\\${next} is no escape sequence; write \\\\ for a backslash`, at, at + 2);
    }
  }

  #utf16(at: number): number {
    const { text } = this.#scanner;
    if (at + 5 >= text.length) {
      this.#scanner.fail('\\u needs four hexadecimal digits', at, at + 2);
    }
    const high = this.#hex(at + 2, 4);
    if (high < 0xd800 || high > 0xdbff) {
      this.value.push(character(high));
      return this.#escaped(at, 5);
    }
    const isPair = at + 11 < text.length && text.startsWith('\\u', at + 6);
    const low = isPair ? this.#hex(at + 8, 4) : 0;
    if (low < 0xdc00 || low > 0xdfff) {
      this.#scanner.fail('the second half of a surrogate pair must follow the first', at, at + 6);
    }
    this.value.push(character((high - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000));
    return this.#escaped(at, 11);
  }

  #escaped(at: number, length: number): number {
    this.#scanner.advance(length);
    return at + length;
  }

  /** A number in hexadecimal digits. What is no digit counts by its code, as in `cerbos 0.55`. */
  #hex(from: number, length: number): number {
    let sum = 0;
    for (let at = from; at < from + length; at++) {
      const char = this.#scanner.text.charAt(at);
      const digit = /[0-9a-fA-F]/.test(char) ? Number.parseInt(char, 16) : char.charCodeAt(0) - 0x30;
      sum = sum * 16 + digit;
    }
    return sum;
  }
}

/** A character by its code, of which `cerbos 0.55` keeps 32 bits; U+FFFD for what is none. */
function character(code: number): string {
  const kept = code | 0;
  const isNone = kept < 0 || kept > 0x10ffff || (kept >= 0xd800 && kept <= 0xdfff);
  return isNone ? '\ufffd' : String.fromCodePoint(kept);
}
