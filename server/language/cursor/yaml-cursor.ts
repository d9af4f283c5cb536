/** The way to a place in a document: keys of mappings and indices of sequences. */
export type YamlPath = readonly (string | number)[];

/** Where in a document the cursor stands, as far as the lines above it tell. */
export interface YamlCursor {
  /** `key`: a key of the mapping at `path` may stand here. `value`: the value at `path`. */
  readonly kind: 'key' | 'value';
  readonly path: YamlPath;
  /** Offsets of the word that the cursor is in or behind; what a completion replaces. */
  readonly start: number;
  readonly end: number;
  /** Within brackets or braces. */
  readonly flow: boolean;
  /** The column at which a key, or a dash, would stand here. For values beside their key: the column of the key. */
  readonly column: number;
  /** True if a colon follows the word already. */
  readonly colon: boolean;
  /** A blank between the colon and the value is missing. */
  readonly needsBlank: boolean;
  /** `value` on a line of its own below its key, where a mapping, a list item or text may begin. */
  readonly fresh: boolean;
  /** A block scalar or a scalar of several lines: its text is not YAML's business. */
  readonly inText: boolean;
}

interface Level {
  readonly column: number;
  readonly kind: 'key' | 'dash';
  readonly key: string;
  index: number;
  /** The text behind the colon or the dash on the same line, trimmed. */
  value: string;
}

