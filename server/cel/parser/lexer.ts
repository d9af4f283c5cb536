import { Token, Tokens } from './tokens';
import type { TokenKind } from './tokens';

const newline = 10;
const carriageReturn = 13;
const exclamation = 33;
const doubleQuote = 34;
const ampersand = 38;
const singleQuote = 39;
const dot = 46;
const slash = 47;
const zero = 48;
const lessSign = 60;
const equalsSign = 61;
const greaterSign = 62;
const backslash = 92;
const verticalBar = 124;

/** The classes of ASCII characters, by the token that a character can begin. */
const Class = { other: 0, letter: 1, digit: 2, blank: 3, quote: 4, dot: 5, slash: 6, backQuote: 7 } as const;
const classes = new Uint8Array(128);
for (const [characters, value] of [
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_', Class.letter],
  ['0123456789', Class.digit],
  [' \t\n\r\f', Class.blank],
  ['"\'', Class.quote],
  ['.', Class.dot],
  ['/', Class.slash],
  ['`', Class.backQuote],
] as const) {
  for (const character of characters) {
    classes[character.charCodeAt(0)] = value;
  }
}

/** 1 for what can stand inside a name. */
const wordParts = classes.map((found) => (found === Class.letter || found === Class.digit ? 1 : 0));

/** Tokens of one character, by its code. */
const singles: (TokenKind | undefined)[] = new Array<TokenKind | undefined>(128).fill(undefined);
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

/** Room for the tokens of most texts, used again and again: reading a text ends before the next one begins. */
const sharedCapacity = 4096;
const shared = new Tokens(sharedCapacity);

/** Splits a text into tokens. What is not a token is reported and skipped; a broken string is a string to its line's end. */
export function tokenize(source: string): Tokens {
  // No text has more tokens than characters, and the end.
  const tokens = source.length < sharedCapacity ? shared : new Tokens(source.length + 1);
  tokens.used = 0;
  tokens.issues = [];
  const { length } = source;
  let at = 0;
  while (at < length) {
    const code = source.charCodeAt(at);
    switch (code < 128 ? classes[code] : Class.other) {
      case Class.blank:
        at++;
        break;
      case Class.letter:
        at = word(source, at, tokens);
        break;
      case Class.digit:
        at = number(source, at, tokens);
        break;
      case Class.quote:
        at = string(source, at, at, Token.string, false, tokens);
        break;
      case Class.dot:
        if (isDigit(source.charCodeAt(at + 1))) {
          at = number(source, at, tokens);
        } else {
          tokens.add(Token.dot, at, at + 1);
          at++;
        }
        break;
      case Class.slash:
        if (source.charCodeAt(at + 1) === slash) {
          const end = source.indexOf('\n', at);
          at = end < 0 ? length : end;
        } else {
          tokens.add(Token.slash, at, at + 1);
          at++;
        }
        break;
      case Class.backQuote:
        at = escaped(source, at, tokens);
        break;
      default:
        at = punctuation(source, at, code, tokens);
    }
  }
  tokens.add(Token.end, length, length);
  return tokens;
}

function fail(source: string, start: number, end: number, tokens: Tokens): void {
  tokens.issues.push({
    code: 'syntax',
    message: `Syntax error: token recognition error at: '${source.slice(start, end)}'`,
    range: { start, end },
    position: start,
  });
}

function word(source: string, start: number, tokens: Tokens): number {
  const { length } = source;
  let end = start + 1;
  while (end < length && isWordPart(source.charCodeAt(end))) {
    end++;
  }
  // A string's prefix: r, b, br, in either case; b comes first.
  if (end - start <= 2 && end < length && isQuote(source.charCodeAt(end))) {
    const prefix = source.slice(start, end).toLowerCase();
    if (prefix === 'r' || prefix === 'b' || prefix === 'br') {
      const kind = prefix.startsWith('b') ? Token.bytes : Token.string;
      return string(source, end, start, kind, prefix.endsWith('r'), tokens);
    }
  }
  tokens.add(wordKind(source, start, end), start, end);
  return end;
}

/** Tells the words of the language from names. */
function wordKind(source: string, start: number, end: number): TokenKind {
  switch (end - start) {
    case 2:
      return source.startsWith('in', start) ? Token.in : Token.identifier;
    case 4:
      return source.startsWith('true', start)
        ? Token.true
        : source.startsWith('null', start)
          ? Token.null
          : Token.identifier;
    case 5:
      return source.startsWith('false', start) ? Token.false : Token.identifier;
    default:
      return Token.identifier;
  }
}

