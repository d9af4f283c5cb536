import { BlockText } from './block-text';
import type { ScalarStyle } from './node';
import { scanDoubleQuoted, scanSingleQuoted } from './scan-quoted';
import { TextBuffer } from './text-buffer';
import { Unreadable } from './token';
import type { Scan, ScalarToken } from './token';

/**
 * Reads the scalars of a YAML text as `cerbos 0.55` does (goccy/go-yaml 1.19.2), whose reader differs from YAML 1.2 in
 * line breaks, tabs, ends of files, escapes and more: a constant that is one line break longer never equals anything.
 * Linear in the length of the text.
 */
export function scanScalars(text: string): Scan {
  const scanner = new Scanner(text);
  try {
    scanner.scan();
    return { tokens: scanner.tokens, brackets: scanner.brackets, error: undefined };
  } catch (error) {
    if (!(error instanceof Unreadable)) {
      throw error;
    }
    const { message, start, end } = error;
    return { tokens: scanner.tokens, brackets: scanner.brackets, error: { message, start, end } };
  }
}

/** A token of any kind: what the next ones need to know of it. */
interface Last {
  readonly kind: 'text' | 'quoted' | 'block' | 'tag' | 'mapping-value' | 'other';
  readonly line: number;
  readonly column: number;
  /** A tag's text. */
  readonly tag?: string;
  /** A scalar's source, with what stands around it. */
  readonly source?: string;
}

/** Only behind these is unquoted text still taken for a number or the like. */
const reservedTags = new Set(
  'int float null seq map str binary omap set timestamp bool merge'.split(' ').map((name) => `!!${name}`),
);

type Indentation = 'equal' | 'more' | 'less' | 'none';

// Lines and columns count from 1, as `cerbos 0.55` counts them: a tab that it skips takes no column.
class Scanner {
  readonly tokens: ScalarToken[] = [];
  /** Where brackets and braces stand that are no text. */
  readonly brackets: number[] = [];
  readonly text: string;
  readonly buffer = new TextBuffer();
  /** The offset of the character that is being read. */
  at = 0;
  line = 1;
  column = 1;
  /** The column of the last key, dash or `?`: content at it or before it ends what was begun there. */
  parentColumn = 0;
  #indent = 0;
  #isLineStart = true;
  #indentation: Indentation = 'equal';
  /** True within the name of an anchor or an alias, which a blank ends. */
  #isName = false;
  /** True if the next token is the name of an anchor or an alias. */
  #namesNext = false;
  #isDirective = false;
  #brackets = 0;
  #braces = 0;
  #block: BlockText | undefined;
  /** Where the `|` or `>` stands whose text is being read. */
  #blockStart = 0;
  #last: Last | undefined;
  /** The place of text that goes on over several lines. */
  #saved: { readonly line: number; readonly column: number } | undefined;

  constructor(text: string) {
    this.text = text;
  }

  scan(): void {
    while (this.at < this.text.length) {
      this.#step(this.text.charAt(this.at));
    }
    this.#flush();
    // A block that nothing follows.
    if (this.#last?.kind === 'block') {
      this.#addBlockText('');
    }
  }

  /** Moves on in a line. */
  advance(count: number): void {
    this.column += count;
    this.at += count;
  }

  /** Moves on to the next line. */
  advanceLine(): void {
    this.column = 1;
    this.line++;
    this.#indent = 0;
    this.#isLineStart = true;
    this.#isName = false;
    this.#isDirective = false;
    this.at++;
  }

  fail(message: string, start = this.at, end = this.at + 1): never {
    throw new Unreadable(message, start, Math.min(end, this.text.length));
  }

  /** True if `---` or `...` stands alone at an offset. */
  isDocumentMarker(offset: number): boolean {
    const marker = this.text.slice(offset, offset + 4);
    return /^(---|\.\.\.)[ \t\r\n]?$/.test(marker);
  }

