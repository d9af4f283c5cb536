import { fail } from '../values/failure';
import { encodeUtf8 } from '../values/bytes';
import { Duration } from '../values/time/duration';
import { formatDuration, formatPlain } from '../values/time/duration-text';
import { isList, isMap, mapGet, mapKeys, typeNameOf } from '../values/kinds';
import { compareText } from '../values/text';
import { Timestamp } from '../values/time/timestamp';
import { formatTimestamp } from '../values/time/timestamp-text';
import { TypeValue } from '../values/type-value';
import { Uint } from '../values/uint';
import type { CelValue } from '../values/value';
import { weightOf } from '../values/operations/weight';
import type { CallContext, FunctionResult } from './define';
import { fixedDecimal, scientificDecimal } from './decimal';

/** A place in a format string where an argument goes. */
interface FormatClause {
  readonly verb: string;
  readonly precision: number;
}

/** A format string read: texts, and clauses between them; or what is wrong with it, after so many good clauses. */
interface ParsedFormat {
  readonly parts: readonly (string | FormatClause)[];
  readonly error: string | undefined;
}

const maxPrecision = 100;
const defaultPrecision = 6;

/** Reads a format string up to its first mistake. */
export function parseFormat(format: string): ParsedFormat {
  const parts: (string | FormatClause)[] = [];
  for (let at = 0; at < format.length;) {
    const percent = format.indexOf('%', at);
    if (percent < 0) {
      parts.push(format.slice(at));
      break;
    }
    if (percent > at) {
      parts.push(format.slice(at, percent));
    }
    if (format.charAt(percent + 1) === '%') {
      parts.push('%');
      at = percent + 2;
      continue;
    }
    const clause = parseClause(format, percent + 1);
    if (typeof clause === 'string') {
      return { parts, error: clause };
    }
    parts.push(clause);
    at = clause.end;
  }
  return { parts, error: undefined };
}

function parseClause(format: string, start: number): (FormatClause & { readonly end: number }) | string {
  if (start >= format.length) {
    return 'unexpected end of string';
  }
  const problem = (what: string): string => `could not parse formatting clause: ${what}`;
  const imprecise = (what: string): string => problem(`error while parsing precision: ${what}`);
  let at = start;
  let precision = defaultPrecision;
  if (format.charAt(at) === '.') {
    const digits = /^[0-9]*/.exec(format.slice(at + 1))?.[0] ?? '';
    at += 1 + digits.length;
    if (at >= format.length) {
      return imprecise('could not find end of precision specifier');
    }
    if (digits === '') {
      return imprecise(
        'error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax',
      );
    }
    precision = Number(digits);
    if (precision > maxPrecision) {
      return imprecise(`precision ${digits} exceeds maximum allowed precision ${maxPrecision}`);
    }
  }
  const verb = format.charAt(at);
  return 'sdfebxXo'.includes(verb)
    ? { verb, precision, end: at + 1 }
    : problem(`unrecognized formatting clause "${verb}"`);
}

/** `format.format(arguments)` (cel-go `ext.Strings`, version 5). */
export function formatString(
  context: CallContext,
  format: string,
  args: readonly CelValue[],
): FunctionResult {
  const { parts, error } = parseFormat(format);
  let result = '';
  let index = 0;
  for (const part of parts) {
    if (typeof part === 'string') {
      result += part;
      continue;
    }
    const argument = args[index];
    if (argument === undefined) {
      return fail(`index ${index} out of range`);
    }
    // What is shown is walked through before it is known how long it gets.
    context.spend(weightOf(argument));
    const text = formatClause(part, argument);
    if (typeof text !== 'string') {
      return fail(`error during formatting: ${text.error}`);
    }
    context.spend(text.length);
    result += text;
    index++;
  }
  if (error === undefined) {
    return result;
  }
  return fail(
    args.length <= index && error !== 'unexpected end of string' ? `index ${index} out of range` : error,
  );
}

interface Problem {
  readonly error: string;
}

