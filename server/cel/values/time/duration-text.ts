import { Duration } from './duration';

const units = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);
const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;
const limit = 2n ** 63n;

/**
 * Parses a duration in the format of Go's `time.ParseDuration`, e.g. `-1h2m3.5s`.
 * @returns undefined if the text is no duration or does not fit in 64 bits of nanoseconds
 */
export function parseDuration(text: string): Duration | undefined {
  const negative = text.startsWith('-');
  const magnitude = negative || text.startsWith('+') ? text.slice(1) : text;
  if (magnitude === '0') {
    return new Duration(0n);
  }
  if (magnitude === '') {
    return undefined;
  }
  let total = 0n;
  for (let at = 0; at < magnitude.length;) {
    part.lastIndex = at;
    const match = part.exec(magnitude);
    if (!match) {
      return undefined;
    }
    const [all, whole = '', fraction = '', unitName = ''] = match;
    const unit = units.get(unitName);
    if ((whole === '' && fraction === '') || unit === undefined) {
      return undefined;
    }
    const wholeValue = BigInt(whole === '' ? '0' : whole);
    if (wholeValue > limit) {
      return undefined;
    }
    total += wholeValue * unit + fractionOf(fraction, unit);
    if (total > limit) {
      return undefined;
    }
    at += all.length;
  }
  if (negative) {
    return new Duration(-total);
  }
  return total > limit - 1n ? undefined : new Duration(total);
}

/** The nanoseconds of a fraction. Go computes them in floating point and cuts off what is smaller. */
function fractionOf(digits: string, unit: bigint): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit);
    if (next > limit - 1n) {
      break;
    }
    value = next;
    scale *= 10;
  }
  return value === 0n ? 0n : BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

/** Seconds in decimal, e.g. `5400s`, as `string()` shows a duration. */
export function formatDuration(duration: Duration): string {
  const { nanos } = duration;
  const seconds = Number(nanos / 1_000_000_000n) + Number(nanos % 1_000_000_000n) / 1e9;
  return `${formatPlain(seconds)}s`;
}

/** A number in decimal notation without an exponent, as short as reads back the same. */
export function formatPlain(value: number): string {
  const text = String(value);
  const exponent = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!exponent) {
    return Object.is(value, -0) ? '-0' : text;
  }
  const [, sign = '', whole = '', fraction = '', power = '0'] = exponent;
  const digits = whole + fraction;
  const point = whole.length + Number(power);
  if (point <= 0) {
    return `${sign}0.${'0'.repeat(-point)}${digits}`;
  }
  return point >= digits.length
    ? `${sign}${digits}${'0'.repeat(point - digits.length)}`
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