const keyPattern =
  /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'|([^\s#:"'[\]{},&*!|>%@`-][^:#]*?|-[^\s:][^:]*?))\s*:(?=\s|$)/;
const blockHeader = /^(?:[&!]\S+\s+)*[|>][+\-1-9]*\s*(?:#.*)?$/;

/**
 * Finds out where the cursor stands by indentation and brackets, so that it works on text that is no YAML at all yet.
 * Linear in the length of the text before the cursor.
 */
export function yamlCursor(text: string, offset: number): YamlCursor {
  const separator = /^---.*$/gm;
  let from = 0;
  for (
    let found = separator.exec(text);
    found !== null && found.index + 3 < offset;
    found = separator.exec(text)
  ) {
    from = Math.min(text.length, found.index + found[0].length + 1);
  }
  return new Scanner(text, Math.min(from, offset), offset).run();
}

class Scanner {
  readonly #text: string;
  readonly #offset: number;
  readonly #from: number;
  readonly #levels: Level[] = [];
  /** Lines that are indented more than this belong to a scalar that began above. */
  #scalarIndent: number | undefined;
  #blockScalar = false;

  constructor(text: string, from: number, offset: number) {
    this.#text = text;
    this.#from = from;
    this.#offset = offset;
  }

  run(): YamlCursor {
    let at = this.#from;
    for (;;) {
      const found = this.#text.indexOf('\n', at);
      const end = found < 0 ? this.#text.length : found;
      const line = this.#text.slice(at, end).replace(/\r$/, '');
      if (this.#offset <= end) {
        return this.#cursorLine(at, line);
      }
      const flowEnd = this.#line(at, line);
      if (flowEnd === undefined) {
        at = end + 1;
      } else if (flowEnd.closed) {
        const next = this.#text.indexOf('\n', flowEnd.at);
        if (next < 0 || this.#offset <= next) {
          return this.#behind();
        }
        at = next + 1;
      } else {
        return flowEnd.cursor;
      }
    }
  }

  /** Takes note of a line above the cursor. */
  #line(
    at: number,
    line: string,
  ): { closed: true; at: number } | { closed: false; cursor: YamlCursor } | undefined {
    const indent = indentOf(line);
    const rest = line.slice(indent);
    if (rest === '' || this.#isInScalar(indent, rest)) {
      return undefined;
    }
    if (rest.startsWith('#')) {
      return undefined;
    }
    const { column, content } = this.#open(indent, rest);
    const top = this.#levels.at(-1);
    // All of a document may be in braces, as in JSON.
    if (top === undefined && /^[[{]/.test(rest)) {
      return this.#flow(at + indent);
    }
    const value = top?.value ?? '';
    const owner = top?.column ?? -1;
    if (blockHeader.test(value)) {
      this.#scalarIndent = owner;
      this.#blockScalar = true;
    } else if (/^[[{]/.test(value) && content) {
      return this.#flow(at + column + line.slice(column).length - valueLength(line, column));
    } else if (value !== '' && !value.startsWith('#')) {
      this.#scalarIndent = owner;
      this.#blockScalar = false;
    }
    return undefined;
  }

  #isInScalar(indent: number, rest: string): boolean {
    if (this.#scalarIndent === undefined) {
      return false;
    }
    const inside = indent > this.#scalarIndent;
    // A key below a plain scalar is a mistake of indentation, not more of the scalar's text.
    if (inside && (this.#blockScalar || !keyPattern.test(rest))) {
      return true;
    }
    this.#scalarIndent = undefined;
    this.#blockScalar = false;
    return false;
  }

  /** Opens the levels that a line begins: its dashes and its key. */
  #open(indent: number, rest: string): { column: number; content: boolean } {
    let column = indent;
    let remaining = rest;
    this.#close(column, isDash(remaining));
    while (isDash(remaining)) {
      const top = this.#levels.at(-1);
      const blank = /^-\s*/.exec(remaining)?.[0].length ?? 1;
      remaining = remaining.slice(blank);
      if (top?.kind === 'dash' && top.column === column) {
        top.index++;
        top.value = remaining.trim();
      } else {
        this.#levels.push({ column, kind: 'dash', key: '', index: 0, value: remaining.trim() });
      }
      column += blank;
    }
    const key = keyPattern.exec(remaining);
    if (key === null) {
      return { column, content: remaining !== '' };
    }
    const value = remaining.slice(key[0].length).trim();
    this.#levels.push({ column, kind: 'key', key: keyText(key), index: 0, value });
    return { column, content: true };
  }

  /** Closes what a line at this column ends. A dash may stand right below its key. */
  #close(column: number, dash: boolean): void {
    for (let top = this.#levels.at(-1); top !== undefined; top = this.#levels.at(-1)) {
      if (top.column < column) {
        return;
      }
      if (dash && top.column === column && (top.kind === 'dash' || top.value === '')) {
        return;
      }
      this.#levels.pop();
    }
  }

  #cursorLine(at: number, line: string): YamlCursor {
    const indent = indentOf(line);
    const rest = line.slice(indent);
    const character = this.#offset - at;
    if (rest.trim() === '') {
      return this.#blank(at, character);
    }
    if (this.#isInScalar(indent, rest) || rest.startsWith('#')) {
      return this.#inText();
    }
    if (character < indent) {
      return this.#blank(at, character);
    }
    const { column } = this.#open(indent, rest);
    const top = this.#levels.at(-1);
    const remaining = line.slice(column);
    const key = keyPattern.exec(remaining);
    if (key !== null && top !== undefined) {
      const keyEnd = column + key[0].length;
      if (character < keyEnd) {
        this.#levels.pop();
        const width = key[0].replace(/\s*:$/, '').length;
        return this.#result('key', { start: at + column, end: at + column + width, column, colon: true });
      }
      return this.#value(at, line, keyEnd, character, top.column);
    }
    if (character < column) {
      return this.#blank(at, character);
    }
    if (/^[[{]/.test(remaining)) {
      return this.#inFlow(at + column);
    }
    // A word without a colon: a key that is being typed, or an item of a list.
    const dashColumn = top?.kind === 'dash' ? top.column : column;
    const word = wordRange(line, column, character);
    const colon = /^[^\s:]*\s*:/.test(line.slice(word.start));
    return this.#result('key', {
      start: at + word.start,
      end: at + word.end,
      column: top?.kind === 'dash' && top.column >= indent ? column : Math.max(column, dashColumn),
      colon,
    });
  }

  /** The cursor is behind a key's colon. */
  #value(at: number, line: string, keyEnd: number, character: number, column: number): YamlCursor {
    const raw = line.slice(keyEnd);
    const lead = indentOf(raw);
    const start = keyEnd + lead;
    const value = raw.slice(lead);
    const needsBlank = lead === 0;
    if (/^[[{]/.test(value) && character > start) {
      return this.#inFlow(at + start);
    }
    if (value === '' || character < start || value.startsWith('#')) {
      const here = Math.max(character, keyEnd);
      return this.#result('value', {
        start: at + here,
        end: at + here,
        column,
        needsBlank: needsBlank || here === keyEnd,
      });
    }
    const text = value.replace(/\s+#.*$/, '').trimEnd();
    const end = start + Math.max(text.length, character - start);
    return this.#result('value', { start: at + start, end: at + end, column, needsBlank });
  }

  /** The cursor is on a line without text. */
  #blank(at: number, character: number): YamlCursor {
    const column = character;
    if (this.#scalarIndent !== undefined) {
      if (column > this.#scalarIndent) {
        return this.#inText();
      }
      this.#scalarIndent = undefined;
    }
    this.#close(column, false);
    const top = this.#levels.at(-1);
    const place = { start: at + column, end: at + column, column };
    if (top?.kind === 'key') {
      return this.#result('value', { ...place, fresh: true });
    }
    return this.#result('key', place);
  }

  #inText(): YamlCursor {
    return this.#result('value', { start: this.#offset, end: this.#offset, column: 0, inText: true });
  }

  /** Behind brackets that are closed: nothing belongs here. */
  #behind(): YamlCursor {
    return this.#inText();
  }

  #inFlow(start: number): YamlCursor {
    const flow = this.#flow(start);
    return flow.closed ? this.#behind() : flow.cursor;
  }

  /** Reads brackets and braces from their beginning up to the cursor. */
  #flow(start: number): { closed: true; at: number } | { closed: false; cursor: YamlCursor } {
    const base = this.#path();
    const stack: { map: boolean; key: string | undefined; index: number }[] = [];
    let wordStart = start;
    let quote = '';
    const column = this.#levels.at(-1)?.column ?? 0;
    for (let at = start; at < this.#offset; at++) {
      const char = this.#text[at] ?? '';
      const top = stack.at(-1);
      if (quote !== '') {
        if (char === '\\' && quote === '"') {
          at++;
        } else if (char === quote) {
          quote = '';
        }
      } else if ((char === '"' || char === "'") && this.#text.slice(wordStart, at).trim() === '') {
        quote = char;
        wordStart = at;
      } else if (char === '[' || char === '{') {
        stack.push({ map: char === '{', key: undefined, index: 0 });
        wordStart = at + 1;
      } else if (char === ']' || char === '}') {
        stack.pop();
        if (stack.length === 0) {
          return { closed: true, at: at + 1 };
        }
        wordStart = at + 1;
      } else if (char === ',' && top !== undefined) {
        top.index++;
        top.key = undefined;
        wordStart = at + 1;
      } else if (
        char === ':' &&
        top?.map === true &&
        top.key === undefined &&
        /[\s"']|$/.test(this.#text[at + 1] ?? '')
      ) {
        top.key = this.#text
          .slice(wordStart, at)
          .trim()
          .replace(/^(["'])(.*)\1$/, '$2');
        wordStart = at + 1;
      }
    }
    const top = stack.at(-1);
    const path = [...base];
    for (const level of stack.slice(0, -1)) {
      path.push(level.map ? (level.key ?? '') : level.index);
    }
    const lead = /^\s*/.exec(this.#text.slice(wordStart, this.#offset))?.[0].length ?? 0;
    const begin = wordStart + lead;
    const tail = /^[^\s,:[\]{}"'#]*["']?/.exec(this.#text.slice(this.#offset))?.[0].length ?? 0;
    const end = this.#offset + tail;
    const word = { start: begin, end, column, flow: true };
    if (top === undefined) {
      return { closed: false, cursor: this.#inText() };
    }
    if (!top.map) {
      return { closed: false, cursor: this.#result('value', word, [...path, top.index]) };
    }
    if (top.key === undefined) {
      const colon = /^\s*:/.test(this.#text.slice(end));
      return { closed: false, cursor: this.#result('key', { ...word, colon }, path) };
    }
    const needsBlank = this.#text[begin - 1] === ':';
    return { closed: false, cursor: this.#result('value', { ...word, needsBlank }, [...path, top.key]) };
  }

  #path(): (string | number)[] {
    return this.#levels.map((level) => (level.kind === 'key' ? level.key : level.index));
  }

  #result(
    kind: YamlCursor['kind'],
    place: Pick<YamlCursor, 'start' | 'end' | 'column'> & Partial<YamlCursor>,
    path: YamlPath = this.#path(),
  ): YamlCursor {
    return {
      flow: false,
      colon: false,
      needsBlank: false,
      fresh: false,
      inText: false,
      ...place,
      kind,
      path,
    };
  }
}

function indentOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

function isDash(text: string): boolean {
  return /^-(\s|$)/.test(text);
}

function keyText(key: RegExpExecArray): string {
  return key[1] ?? key[2]?.replaceAll("''", "'") ?? (key[3] ?? '').trim();
}

/** The length of a line's value from its first bracket on. */
function valueLength(line: string, column: number): number {
  const key = keyPattern.exec(line.slice(column));
  const from = column + (key?.[0].length ?? 0);
  return line.length - from - indentOf(line.slice(from));
}

/** The word around a character of a line. */
function wordRange(line: string, from: number, character: number): { start: number; end: number } {
  const before = /\S*$/.exec(line.slice(from, character))?.[0].length ?? 0;
  const after = /^[^\s:#,]*/.exec(line.slice(character))?.[0].length ?? 0;
  return { start: character - before, end: character + after };
}