/** By verb, cel-go's message for an argument of a wrong type. */
export const verbProblems: Readonly<Record<string, string>> = {
  s: 'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
  d: 'decimal clause can only be used on ints, uints, and doubles',
  f: 'fixed-point clause can only be used on ints, uints, and doubles',
  e: 'scientific clause can only be used on ints, uints, and doubles',
  b: 'only ints, uints, and bools can be formatted as binary',
  x: 'only ints, uints, bytes, and strings can be formatted as hex',
  X: 'only ints, uints, bytes, and strings can be formatted as hex',
  o: 'octal clause can only be used on ints and uints',
};

function formatClause({ verb, precision }: FormatClause, value: CelValue): string | Problem {
  const text = verb === 's' ? formatAny(value) : formatOther(verb, precision, value);
  return (
    text ?? { error: `${verbProblems[verb] ?? verb}, was given ${typeNameOf(unsupportedPart(verb, value))}` }
  );
}

/** Of a list or map that cannot be shown, the element that is to blame. */
function unsupportedPart(verb: string, value: CelValue): CelValue {
  if (verb === 's' && isList(value)) {
    const bad = value.find((element) => formatAny(element) === undefined);
    return bad === undefined ? value : unsupportedPart(verb, bad);
  }
  if (verb === 's' && isMap(value)) {
    const parts = mapKeys(value).flatMap((key) => [key, mapGet(value, key) ?? null]);
    const bad = parts.find((part) => formatAny(part) === undefined);
    return bad === undefined ? value : unsupportedPart(verb, bad);
  }
  return value;
}

function formatOther(verb: string, precision: number, value: CelValue): string | undefined {
  const integer = typeof value === 'bigint' ? value : value instanceof Uint ? value.value : undefined;
  const number = integer === undefined ? (typeof value === 'number' ? value : undefined) : Number(integer);
  switch (verb) {
    case 'd':
      if (integer !== undefined) {
        return String(integer);
      }
      return number === undefined ? undefined : formatNumber(number, formatPlain);
    case 'f':
      return number === undefined
        ? undefined
        : formatNumber(number, (finite) => fixedDecimal(finite, precision));
    case 'e':
      return number === undefined
        ? undefined
        : formatNumber(number, (finite) => scientificDecimal(finite, precision));
    case 'b':
      return typeof value === 'boolean' ? (value ? '1' : '0') : integer?.toString(2);
    case 'o':
      return integer?.toString(8);
    case 'x':
      return formatHex(value, integer);
    case 'X':
      return formatHex(value, integer)?.toUpperCase();
    default:
      return undefined;
  }
}

function formatNumber(value: number, format: (finite: number) => string): string {
  if (Number.isFinite(value)) {
    return format(value);
  }
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

function formatHex(value: CelValue, integer: bigint | undefined): string | undefined {
  if (integer !== undefined) {
    return integer.toString(16);
  }
  const bytes = typeof value === 'string' ? encodeUtf8(value) : value;
  return bytes instanceof Uint8Array
    ? Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    : undefined;
}

/**
 * Formats a value for `%s`.
 * @returns undefined for types that `%s` does not accept
 */
function formatAny(value: CelValue): string | undefined {
  switch (typeof value) {
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'string':
      return value;
    case 'number':
      return formatNumber(value, formatPlain);
    default:
      return value === null ? 'null' : formatObject(value);
  }
}

function formatObject(value: CelValue & object): string | undefined {
  if (isList(value)) {
    const elements = value.map(formatAny);
    return elements.includes(undefined) ? undefined : `[${elements.join(', ')}]`;
  }
  if (value instanceof Uint8Array) {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(value);
  }
  if (isMap(value)) {
    const entries = mapKeys(value).map(
      (key) => [formatAny(key), formatAny(mapGet(value, key) ?? null)] as const,
    );
    const sorted = entries.toSorted(([a = ''], [b = '']) => compareText(a, b));
    return sorted.some((entry) => entry.includes(undefined))
      ? undefined
      : `{${sorted.map(([key, entry]) => `${key ?? ''}: ${entry ?? ''}`).join(', ')}}`;
  }
  if (value instanceof Uint) {
    return String(value.value);
  }
  if (value instanceof Timestamp) {
    return formatTimestamp(new Timestamp(value.seconds, value.nanos));
  }
  if (value instanceof Duration) {
    return formatDuration(value);
  }
  return value instanceof TypeValue ? value.name : undefined;
}