function number(source: string, start: number, tokens: Tokens): number {
  if (source.charCodeAt(start) === zero && source[start + 1] === 'x' && isHex(source.charCodeAt(start + 2))) {
    let end = start + 3;
    while (isHex(source.charCodeAt(end))) {
      end++;
    }
    return integer(source, start, end, tokens);
  }
  let end = digits(source, start);
  let kind: TokenKind = Token.int;
  if (source.charCodeAt(end) === dot && isDigit(source.charCodeAt(end + 1))) {
    kind = Token.double;
    end = digits(source, end + 1);
  }
  const exponentEnd = exponent(source, end);
  if (exponentEnd > end) {
    kind = Token.double;
    end = exponentEnd;
  }
  if (kind === Token.int) {
    return integer(source, start, end, tokens);
  }
  tokens.add(kind, start, end);
  return end;
}

function digits(source: string, start: number): number {
  let end = start;
  while (isDigit(source.charCodeAt(end))) {
    end++;
  }
  return end;
}

/** The end of the exponent that begins at `start`; `start` itself if there is none. */
function exponent(source: string, start: number): number {
  const letter = source.charCodeAt(start);
  if (letter !== 69 && letter !== 101) {
    return start;
  }
  const sign = source.charCodeAt(start + 1);
  const first = sign === 43 || sign === 45 ? start + 2 : start + 1;
  const end = digits(source, first);
  return end === first ? start : end;
}

function integer(source: string, start: number, end: number, tokens: Tokens): number {
  const suffix = source.charCodeAt(end);
  if (suffix === 85 || suffix === 117) {
    tokens.add(Token.uint, start, end + 1);
    return end + 1;
  }
  tokens.add(Token.int, start, end);
  return end;
}

/** Reads a string whose opening quote is at a place; `start` is where its prefix begins. */
function string(
  source: string,
  open: number,
  start: number,
  kind: TokenKind,
  raw: boolean,
  tokens: Tokens,
): number {
  const { length } = source;
  const quote = source.charCodeAt(open);
  const triple = source.charCodeAt(open + 1) === quote && source.charCodeAt(open + 2) === quote;
  const closing = triple ? source.charAt(open).repeat(3) : '';
  let plain = kind === Token.string && start === open && !triple;
  let at = open + (triple ? 3 : 1);
  for (;;) {
    const code = at < length ? source.charCodeAt(at) : newline;
    if (code === quote && (!triple || source.startsWith(closing, at))) {
      at += triple ? 3 : 1;
      break;
    }
    if (at >= length || (!triple && (code === newline || code === carriageReturn))) {
      fail(source, start, at, tokens);
      plain = false;
      break;
    }
    if (code === backslash && !raw) {
      plain = false;
      const escape = escapeLength(source, at);
      if (escape === 0) {
        const end = Math.min(at + 2, length);
        fail(source, start, end, tokens);
        at = end;
      } else {
        at += escape;
      }
    } else {
      at++;
    }
  }
  tokens.add(plain ? Token.plainString : kind, start, at);
  return at;
}

const escapedIdentifier = /`[A-Za-z0-9_.\-/ ]+`/y;

function escaped(source: string, start: number, tokens: Tokens): number {
  escapedIdentifier.lastIndex = start;
  if (escapedIdentifier.test(source)) {
    tokens.add(Token.escapedIdentifier, start, escapedIdentifier.lastIndex);
    return escapedIdentifier.lastIndex;
  }
  fail(source, start, start + 1, tokens);
  return start + 1;
}

function punctuation(source: string, start: number, code: number, tokens: Tokens): number {
  const pair = pairOf(code, source.charCodeAt(start + 1));
  if (pair !== undefined) {
    tokens.add(pair, start, start + 2);
    return start + 2;
  }
  const single = code < 128 ? singles[code] : undefined;
  if (single !== undefined) {
    tokens.add(single, start, start + 1);
    return start + 1;
  }
  const end = start + ((source.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
  fail(source, start, end, tokens);
  return end;
}

/** The length of the escape at `at`; 0 if CEL has no such escape. */
function escapeLength(source: string, at: number): number {
  const rest = source.charAt(at + 1);
  if (rest !== '' && 'abfnrtv"\'\\?`'.includes(rest)) {
    return 2;
  }
  const form = /[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}/y;
  form.lastIndex = at + 1;
  return form.test(source) ? form.lastIndex - at : 0;
}

function isQuote(code: number): boolean {
  return code === doubleQuote || code === singleQuote;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isHex(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

function isWordPart(code: number): boolean {
  return code < 128 && wordParts[code] === 1;
}
