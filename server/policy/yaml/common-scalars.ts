import { commonBlock } from './common-block';
import {
  backslash,
  bar,
  blank,
  closeBrace,
  closeBracket,
  colon,
  comma,
  doubleQuote,
  greater,
  hash,
  isEndOrBlank,
  isFlowIndicator,
  lineBreak,
  mayBegin,
  openBrace,
  openBracket,
  singleQuote,
  uncommon,
} from './common-text';
import type { ScalarStyle, YamlEntry, YamlNode, YamlScalar } from './node';
import { plainScalar } from './scalar';

/** Where unquoted text stands, which decides on the characters that end it. */
type Context = 'block' | 'flow key' | 'flow value' | 'flow item';

const maxFlowDepth = 30;

const escapes: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', n: '\n', t: '\t' };

/** Reads scalars and flow collections of one line, and blocks. Throws {@link uncommon} at all else. */
export class CommonScalars {
  readonly text: string;
  /** The offset of the next character. */
  protected at = 0;
  /** How many pairs of braces surround it. */
  #braces = 0;

  constructor(text: string) {
    this.text = text;
  }

  protected skipBlanks(): void {
    while (this.text.charCodeAt(this.at) === blank) {
      this.at++;
    }
  }

  /** A scalar or flow collection; undefined before a literal or folded block. */
  protected inlineValue(depth: number): YamlNode | undefined {
    switch (this.text.charCodeAt(this.at)) {
      case openBrace:
        return this.#flowMapping(depth + 1);
      case openBracket:
        return this.#flowSequence(depth + 1);
      case bar:
      case greater:
        return undefined;
      default:
        return this.scalar();
    }
  }

  /** A literal or folded block, with its last line break. */
  protected block(parentIndent: number): YamlScalar {
    const { value, end } = commonBlock(this.text, this.at, parentIndent);
    const start = this.at;
    this.at = end;
    const style = this.text.charCodeAt(start) === bar ? 'literal' : 'folded';
    const text = this.text.slice(start, end);
    return { kind: 'scalar', style, type: 'Literal', value, text, start, end, mark: start };
  }

  protected scalar(context: Context = 'block'): YamlScalar {
    switch (this.text.charCodeAt(this.at)) {
      case doubleQuote:
        return this.#doubleQuoted();
      case singleQuote:
        return this.#singleQuoted();
      default:
        return this.#plain(context);
    }
  }

  #plain(context: Context): YamlScalar {
    const { text, at: start } = this;
    if (!mayBegin(text.charCodeAt(start), text.charCodeAt(start + 1))) {
      throw uncommon;
    }
    let end = start;
    let at = start;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === lineBreak || (code === hash && at > end)) {
        break;
      }
      if (code === colon && this.#isKeyEnd(at, context)) {
        break;
      }
      if (context !== 'block' && isFlowIndicator(code)) {
        break;
      }
      if (code !== blank) {
        end = at + 1;
      }
    }
    this.at = at;
    const source = text.slice(start, end);
    const { type, value } = plainScalar(source);
    return { kind: 'scalar', style: 'plain', type, value, text: source, start, end, mark: start };
  }

  /** True if a colon ends a key. In flow collections, readers differ on some colons before other characters. */
  #isKeyEnd(at: number, context: Context): boolean {
    const next = this.text.charCodeAt(at + 1);
    if (isEndOrBlank(next)) {
      return true;
    }
    if (context === 'block') {
      return false;
    }
    if (isFlowIndicator(next) || context === 'flow key' || (context === 'flow item' && this.#braces > 0)) {
      throw uncommon;
    }
    return false;
  }

  #doubleQuoted(): YamlScalar {
    const { text, at: start } = this;
    let at = start + 1;
    let done = at;
    let value = '';
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === doubleQuote) {
        value += text.slice(done, at);
        return this.#quoted('double', value, at + 1);
      }
      if (code === lineBreak) {
        break;
      }
      if (code === backslash) {
        const escaped = escapes[text.charAt(at + 1)];
        if (escaped === undefined) {
          break;
        }
        value += text.slice(done, at) + escaped;
        at++;
        done = at + 1;
      }
    }
    throw uncommon;
  }

  #singleQuoted(): YamlScalar {
    const { text } = this;
    let end = text.indexOf("'", this.at + 1);
    while (text.charCodeAt(end + 1) === singleQuote && end >= 0) {
      end = text.indexOf("'", end + 2);
    }
    const source = text.slice(this.at + 1, end);
    if (end < 0 || source.includes('\n')) {
      throw uncommon;
    }
    return this.#quoted('single', source.replaceAll("''", "'"), end + 1);
  }

  #quoted(style: ScalarStyle, value: string, end: number): YamlScalar {
    const start = this.at;
    this.at = end;
    const text = this.text.slice(start, end);
    return { kind: 'scalar', style, type: 'String', value, text, start, end, mark: start };
  }

  #flowMapping(depth: number): YamlNode {
    const start = this.#open(depth);
    const entries: YamlEntry[] = [];
    this.#braces++;
    for (let more = !this.#closes(closeBrace); more; more = this.#continues(closeBrace)) {
      const key = this.scalar('flow key');
      if (this.at !== key.end || this.text.charCodeAt(this.at) !== colon) {
        throw uncommon;
      }
      this.at++;
      if (this.text.charCodeAt(this.at) !== blank) {
        throw uncommon;
      }
      this.skipBlanks();
      entries.push({ key, value: this.#flowValue('flow value', depth) });
    }
    this.#braces--;
    return { kind: 'map', flow: true, entries, start, end: this.at, mark: start };
  }

  #flowSequence(depth: number): YamlNode {
    const start = this.#open(depth);
    const items: YamlNode[] = [];
    for (let more = !this.#closes(closeBracket); more; more = this.#continues(closeBracket)) {
      items.push(this.#flowValue('flow item', depth));
    }
    return { kind: 'sequence', flow: true, items, start, end: this.at, mark: start };
  }

  #flowValue(context: Context, depth: number): YamlNode {
    switch (this.text.charCodeAt(this.at)) {
      case openBrace:
        return this.#flowMapping(depth + 1);
      case openBracket:
        return this.#flowSequence(depth + 1);
      default:
        return this.scalar(context);
    }
  }

  #open(depth: number): number {
    if (depth > maxFlowDepth) {
      throw uncommon;
    }
    const start = this.at;
    this.at++;
    this.skipBlanks();
    return start;
  }

  #closes(end: number): boolean {
    if (this.text.charCodeAt(this.at) !== end) {
      return false;
    }
    this.at++;
    return true;
  }

  /** Moves past what follows a value: true before the next, false behind the end. */
  #continues(end: number): boolean {
    this.skipBlanks();
    if (this.#closes(end)) {
      return false;
    }
    if (this.text.charCodeAt(this.at) !== comma) {
      throw uncommon;
    }
    this.at++;
    this.skipBlanks();
    return true;
  }
}
