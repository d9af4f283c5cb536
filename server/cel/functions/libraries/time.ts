import { Failure } from '../../values/failure';
import type { Duration } from '../../values/time/duration';
import type { Timestamp } from '../../values/time/timestamp';
import { definer, overload } from '../define';
import type { FunctionDefinition, FunctionResult, Overload } from '../define';
import { inZone } from '../time-zone';

const define = definer('standard');

const day = 86_400_000;

function dayOfYear(date: Date): number {
  const start = new Date(date);
  start.setUTCMonth(0, 1);
  return Math.round((date.getTime() - start.getTime()) / day);
}

/** The two forms of a getter of timestamps: in UTC, and in a zone. */
function getter(
  name: string,
  id: string,
  what: string,
  value: string,
  read: (date: Date) => number,
): Overload[] {
  const inTimeZone = (timestamp: Timestamp, zone: string): FunctionResult => {
    const date = inZone(timestamp, zone);
    return date instanceof Failure ? date : BigInt(read(date));
  };
  const example = `timestamp('2026-07-14T10:30:45.123Z').${name}() // ${value}`;
  return [
    {
      id: `timestamp_to_${id}`,
      signature: `timestamp.${name}(): int`,
      documentation: `${what} in UTC.`,
      example,
      run: (timestamp: Timestamp) => inTimeZone(timestamp, 'UTC'),
      contextual: undefined,
    },
    {
      id: `timestamp_to_${id}_with_tz`,
      signature: `timestamp.${name}(zone: string): int`,
      documentation: `${what} in a time zone: a name such as \`Europe/Lisbon\`, or an offset such as \`+02:00\`.`,
      example: example.replace('()', "('UTC')"),
      run: inTimeZone,
      contextual: undefined,
    },
  ];
}

/** The whole part of a duration in a unit. */
function part(unit: bigint): (duration: Duration) => bigint {
  return (duration) => duration.nanos / unit;
}

/** Parts of timestamps and durations. */
export const timeFunctions: readonly FunctionDefinition[] = [
  define(
    'getFullYear',
    getter('getFullYear', 'year', 'The year', '2026', (date) => date.getUTCFullYear()),
  ),
  define(
    'getMonth',
    getter('getMonth', 'month', 'The month, from 0 for January', '6', (date) => date.getUTCMonth()),
  ),
  define(
    'getDayOfYear',
    getter('getDayOfYear', 'day_of_year', 'The day of the year, from 0', '194', dayOfYear),
  ),
  define(
    'getDayOfMonth',
    getter(
      'getDayOfMonth',
      'day_of_month',
      'The day of the month, from 0',
      '13',
      (date) => date.getUTCDate() - 1,
    ),
  ),
  define(
    'getDate',
    getter('getDate', 'day_of_month_1_based', 'The day of the month, from 1', '14', (date) =>
      date.getUTCDate(),
    ),
  ),
  define(
    'getDayOfWeek',
    getter('getDayOfWeek', 'day_of_week', 'The day of the week, from 0 for Sunday', '2', (date) =>
      date.getUTCDay(),
    ),
  ),
  define('getHours', [
    ...getter('getHours', 'hours', 'The hour of the day', '10', (date) => date.getUTCHours()),
    overload(
      'duration_to_hours',
      'duration.getHours(): int',
      'The whole hours of a duration.',
      "duration('90m').getHours() // 1",
      part(3_600_000_000_000n),
    ),
  ]),
  define('getMinutes', [
    ...getter('getMinutes', 'minutes', 'The minute of the hour', '30', (date) => date.getUTCMinutes()),
    overload(
      'duration_to_minutes',
      'duration.getMinutes(): int',
      'The whole minutes of a duration.',
      "duration('1h30m').getMinutes() // 90",
      part(60_000_000_000n),
    ),
  ]),
  define('getSeconds', [
    ...getter('getSeconds', 'seconds', 'The second of the minute', '45', (date) => date.getUTCSeconds()),
    overload(
      'duration_to_seconds',
      'duration.getSeconds(): int',
      'The whole seconds of a duration.',
      "duration('1m30s').getSeconds() // 90",
      part(1_000_000_000n),
    ),
  ]),
  define('getMilliseconds', [
    ...getter('getMilliseconds', 'milliseconds', 'The millisecond of the second', '123', (date) =>
      date.getUTCMilliseconds(),
    ),
    overload(
      'duration_to_milliseconds',
      'duration.getMilliseconds(): int',
      'The whole milliseconds of a duration.',
      "duration('1.5s').getMilliseconds() // 1500",
      part(1_000_000n),
    ),
  ]),
];
