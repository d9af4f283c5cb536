import { maxSeconds, minSeconds, Timestamp } from './timestamp';

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days from the Unix epoch to a day of the Gregorian calendar, with March as the first month of a year. */
function daysFromEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  );
}

/** @returns NaN if one of the characters is not a digit */
function digitsAt(text: string, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) {
      return NaN;
    }
    value = value * 10 + digit;
  }
  return value;
}

const dash = '-'.charCodeAt(0);
const letterT = 'T'.charCodeAt(0);
const colon = ':'.charCodeAt(0);

function hasSeparators(text: string): boolean {
  return (
    text.charCodeAt(4) === dash &&
    text.charCodeAt(7) === dash &&
    text.charCodeAt(10) === letterT &&
    text.charCodeAt(13) === colon &&
    text.charCodeAt(16) === colon
  );
}

/**
 * Parses RFC 3339 as Go does: digits after the ninth of a second are ignored.
 * @returns undefined if the text is not RFC 3339, `overflow` if the time is out of range
 */
export function readTimestamp(text: string): Timestamp | 'overflow' | undefined {
  const year = digitsAt(text, 0, 4);
  const month = digitsAt(text, 5, 2);
  const day = digitsAt(text, 8, 2);
  const hour = digitsAt(text, 11, 2);
  const minute = digitsAt(text, 14, 2);
  const second = digitsAt(text, 17, 2);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = (daysInMonth[month - 1] ?? 0) + (month === 2 && leap ? 1 : 0);
  // Comparisons are false for NaN, which stands for what is no number.
  const valid = day >= 1 && day <= days && hour <= 23 && minute <= 59 && second <= 59 && year >= 0;
  if (!valid || !hasSeparators(text)) {
    return undefined;
  }
  let at = 19;
  let nanos = 0;
  if (text.charAt(at) === '.') {
    const start = ++at;
    while (!Number.isNaN(digitsAt(text, at, 1))) {
      at++;
    }
    if (at === start) {
      return undefined;
    }
    nanos = Number(text.slice(start, Math.min(at, start + 9)).padEnd(9, '0'));
  }
  const offset = readOffset(text, at);
  if (offset === undefined) {
    return undefined;
  }
  const seconds = daysFromEpoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset * 60;
  return seconds < minSeconds || seconds > maxSeconds ? 'overflow' : new Timestamp(seconds, nanos, offset);
}

/** The offset from UTC in minutes that ends a timestamp. */
function readOffset(text: string, at: number): number | undefined {
  const sign = text.charAt(at);
  if (sign === 'Z') {
    return text.length === at + 1 ? 0 : undefined;
  }
  const hours = digitsAt(text, at + 1, 2);
  const minutes = digitsAt(text, at + 4, 2);
  const valid = text.length === at + 6 && text.charAt(at + 3) === ':' && hours <= 23 && minutes <= 59;
  if (!valid || (sign !== '+' && sign !== '-')) {
    return undefined;
  }
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes);
}

/**
 * Parses a timestamp (RFC 3339).
 * @returns undefined if the text is not RFC 3339, or not between the years 1 and 9999
 */
export function parseTimestamp(text: string): Timestamp | undefined {
  const read = readTimestamp(text);
  return read === 'overflow' ? undefined : read;
}

/** The seconds in 400 years, after which the Gregorian calendar repeats. */
const cycle = 146_097 * 86_400;

/** Also for years that JavaScript's `Date` does not reach, since messages may hold any. */
function dateTimeText(seconds: number): string {
  const cycles = Math.floor(seconds / cycle);
  const iso = new Date((seconds - cycles * cycle) * 1000).toISOString();
  const year = Number(iso.slice(0, 4)) + cycles * 400;
  return `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}${iso.slice(4, 19)}`;
}

/** RFC 3339 in the timestamp's own offset, with as many fractional digits as needed. */
export function formatTimestamp(timestamp: Timestamp): string {
  const { seconds, nanos, offsetMinutes } = timestamp;
  const local = dateTimeText(seconds + offsetMinutes * 60);
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
  if (offsetMinutes === 0) {
    return `${local}${fraction}Z`;
  }
  const total = Math.abs(offsetMinutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${local}${fraction}${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(total / 60))}:${two(total % 60)}`;
}
