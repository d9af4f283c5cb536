import { fail } from '../values/failure';
import type { Failure } from '../values/failure';
import type { Timestamp } from '../values/time/timestamp';

/** Parts of the database's names that Go takes for names, and finds to be directories. */
const directories = new Set(
  '. Africa America Antarctica Arctic Asia Atlantic Australia Brazil Canada Chile Etc Europe Indian Mexico Pacific US'.split(
    ' ',
  ),
);

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** A `Date` whose UTC fields are the local time of a timestamp in a zone: a name of the IANA database, or `+hh:mm`. */
export function inZone(timestamp: Timestamp, zone: string): Date | Failure {
  if (zone === 'UTC' || zone === '') {
    return localDate(timestamp, 0);
  }
  const colon = zone.indexOf(':');
  if (colon >= 0) {
    return inOffset(timestamp, zone, colon);
  }
  if (zone.startsWith('/') || zone.startsWith('\\') || zone.includes('..')) {
    return fail('time: invalid location name');
  }
  if (directories.has(zone)) {
    return fail('is a directory');
  }
  const format = zoneFormat(zone);
  return format ? inNamedZone(timestamp, format) : fail(`unknown time zone ${zone}`);
}

function localDate(timestamp: Timestamp, offsetSeconds: number): Date {
  return new Date((timestamp.seconds + offsetSeconds) * 1000 + Math.floor(timestamp.nanos / 1e6));
}

function inOffset(timestamp: Timestamp, zone: string, colon: number): Date | Failure {
  const parts = [zone.slice(0, colon), zone.slice(colon + 1)];
  const wrong = parts.find((part) => !/^[+-]?[0-9]+$/.test(part));
  if (wrong !== undefined) {
    return fail(`strconv.Atoi: parsing ${JSON.stringify(wrong)}: invalid syntax`);
  }
  const [hours = 0, minutes = 0] = parts.map(Number);
  const offset = zone.startsWith('-') ? hours * 60 - minutes : hours * 60 + minutes;
  const date = localDate(timestamp, offset * 60);
  return Number.isNaN(date.getTime()) ? fail('timestamp overflow') : date;
}

/** Zone names are looked up case-sensitively by Go; every part of one begins with a capital letter. */
function zoneFormat(zone: string): Intl.DateTimeFormat | undefined {
  if (formats.has(zone)) {
    return formats.get(zone);
  }
  let format: Intl.DateTimeFormat | undefined;
  if (zone === 'Local') {
    format = new Intl.DateTimeFormat('en-US', fields());
  } else if (/^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*)*$/.test(zone)) {
    try {
      format = new Intl.DateTimeFormat('en-US', { ...fields(), timeZone: zone });
    } catch {
      format = undefined;
    }
  }
  if (formats.size > 1000) {
    formats.clear();
  }
  formats.set(zone, format);
  return format;
}

function fields(): Intl.DateTimeFormatOptions {
  return {
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  };
}

function inNamedZone(timestamp: Timestamp, format: Intl.DateTimeFormat): Date {
  const values = new Map(
    format.formatToParts(timestamp.seconds * 1000).map((part) => [part.type, part.value]),
  );
  const field = (name: Intl.DateTimeFormatPartTypes): number => Number(values.get(name) ?? 0);
  const year = values.get('era')?.startsWith('B') ? 1 - field('year') : field('year');
  const date = new Date(0);
  date.setUTCFullYear(year, field('month') - 1, field('day'));
  date.setUTCHours(field('hour'), field('minute'), field('second'), Math.floor(timestamp.nanos / 1e6));
  return date;
}
