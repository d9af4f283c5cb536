import type { LiteralValue } from '../ast';
import { Uint } from '../values/uint';
import { Token } from './tokens';

/** A string's or byte string's content, or why its text is not one (cel-go's wording). */
type Unquoted<T> = { readonly value: T } | { readonly error: string };

const maxInt = 2n ** 63n - 1n;
const minInt = -(2n ** 63n);
const maxUint = 2n ** 64n - 1n;

/** Small numbers, which most are, made once. */
const smallInts: readonly bigint[] = Array.from({ length: 256 }, (_, index) => BigInt(index));

/** The value of a literal's text without its sign, or why it has none; undefined if the token is no such literal. */
export function readLiteral(
  kind: number,
  text: string,
  negative: boolean,
): Unquoted<LiteralValue> | undefined {
  switch (kind) {
    case Token.int: {
      const value = readInt(text, negative);
      return value === undefined ? { error: 'invalid int literal' } : { value };
    }
    case Token.uint: {
      const value = readUint(text);
      return value === undefined ? { error: 'invalid uint literal' } : { value };
    }
    case Token.double: {
      const value = readDouble(text);
      return value === undefined ? { error: 'invalid double literal' } : { value: negative ? -value : value };
    }
    case Token.string:
      return readString(text);
    case Token.plainString:
      return { value: text.slice(1, -1) };
    case Token.bytes:
      return readBytes(text);
    default:
      return undefined;
  }
}

/** Reads an int literal, with its sign; undefined if it does not fit. */
function readInt(text: string, negative: boolean): bigint | undefined {
  const small = negative ? undefined : smallInts[readSimple(text)];
  if (small !== undefined) {
    return small;
  }
  const magnitude = BigInt(text);
  const value = negative ? -magnitude : magnitude;
  return value < minInt || value > maxInt ? undefined : value;
}

/** Reads a uint literal with its `u`; undefined if it does not fit. */
function readUint(text: string): Uint | undefined {
  const value = BigInt(text.slice(0, -1));
  return value > maxUint ? undefined : new Uint(value);
}

/** Reads a double literal; undefined if it is too large. */
function readDouble(text: string): number | undefined {
  const simple = readSimple(text);
  const value = simple < 0 ? Number(text) : simple;
  return Number.isFinite(value) ? value : undefined;
}

const powersOfTen = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/**
 * The number that a few decimal digits with at most one dot among them mean, -1 for other texts. Both the digits and
 * the power of ten are exact as doubles, so their quotient is rounded once and right.
 */
function readSimple(text: string): number {
  const { length } = text;
  if (length > 15) {
    return -1;
  }
  let digits = 0;
  let fraction = 0;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      fraction = length - at - 1;
    } else if (code >= 48 && code <= 57) {
      digits = digits * 10 + (code - 48);
    } else {
      return -1;
    }
  }
  return digits / (powersOfTen[fraction] ?? NaN);
}

/** The content of a string literal (CEL specification, "String and bytes values"). */
function readString(token: string): Unquoted<string> {
  const { content, raw } = strip(token);
  if (raw || !content.includes('\\')) {
    return { value: content };
  }
  let result = '';
  for (let at = 0; at < content.length;) {
    const next = content.indexOf('\\', at);
    if (next < 0) {
      result += content.slice(at);
      break;
    }
    result += content.slice(at, next);
    const escape = readEscape(content, next);
    if (escape === undefined) {
      return { error: 'unable to unescape string' };
    }
    if (escape.code > 0x10ffff || (escape.code >= 0xd800 && escape.code <= 0xdfff)) {
      return { error: 'invalid unicode code point' };
    }
    result += String.fromCodePoint(escape.code);
    at = escape.end;
  }
  return { value: result };
}

/** The content of a byte string literal: escapes are bytes, everything else is UTF-8. */
function readBytes(token: string): Unquoted<Uint8Array> {
  const { content, raw } = strip(token.slice(1));
  const encoder = new TextEncoder();
  if (raw || !content.includes('\\')) {
    return { value: encoder.encode(content) };
  }
  const bytes: number[] = [];
  for (let at = 0; at < content.length;) {
    const next = content.indexOf('\\', at);
    const end = next < 0 ? content.length : next;
    for (const byte of encoder.encode(content.slice(at, end))) {
      bytes.push(byte);
    }
    if (next < 0) {
      break;
    }
    const escape = readEscape(content, next);
    if (escape === undefined || escape.unicode) {
      return { error: 'unable to unescape string' };
    }
    bytes.push(escape.code & 0xff);
    at = escape.end;
  }
  return { value: Uint8Array.from(bytes) };
}

/** Takes prefix and quotes off. Line ends of all kinds become `\n`. A string that never closed has no closing quote. */
function strip(token: string): { content: string; raw: boolean } {
  const raw = token.startsWith('r') || token.startsWith('R');
  const quoted = (raw ? token.slice(1) : token).replace(/\r\n?/g, '\n');
  const quote = quoted.charAt(0);
  const triple = quote.repeat(3);
  const opening = quoted.startsWith(triple) && quoted.length >= 6 ? triple : quote;
  const closed = quoted.length >= 2 * opening.length && quoted.endsWith(opening);
  return { content: quoted.slice(opening.length, closed ? -opening.length : undefined), raw };
}

const simpleEscapes = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
]);

function readEscape(text: string, at: number): { code: number; end: number; unicode: boolean } | undefined {
  const letter = text.charAt(at + 1);
  const digits = { x: 2, X: 2, u: 4, U: 8 }[letter];
  if (digits !== undefined) {
    const hex = text.slice(at + 2, at + 2 + digits);
    return hex.length === digits && /^[0-9a-fA-F]+$/.test(hex)
      ? { code: parseInt(hex, 16), end: at + 2 + digits, unicode: letter === 'u' || letter === 'U' }
      : undefined;
  }
  if (letter >= '0' && letter <= '3') {
    const octal = text.slice(at + 1, at + 4);
    return /^[0-3][0-7]{2}$/.test(octal)
      ? { code: parseInt(octal, 8), end: at + 4, unicode: false }
      : undefined;
  }
  const simple = simpleEscapes.get(letter);
  if (simple !== undefined) {
    return { code: simple, end: at + 2, unicode: false };
  }
  return letter !== '' && '"\'\\?`'.includes(letter)
    ? { code: letter.charCodeAt(0), end: at + 2, unicode: false }
    : undefined;
}
