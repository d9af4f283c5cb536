import { fail } from '../../values/failure';
import { codePoints, isSimple } from '../../values/text';
import type { CelValue } from '../../values/value';
import { showKey } from '../../values/operations/access';
import { contextOverload, definer, overload } from '../define';
import type { CallContext, FunctionDefinition, FunctionResult } from '../define';
import { formatString } from '../format-string';

const define = definer('strings');

function outOfRange(index: bigint): FunctionResult {
  return fail(`index out of range: ${index}`);
}

function charAt(text: string, index: bigint): FunctionResult {
  const points = codePoints(text);
  if (index < 0n || index > BigInt(points.length)) {
    return outOfRange(index);
  }
  return points[Number(index)] ?? '';
}

/** The code point at which a UTF-16 offset is. */
function pointAt(text: string, offset: number): bigint {
  return BigInt(isSimple(text) ? offset : codePoints(text.slice(0, offset)).length);
}

/** The UTF-16 offset of a code point. */
function offsetOf(text: string, point: bigint): number {
  return isSimple(text) ? Number(point) : codePoints(text).slice(0, Number(point)).join('').length;
}

function indexOf(context: CallContext, text: string, search: string, start = 0n): FunctionResult {
  if (start < 0n) {
    return outOfRange(start);
  }
  context.spend((text.length * Math.max(1, search.length)) / 10);
  const length = pointAt(text, text.length);
  if (search === '') {
    return start > length ? length : start;
  }
  const at = start >= length ? -1 : text.indexOf(search, offsetOf(text, start));
  return at < 0 ? -1n : pointAt(text, at);
}

function lastIndexOf(context: CallContext, text: string, search: string, start?: bigint): FunctionResult {
  context.spend((text.length * Math.max(1, search.length)) / 10);
  const length = pointAt(text, text.length);
  const from = start ?? length - 1n;
  if (search === '') {
    return start === undefined || from > length
      ? from < 0n && start !== undefined
        ? outOfRange(from)
        : length
      : from < 0n
        ? outOfRange(from)
        : from;
  }
  if (start === undefined && text.length < search.length) {
    return -1n;
  }
  if (from < 0n) {
    return outOfRange(from);
  }
  if (from >= length) {
    return -1n;
  }
  const at = text.lastIndexOf(search, offsetOf(text, from));
  return at < 0 ? -1n : pointAt(text, at);
}

function replaceText(
  context: CallContext,
  text: string,
  old: string,
  replacement: string,
  limit = -1n,
): FunctionResult {
  const count = limit < 0n ? Infinity : Number(limit);
  context.spend(text.length * (old === '' ? replacement.length + 1 : 1));
  if (count === 0) {
    return text;
  }
  const parts: string[] = [];
  if (old === '') {
    // An empty text stands before every code point, and at the end.
    const points = codePoints(text);
    for (const [index, point] of points.entries()) {
      parts.push(index < count ? replacement + point : point);
    }
    return parts.join('') + (points.length < count ? replacement : '');
  }
  let at = 0;
  for (let done = 0; done < count; done++) {
    const next = text.indexOf(old, at);
    if (next < 0) {
      break;
    }
    context.spend(replacement.length);
    parts.push(text.slice(at, next), replacement);
    at = next + old.length;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

function splitText(context: CallContext, text: string, separator: string, limit = -1n): FunctionResult {
  context.spend(text.length);
  if (limit === 0n) {
    return [];
  }
  const parts: readonly string[] = separator === '' ? codePoints(text) : text.split(separator);
  if (limit < 0n || BigInt(parts.length) <= limit) {
    return parts;
  }
  const kept = Number(limit) - 1;
  return [...parts.slice(0, kept), parts.slice(kept).join(separator)];
}

function substring(text: string, start: bigint, end?: bigint): FunctionResult {
  const points = codePoints(text);
  const length = BigInt(points.length);
  if (end !== undefined && start > end) {
    return fail(`invalid substring range. start: ${start}, end: ${end}`);
  }
  if (start < 0n || start > length) {
    return outOfRange(start);
  }
  if (end !== undefined && (end < 0n || end > length)) {
    return outOfRange(end);
  }
  return points.slice(Number(start), end === undefined ? undefined : Number(end)).join('');
}

const spaces = new Set([
  ...codePoints('\t\n\v\f\r \u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000'),
  ...codePoints('\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a'),
]);

function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && spaces.has(text.charAt(start))) {
    start++;
  }
  while (end > start && spaces.has(text.charAt(end - 1))) {
    end--;
  }
  return text.slice(start, end);
}

function join(context: CallContext, parts: readonly CelValue[], separator = ''): FunctionResult {
  const texts: string[] = [];
  for (const part of parts) {
    if (typeof part !== 'string') {
      return fail(`join: invalid input: ${showKey(part)}`);
    }
    context.spend(1 + part.length + separator.length);
    texts.push(part);
  }
  return texts.join(separator);
}

const quoted = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
]);

