import { maxSeconds, minSeconds, Timestamp } from './timestamp';

const form = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;
const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Reads RFC 3339 as Go does (digits after the ninth are ignored); undefined if it is not that. */
export function readTimestamp(text: string): Timestamp | 'overflow' | undefined {
  const parts = form.exec(text);
  if (!parts) {
    return undefined;
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = (daysInMonth[month - 1] ?? 0) + (month === 2 && leap ? 1 : 0);
  const offsetHours = Number(parts[9] ?? 0);
  const offsetMinutes = Number(parts[10] ?? 0);
  if (
    day < 1 ||
    day > days ||
    hour > 23 ||
    minute > 59 ||
    second > 59 ||
    offsetHours > 23 ||
    offsetMinutes > 59
  ) {
    return undefined;
  }
  const offset = (parts[8] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes);
  // Date.UTC takes years below 100 for 1900 and later, so the year is set apart.
  const date = new Date(Date.UTC(2000, month - 1, day, hour, minute, second));
  date.setUTCFullYear(year, month - 1, day);
  const seconds = date.getTime() / 1000 - offset * 60;
  if (seconds < minSeconds || seconds > maxSeconds) {
    return 'overflow';
  }
  return new Timestamp(seconds, Number((parts[7] ?? '').slice(0, 9).padEnd(9, '0')), offset);
}

/** Reads RFC 3339; undefined if it is not that, or not between the years 1 and 9999. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const read = readTimestamp(text);
  return read === 'overflow' ? undefined : read;
}

/** RFC 3339 with as many fractional digits as needed, in the offset that the timestamp was written with. */
export function formatTimestamp(timestamp: Timestamp): string {
  const { seconds, nanos, offsetMinutes } = timestamp;
  const iso = new Date((seconds + offsetMinutes * 60) * 1000).toISOString();
  // Years outside 0 to 9999, which offsets can lead to, have a sign and six digits in JavaScript.
  const local = iso.replace(/\.\d+Z$/, '').replace(/^[+-]00/, '');
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
  if (offsetMinutes === 0) {
    return `${local}${fraction}Z`;
  }
  const total = Math.abs(offsetMinutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${local}${fraction}${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(total / 60))}:${two(total % 60)}`;
}
