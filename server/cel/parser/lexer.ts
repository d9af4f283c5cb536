import type { CelIssue } from '../issue';
import { Token } from './tokens';
import type { TokenKind, Tokens } from './tokens';

const tab = 9;
const exclamation = 33;
const ampersand = 38;
const lessSign = 60;
const equalsSign = 61;
const greaterSign = 62;
const verticalBar = 124;
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

/** Tokens of one character, by its code. */
const singles: (TokenKind | undefined)[] = [];
for (const [character, kind] of [
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
] as const) {
  singles[character.charCodeAt(0)] = kind;
}

/** The token that two characters make, undefined if they do not make one. */
function pairOf(first: number, second: number): TokenKind | undefined {
  if (second === equalsSign) {
    switch (first) {
      case equalsSign:
        return Token.equals;
      case exclamation:
        return Token.notEquals;
      case lessSign:
        return Token.lessEquals;
      case greaterSign:
        return Token.greaterEquals;
    }
  }
  if (first === second) {
    return first === ampersand ? Token.and : first === verticalBar ? Token.or : undefined;
  }
  return undefined;
}

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
    const kind = end - start <= 5 ? keywords.get(source.slice(start, end)) : undefined;
    this.#push(kind ?? Token.identifier, start, end);
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
    const exponentEnd = this.#exponent(end);
    if (exponentEnd > end) {
      double = true;
      end = exponentEnd;
    }
    if (double) {
      this.#push(Token.double, start, end);
    } else {
      this.#integer(start, end);
    }
  }

  /** Where an exponent that begins at a place ends; the place itself if there is none. */
  #exponent(start: number): number {
    const source = this.#source;
    const letter = source.charCodeAt(start);
    if (letter !== 69 && letter !== 101) {
      return start;
    }
    const sign = source.charCodeAt(start + 1);
    let end = sign === 43 || sign === 45 ? start + 2 : start + 1;
    const digits = end;
    while (isDigit(source.charCodeAt(end))) {
      end++;
    }
    return end === digits ? start : end;
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
    const triple = source.charAt(this.#at + 1) === quote && source.charAt(this.#at + 2) === quote;
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
    const code = this.#source.charCodeAt(start);
    const pair = pairOf(code, this.#source.charCodeAt(start + 1));
    if (pair !== undefined) {
      this.#push(pair, start, start + 2);
      return;
    }
    const single = singles[code];
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