  get #next(): string {
    return this.text.charAt(this.at + 1);
  }

  get #isFlow(): boolean {
    return this.#brackets > 0 || this.#braces > 0;
  }

  /** True within unquoted text. */
  get #hasText(): boolean {
    return this.buffer.visibleLength > 0;
  }

  #step(char: string): void {
    this.#updateIndentation(char);
    if (this.#indentation === 'less') {
      this.#flush();
    }
    if (this.#block) {
      if (this.#indentation !== 'less') {
        this.#blockCharacter(this.#block, char);
        return;
      }
      this.#endBlock();
    }
    if (this.#token(char)) {
      return;
    }
    this.#addText(char);
  }

  #addText(char: string): void {
    this.buffer.add(char.charCodeAt(0), this.at);
    this.buffer.addSource(char.charCodeAt(0));
    this.advance(1);
  }

  #updateIndentation(char: string): void {
    if (this.#isLineStart) {
      if (char === '\n' || char === '\r' || char === '\t') {
        return;
      }
      if (char === ' ') {
        this.#indent++;
        return;
      }
      if (this.parentColumn > 0) {
        this.#indentation = this.parentColumn < this.column ? 'more' : 'less';
      }
      this.#isLineStart = false;
      return;
    }
    this.#indentation = 'none';
  }

  /** Reads a token or what belongs to none. False for a character of unquoted text. */
  #token(char: string): boolean {
    switch (char) {
      case '{':
      case '[':
        return this.#flowStart(char);
      case '}':
      case ']':
        return this.#flowEnd(char);
      case ',':
        if (!this.#isFlow) {
          return false;
        }
        this.#flush();
        return this.#indicator(char, 1);
      case '.':
        return this.#documentEnd();
      case '-':
        return this.#documentStart() || this.#dashInText() || this.#sequenceEntry();
      case '<':
        return this.#mergeKey();
      case ':':
        return this.#mappingValue();
      case '|':
      case '>':
        return this.#blockHeader(char);
      case '!':
        return this.#tag();
      case '%':
        if (this.#hasText || this.#indent !== 0) {
          return false;
        }
        this.#indicator(char, 1);
        this.#isDirective = true;
        return true;
      case '?':
        if (this.#hasText || !/[ \t]/.test(this.#next)) {
          return false;
        }
        return this.fail('keys behind ? are not supported; write key: value');
      case '&':
      case '*':
        if (this.#hasText) {
          return false;
        }
        if (/^[\s,[\]{}&*]?$/.test(this.#next)) {
          this.fail(`${char} must be followed by a name`);
        }
        this.#indicator(char, 1);
        this.#isName = true;
        this.#namesNext = true;
        return true;
      case '#':
        return this.#comment();
      case "'":
      case '"':
        return this.#quoted(char);
      case '\r':
      case '\n':
        return this.#lineBreak(char);
      case ' ':
        return this.#space();
      case '@':
      case '`':
        if (this.#hasText) {
          return false;
        }
        return this.fail(`${char} cannot begin a value; put it in quotes`);
      case '\t':
        return this.#tab();
      default:
        return false;
    }
  }

  #indicator(char: string, width: number): true {
    this.buffer.addSource(char.charCodeAt(0));
    this.#last = { kind: 'other', line: this.line, column: this.column };
    this.advance(width);
    this.#clear();
    return true;
  }

  #clear(): void {
    this.buffer.clear();
    this.#block = undefined;
  }

  /** Ends the text that is being read, if there is any. */
  #flush(): Last | undefined {
    const place = this.#saved ?? { line: this.line, column: this.#startColumn() };
    this.#saved = undefined;
    if (this.at === 0) {
      return undefined;
    }
    const isBlock = this.#block !== undefined;
    const text = this.#block ? this.#block.chomp(this.buffer.text()) : this.buffer.text();
    if (text === '') {
      this.buffer.clearValue();
      return undefined;
    }
    return this.#addScalar(text, isBlock, place);
  }

  /** The column that `cerbos 0.55` gives to the text that ends here: of a block, that of its text in its source. */
  #startColumn(): number {
    if (!this.#block) {
      return this.column - this.buffer.length;
    }
    return this.buffer.source().indexOf(this.buffer.wholeText()) + 1;
  }

  #addScalar(
    value: string,
    isBlock: boolean,
    place: { readonly line: number; readonly column: number },
    clears = true,
  ): Last {
    const tagged = this.#last?.kind === 'tag' && !reservedTags.has(this.#last.tag ?? '');
    const style: ScalarStyle =
      this.#block === undefined || this.#block.kind === 'plain' ? 'plain' : this.#block.kind;
    const token: ScalarToken = {
      kind: this.#namesNext ? 'name' : 'scalar',
      style,
      value,
      start: style === 'plain' ? Math.max(0, this.buffer.start) : this.#blockStart,
      isText: isBlock || tagged,
    };
    this.#namesNext = false;
    if (!this.#isDirective) {
      this.tokens.push(token);
    }
    const last: Last = { kind: 'text', ...place, source: this.buffer.source() };
    this.#last = last;
    if (clears) {
      this.buffer.clear();
    }
    return last;
  }

  /** A block that nothing more belongs to. */
  #endBlock(): void {
    if (this.#last?.column === 1) {
      this.fail(
        'a block without content, or that keeps the line breaks at its end, has nothing here; write "" instead',
      );
    }
    // What was read of it stays in the buffer, as in `cerbos 0.55`.
    if (this.#last?.kind !== 'text') {
      this.#addScalar('', true, { line: this.line, column: this.column }, false);
    }
    this.#block = undefined;
  }

  #addBlockText(value: string): void {
    if (!this.#block) {
      return;
    }
    this.#addScalar(value, true, { line: this.line, column: this.column });
  }

  #flowStart(char: '{' | '['): boolean {
    if (this.#hasText && !this.#isFlow) {
      return false;
    }
    this.#flush();
    this.brackets.push(this.at);
    if (char === '{') {
      this.#braces++;
    } else {
      this.#brackets++;
    }
    return this.#indicator(char, 1);
  }

  #flowEnd(char: '}' | ']'): boolean {
    if (char === '}' ? this.#braces <= 0 : this.#hasText && this.#brackets <= 0) {
      return false;
    }
    this.#flush();
    this.brackets.push(this.at);
    if (char === '}') {
      this.#braces--;
    } else {
      this.#brackets--;
    }
    return this.#indicator(char, 1);
  }

  #documentStart(): boolean {
    if (this.#indent !== 0 || this.column !== 1 || !/^---(?!-)/.test(this.text.slice(this.at, this.at + 4))) {
      return false;
    }
    if (!/^[ \t\r\n]?$/.test(this.text.charAt(this.at + 3))) {
      return false;
    }
    this.#flush();
    this.#indicator('-', 3);
    this.parentColumn = 0;
    this.#indent = 0;
    return true;
  }

  #documentEnd(): boolean {
    if (this.#indent !== 0 || this.column !== 1) {
      return false;
    }
    if (!/^\.\.\.(?!\.)/.test(this.text.slice(this.at, this.at + 4))) {
      return false;
    }
    this.#flush();
    return this.#indicator('.', 3);
  }

  /** Unquoted text goes on in a line that begins with a dash: from there on, it is read as a folded block. */
  #dashInText(): boolean {
    if (!this.#hasText || this.#indentation !== 'more') {
      return false;
    }
    this.#block = new BlockText('plain', '', 0);
    this.#block.startLine(this.column);
    this.#addText('-');
    return true;
  }

  #sequenceEntry(): boolean {
    if (this.#hasText || !/^[ \t\r\n\0]?$/.test(this.#next)) {
      return false;
    }
    if (this.buffer.sourceStartsWithTab) {
      this.fail('a tab cannot indent a list; use spaces');
    }
    this.#flush();
    this.parentColumn = this.column;
    return this.#indicator('-', 1);
  }

  #mergeKey(): boolean {
    const { text, at } = this;
    if (!/^<<(?!<)/.test(text.slice(at, at + 3))) {
      return false;
    }
    let colon = at + 2;
    while (
      text.charAt(colon) === ' ' ||
      (text.charAt(colon) === ':' && !/^[ \r\n]$/.test(text.charAt(colon + 1)))
    ) {
      colon++;
    }
    if (text.charAt(colon) !== ':') {
      return false;
    }
    this.parentColumn = this.column;
    this.tokens.push({ kind: 'scalar', style: 'plain', value: '<<', start: at, isText: true });
    return this.#indicator('<', 2);
  }

  #mappingValue(): boolean {
    if (this.#isDirective || this.#isName) {
      return false;
    }
    const next = this.#next;
    if (this.#braces <= 0 && !/^[ \t\r\n]?$/.test(next)) {
      return false;
    }
    if (this.#braces > 0 && (next === '/' || this.#last?.kind === 'mapping-value')) {
      return false;
    }
    if (this.buffer.sourceStartsWithTab && !this.buffer.startsWithTab) {
      this.fail('a tab cannot indent a key; use spaces');
    }
    const start = this.buffer.start;
    const key = this.#flush();
    if (key) {
      this.parentColumn = key.column;
    } else if (this.#last?.kind === 'quoted') {
      this.parentColumn = this.#last.column;
    }
    this.#checkKey(key ?? this.#last, key ? start : this.at);
    this.#last = { kind: 'mapping-value', line: this.line, column: this.column };
    this.advance(1);
    this.#clear();
    return true;
  }

  #checkKey(key: Last | undefined, start: number): void {
    if (key?.source === undefined) {
      return;
    }
    const source = key.source.replace(/^[ \r\n]+/, '');
    const breaks = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0;
    const isBroken = this.#isFlow
      ? key.kind === 'text' && key.line + breaks(source.replace(/[ \r\n]+$/, '')) !== this.line
      : breaks(source) > 0;
    if (isBroken) {
      this.fail('a key must be on one line with its colon', start, this.at);
    }
  }

  #blockHeader(char: '|' | '>'): boolean {
    if (this.#hasText) {
      return false;
    }
    const start = this.at;
    const lineEnd = endOfLine(this.text, start + 1);
    // In a file's last line, `cerbos 0.55` takes the last character for a line break, whatever it is.
    const end = lineEnd < this.text.length ? lineEnd : Math.max(start + 1, lineEnd - 1);
    const rest = this.text.slice(start + 1, end);
    const trimmed = rest.replace(/ +$/, '');
    const comment = trimmed.indexOf('#');
    const option = (comment > 0 ? trimmed.slice(0, comment) : trimmed).replace(/[ \t]+$/, '');
    if (option !== '' && !isBlockOption(option)) {
      this.fail(
        `what follows ${char} is no indentation and no chomping: ${option}`,
        start,
        start + 1 + rest.length,
      );
    }
    if (this.column === 1) {
      this.parentColumn = 1;
    }
    this.#last = { kind: 'block', line: this.line, column: this.column + Math.max(comment, 0) };
    this.#block = new BlockText(char === '|' ? 'literal' : 'folded', option, this.parentColumn);
    this.#blockStart = start;
    this.#indentation = 'none';
    this.buffer.clear();
    this.at = end;
    if (this.text.startsWith('\r\n', end)) {
      this.at++;
    }
    this.advanceLine();
    return true;
  }

  #tag(): boolean {
    if (this.#hasText || this.#isDirective) {
      return false;
    }
    const start = this.at;
    const end = /[ \r\n{}]/g;
    end.lastIndex = start + 1;
    let stop = end.exec(this.text)?.index ?? this.text.length;
    const comma = this.#isFlow ? this.text.slice(start, stop).indexOf(',') : -1;
    if (comma >= 0) {
      stop = start + comma;
    }
    const ender = this.text.charAt(stop);
    if (ender === '{' || ender === '}') {
      this.fail(`a tag cannot contain ${ender}`, start, stop + 1);
    }
    if (stop < this.text.length) {
      this.#last = { kind: 'tag', line: this.line, column: this.column, tag: this.text.slice(start, stop) };
    }
    const width = stop - start;
    this.column += ender === ' ' ? width : width - 1;
    this.at = ender === ' ' ? stop + 1 : stop;
    this.#clear();
    return true;
  }

  #comment(): boolean {
    if (this.#hasText && !/[ \t\r\n]/.test(this.text.charAt(this.at - 1))) {
      return false;
    }
    this.#flush();
    const end = endOfLine(this.text, this.at + 1);
    this.#last = { kind: 'other', line: this.line, column: this.column };
    this.at = end;
    this.advanceLine();
    this.#clear();
    return true;
  }

  #quoted(quote: '"' | "'"): boolean {
    if (this.#hasText) {
      return false;
    }
    const { at: start, line, column } = this;
    const before = this.buffer.source();
    const { value, end } = quote === "'" ? scanSingleQuoted(this) : scanDoubleQuoted(this);
    const style = quote === "'" ? 'single' : 'double';
    if (!this.#isDirective) {
      this.tokens.push({ kind: 'scalar', style, value, start, quotedEnd: end, isText: true });
    }
    if (/[^ \r]/.test(this.text.slice(end, this.at))) {
      this.fail('a tab between double quotes is not understood everywhere; write \\t', start, end);
    }
    this.#last = { kind: 'quoted', line, column, source: before + this.text.slice(start, end) };
    this.#clear();
    return true;
  }

  #lineBreak(char: '\r' | '\n'): true {
    const { buffer } = this;
    if (buffer.length > 0 && !this.#saved) {
      this.#saved = { line: this.line, column: this.column - buffer.visibleLength };
    }
    buffer.trimEnd();
    let code = char.charCodeAt(0);
    if (char === '\r' && this.#next === '\n') {
      buffer.addSource(code);
      this.at++;
      code = 0x0a;
    }
    if (this.at >= this.text.length - 1 || this.#isName || this.#isDirective) {
      this.#flush();
    }
    if (this.#hasText && this.#isLineStart) {
      // `cerbos 0.55` gives up at a block without content, followed by a blank line.
      if (buffer.length === 0) {
        this.fail('an empty block must be followed by content; write "" instead');
      }
      if (buffer.last() === 0x20) {
        buffer.replaceLast(0x0a);
      } else {
        buffer.addBlank(0x0a, this.at);
      }
    } else {
      buffer.add(0x20, this.at);
    }
    buffer.addSource(code);
    this.advanceLine();
    return true;
  }

  #space(): boolean {
    if (this.#isLineStart) {
      this.buffer.addSource(0x20);
      this.advance(1);
      return true;
    }
    if (this.#isDirective) {
      this.#flush();
      this.buffer.addSource(0x20);
      this.advance(1);
      return true;
    }
    if (!this.#isName) {
      return false;
    }
    this.#flush();
    this.#isName = false;
    return true;
  }

  #tab(): boolean {
    const isSkipped = (this.#hasText && this.parentColumn === 0) || this.parentColumn < this.column;
    if (isSkipped) {
      this.#indent++;
      this.buffer.addSource(0x09);
      this.at++;
      return true;
    }
    if (!this.#isFlow && this.#isLineStart) {
      this.fail('a tab cannot indent a line; use spaces');
    }
    return false;
  }

  #blockCharacter(block: BlockText, char: string): void {
    const { buffer } = this;
    let code = char.charCodeAt(0);
    buffer.addSource(code);
    if (char === '\r') {
      if (this.#next === '\n') {
        buffer.addSource(0x0a);
        this.at++;
      }
      code = 0x0a;
    }
    const isIndent = this.#isLineStart && code === 0x20;
    if (this.at >= this.text.length - 1) {
      if (isIndent) {
        block.indent(buffer, this.column);
      } else {
        buffer.add(code, this.at);
      }
      block.startLine(this.column);
      this.#checkBlock(block.indicatorProblem);
      this.#addBlockText(block.chomp(buffer.text()));
      this.#clear();
      this.advance(1);
    } else if (code === 0x0a) {
      buffer.add(code, this.at);
      block.endLine(this.column - 1);
      this.advanceLine();
      if (this.isDocumentMarker(this.at)) {
        this.#addBlockText(block.chomp(buffer.text()));
        this.#clear();
      }
    } else if (isIndent) {
      block.indent(buffer, this.column);
      this.advance(1);
    } else if (code === 0x09) {
      const isIndentation = block.isIndentation(this.column);
      if (isIndentation && this.#isLineStart) {
        this.fail('a tab cannot indent a block; use spaces');
      }
      if (isIndentation) {
        this.#blockContent(block, code);
      } else {
        buffer.addWithTab(code, this.at);
        this.advance(1);
      }
    } else {
      this.#blockContent(block, code);
    }
  }

  #blockContent(block: BlockText, code: number): void {
    this.#checkBlock(block.problemAt(this.column));
    block.startLine(this.column);
    this.#checkBlock(block.indicatorProblem);
    if (block.parentColumn > 0) {
      this.parentColumn = block.parentColumn;
    }
    block.fold(this.buffer, this.column);
    this.buffer.addWithTab(code, this.at);
    this.advance(1);
  }

  #checkBlock(problem: string | undefined): void {
    if (problem !== undefined) {
      this.fail(problem);
    }
  }
}

function endOfLine(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charAt(at) !== '\n' && text.charAt(at) !== '\r') {
    at++;
  }
  return at;
}

/** Tests the text after `|` or `>`. */
function isBlockOption(option: string): boolean {
  const digits = /^-?\+?(.*?)\+?-?$/s.exec(option)?.[1] ?? '';
  if (digits === '') {
    return true;
  }
  return digits !== '0' && /^[-+]?\d+$/.test(digits) && Number(digits) <= 9;
}
