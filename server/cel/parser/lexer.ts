import type { CelIssue } from '../issue';
import { Token } from './tokens';
import type { TokenKind, Tokens } from './tokens';

const tab = 9;
const newline = 10;
const formFeed = 12;
const carriageReturn = 13;
const space = 32;
const doubleQuote = 34;
const singleQuote = 39;
const dot = 46;
const zero = 48;
const underscore = 95;
const backQuote = 96;
const backslash = 92;

const keywords = new Map<string, TokenKind>([
  ['true', Token.true],
  ['false', Token.false],
  ['null', Token.null],
  ['in', Token.in],
]);

const pairs = new Map<string, TokenKind>([
  ['==', Token.equals],
  ['!=', Token.notEquals],
  ['<=', Token.lessEquals],
  ['>=', Token.greaterEquals],
  ['&&', Token.and],
  ['||', Token.or],
]);

const singles = new Map<string, TokenKind>([
  ['<', Token.less],
  ['>', Token.greater],
  ['[', Token.leftBracket],
  [']', Token.rightBracket],
  ['{', Token.leftBrace],
  ['}', Token.rightBrace],
  ['(', Token.leftParen],
  [')', Token.rightParen],
  ['.', Token.dot],
  [',', Token.comma],
  ['-', Token.minus],
  ['!', Token.not],
  ['?', Token.question],
  [':', Token.colon],
  ['+', Token.plus],
  ['*', Token.star],
  ['/', Token.slash],
  ['%', Token.percent],
]);

const escapedIdentifier = /`[A-Za-z0-9_.\-/ ]+`/y;

/** Splits a text into tokens. What is not a token is reported and skipped; a broken string is a string to its line's end. */
export function tokenize(source: string): Tokens {
  return new Lexer(source).run();
}

class Lexer {
  readonly #source: string;
  readonly #kinds: TokenKind[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #issues: CelIssue[] = [];
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  run(): Tokens {
    const source = this.#source;
    for (;;) {
      this.#skipBlank();
      if (this.#at >= source.length) {
        break;
      }
      const code = source.charCodeAt(this.#at);
      if (isLetter(code) || code === underscore) {
        this.#word();
      } else if (isDigit(code) || (code === dot && isDigit(source.charCodeAt(this.#at + 1)))) {
        this.#number();
      } else if (code === doubleQuote || code === singleQuote) {
        this.#string(Token.string, this.#at, false);
      } else if (code === backQuote) {
        this.#escaped();
      } else {
        this.#punctuation();
      }
    }
    this.#push(Token.end, source.length, source.length);
    return { kinds: this.#kinds, starts: this.#starts, ends: this.#ends, issues: this.#issues };
  }

  #push(kind: TokenKind, start: number, end: number): void {
    this.#kinds.push(kind);
    this.#starts.push(start);
    this.#ends.push(end);
    this.#at = end;
  }

  #fail(start: number, end: number): void {
    this.#issues.push({
      code: 'syntax',
      message: `Syntax error: token recognition error at: '${this.#source.slice(start, end)}'`,
      range: { start, end },
      position: start,
    });
  }

  #skipBlank(): void {
    const source = this.#source;
    for (;;) {
      const code = source.charCodeAt(this.#at);
      if (
        code === space ||
        code === tab ||
        code === newline ||
        code === carriageReturn ||
        code === formFeed
      ) {
        this.#at++;
      } else if (code === 47 && source.charCodeAt(this.#at + 1) === 47) {
        const end = source.indexOf('\n', this.#at);
        this.#at = end < 0 ? source.length : end;
      } else {
        return;
      }
    }
  }

  #word(): void {
    const source = this.#source;
    const start = this.#at;
    let end = start + 1;
    while (isWordPart(source.charCodeAt(end))) {
      end++;
    }
    // A string's prefix: r, b, br, in either case; b comes first.
    const next = source.charCodeAt(end);
    if ((next === doubleQuote || next === singleQuote) && end - start <= 2) {
      const prefix = source.slice(start, end).toLowerCase();
      if (prefix === 'r' || prefix === 'b' || prefix === 'br') {
        this.#at = end;
        this.#string(prefix.startsWith('b') ? Token.bytes : Token.string, start, prefix.endsWith('r'));
        return;
      }
    }
    this.#push(keywords.get(source.slice(start, end)) ?? Token.identifier, start, end);
  }

  #number(): void {
    const source = this.#source;
    const start = this.#at;
    let end = start;
    if (
      source.charCodeAt(start) === zero &&
      source[start + 1] === 'x' &&
      isHex(source.charCodeAt(start + 2))
    ) {
      end = start + 2;
      while (isHex(source.charCodeAt(end))) {
        end++;
      }
      this.#integer(start, end);
      return;
    }
    while (isDigit(source.charCodeAt(end))) {
      end++;
    }
    let double = false;
    if (source.charCodeAt(end) === dot && isDigit(source.charCodeAt(end + 1))) {
      double = true;
      end++;
      while (isDigit(source.charCodeAt(end))) {
        end++;
      }
    }
    const exponent = /[eE][+-]?[0-9]+/y;
    exponent.lastIndex = end;
    if (exponent.test(source)) {
      double = true;
      end = exponent.lastIndex;
    }
    if (double) {
      this.#push(Token.double, start, end);
    } else {
      this.#integer(start, end);
    }
  }

  #integer(start: number, end: number): void {
    const suffix = this.#source[end];
    if (suffix === 'u' || suffix === 'U') {
      this.#push(Token.uint, start, end + 1);
    } else {
      this.#push(Token.int, start, end);
    }
  }