function quoteText(text: string): string {
  let result = '"';
  for (const point of text) {
    const code = point.codePointAt(0) ?? 0;
    // A surrogate on its own is no code point.
    result += code >= 0xd800 && code <= 0xdfff ? '\ufffd' : (quoted.get(point) ?? point);
  }
  return `${result}"`;
}

/** The library of string functions (cel-go `ext.Strings`). Positions count code points. */
export const stringFunctions: readonly FunctionDefinition[] = [
  define('charAt', [
    overload(
      'string_char_at_int',
      'string.charAt(index: int): string',
      'The character at a position; empty at the end of the text.',
      "'hello'.charAt(4) // 'o'",
      charAt,
    ),
  ]),
  define('indexOf', [
    contextOverload(
      'string_index_of_string',
      'string.indexOf(search: string): int',
      'Where a text first occurs, -1 if it does not.',
      "'hello'.indexOf('l') // 2",
      indexOf,
    ),
    contextOverload(
      'string_index_of_string_int',
      'string.indexOf(search: string, start: int): int',
      'Where a text first occurs at or after a position, -1 if it does not.',
      "'hello'.indexOf('l', 3) // 3",
      indexOf,
    ),
  ]),
  define('lastIndexOf', [
    contextOverload(
      'string_last_index_of_string',
      'string.lastIndexOf(search: string): int',
      'Where a text last occurs, -1 if it does not.',
      "'hello'.lastIndexOf('l') // 3",
      lastIndexOf,
    ),
    contextOverload(
      'string_last_index_of_string_int',
      'string.lastIndexOf(search: string, start: int): int',
      'Where a text last occurs at or before a position, -1 if it does not.',
      "'hello'.lastIndexOf('l', 2) // 2",
      lastIndexOf,
    ),
  ]),
  define('lowerAscii', [
    overload(
      'string_lower_ascii',
      'string.lowerAscii(): string',
      'The text with the letters A to Z made small.',
      "'HeLLo'.lowerAscii() // 'hello'",
      (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
    ),
  ]),
  define('upperAscii', [
    overload(
      'string_upper_ascii',
      'string.upperAscii(): string',
      'The text with the letters a to z made capital.',
      "'HeLLo'.upperAscii() // 'HELLO'",
      (text: string) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
    ),
  ]),
  define('replace', [
    contextOverload(
      'string_replace_string_string',
      'string.replace(old: string, new: string): string',
      'The text with every occurrence of one text replaced by another.',
      "'hello'.replace('l', 'L') // 'heLLo'",
      replaceText,
    ),
    contextOverload(
      'string_replace_string_string_int',
      'string.replace(old: string, new: string, count: int): string',
      'The text with the first so many occurrences replaced; all of them if the count is negative.',
      "'hello'.replace('l', 'L', 1) // 'heLlo'",
      replaceText,
    ),
  ]),
  define('split', [
    contextOverload(
      'string_split_string',
      'string.split(separator: string): list(string)',
      'The parts between separators. An empty separator gives the characters.',
      "'a,b'.split(',') // ['a', 'b']",
      splitText,
    ),
    contextOverload(
      'string_split_string_int',
      'string.split(separator: string, count: int): list(string)',
      'At most so many parts, the last with the rest; all of them if the count is negative.',
      "'a,b,c'.split(',', 2) // ['a', 'b,c']",
      splitText,
    ),
  ]),
  define('substring', [
    overload(
      'string_substring_int',
      'string.substring(start: int): string',
      'The text from a position on.',
      "'hello'.substring(2) // 'llo'",
      substring,
    ),
    overload(
      'string_substring_int_int',
      'string.substring(start: int, end: int): string',
      'The text from one position to before another.',
      "'hello'.substring(1, 3) // 'el'",
      substring,
    ),
  ]),
  define('trim', [
    overload(
      'string_trim',
      'string.trim(): string',
      'The text without white space at both ends.',
      "'  a '.trim() // 'a'",
      trim,
    ),
  ]),
  define('format', [
    contextOverload(
      'string_format',
      'string.format(arguments: list(dyn)): string',
      'The text with `%s`, `%d`, `%f`, `%e`, `%b`, `%x`, `%X` and `%o` replaced by arguments; `%%` is a percent sign.',
      "'%s has %d'.format(['a', 1]) // 'a has 1'",
      formatString,
    ),
  ]),
  define('strings.quote', [
    overload(
      'strings_quote',
      'strings.quote(text: string): string',
      'The text in double quotes, with escapes.',
      'strings.quote(\'a"b\') // \'"a\\\\"b"\'',
      quoteText,
    ),
  ]),
  define('join', [
    contextOverload(
      'list_join',
      'list(string).join(): string',
      'All texts, one after the other.',
      "['a', 'b'].join() // 'ab'",
      join,
    ),
    contextOverload(
      'list_join_string',
      'list(string).join(separator: string): string',
      'All texts with a separator between them.',
      "['a', 'b'].join('-') // 'a-b'",
      join,
    ),
  ]),
  define('reverse', [
    overload(
      'string_reverse',
      'string.reverse(): string',
      'The characters from last to first.',
      "'abc'.reverse() // 'cba'",
      (text: string) => codePoints(text).toReversed().join(''),
    ),
  ]),
];