  /** Reads a string whose opening quote is at the current place; `start` is where its prefix begins. */
  #string(kind: TokenKind, start: number, raw: boolean): void {
    const source = this.#source;
    const quote = source.charAt(this.#at);
    const triple = source.startsWith(quote.repeat(3), this.#at);
    const closing = triple ? quote.repeat(3) : quote;
    const quoteCode = quote.charCodeAt(0);
    let at = this.#at + closing.length;
    for (;;) {
      const code = source.charCodeAt(at);
      if (at >= source.length || (!triple && (code === newline || code === carriageReturn))) {
        this.#fail(start, at);
        break;
      }
      if (code === quoteCode && (!triple || source.startsWith(closing, at))) {
        at += closing.length;
        break;
      }
      if (code === backslash && !raw) {
        const length = escapeLength(source, at);
        if (length === 0) {
          const end = Math.min(at + 2, source.length);
          this.#fail(start, end);
          at = end;
        } else {
          at += length;
        }
      } else {
        at++;
      }
    }
    this.#push(kind, start, at);
  }

  #escaped(): void {
    const start = this.#at;
    escapedIdentifier.lastIndex = start;
    if (escapedIdentifier.test(this.#source)) {
      this.#push(Token.escapedIdentifier, start, escapedIdentifier.lastIndex);
    } else {
      this.#fail(start, start + 1);
      this.#at = start + 1;
    }
  }

  #punctuation(): void {
    const start = this.#at;
    const pair = pairs.get(this.#source.slice(start, start + 2));
    if (pair !== undefined) {
      this.#push(pair, start, start + 2);
      return;
    }
    const single = singles.get(this.#source.charAt(start));
    if (single !== undefined) {
      this.#push(single, start, start + 1);
      return;
    }
    const end = start + ((this.#source.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
    this.#fail(start, end);
    this.#at = end;
  }
}

/** How long the escape at `at` is, 0 if there is none that CEL knows. */
function escapeLength(source: string, at: number): number {
  const rest = source.charAt(at + 1);
  if (rest !== '' && 'abfnrtv"\'\\?`'.includes(rest)) {
    return 2;
  }
  const form = /[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}/y;
  form.lastIndex = at + 1;
  return form.test(source) ? form.lastIndex - at : 0;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

function isHex(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

function isWordPart(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === underscore;
}
