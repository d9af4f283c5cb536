import { CelObject } from '../value';

/** The first second of the year 1, in seconds since the Unix epoch. */
export const minSeconds = -62_135_596_800;
/** The last second of the year 9999, in seconds since the Unix epoch. */
export const maxSeconds = 253_402_300_799;

/** A point in time between the years 1 and 9999: whole seconds since the Unix epoch plus 0 to 999,999,999 nanoseconds. */
export class Timestamp extends CelObject {
  readonly typeName = 'google.protobuf.Timestamp';
  readonly seconds: number;
  readonly nanos: number;
  /**
   * The offset from UTC in the timestamp's text, in minutes east. Only `string()` shows it; comparisons and getters
   * ignore it.
   */
  readonly offsetMinutes: number;

  constructor(seconds: number, nanos = 0, offsetMinutes = 0) {
    super();
    this.seconds = seconds;
    this.nanos = nanos;
    this.offsetMinutes = offsetMinutes;
  }

  /** @param millis milliseconds since the Unix epoch, as `Date` has them */
  static fromMillis(millis: number): Timestamp {
    const seconds = Math.floor(millis / 1000);
    return new Timestamp(seconds, Math.round((millis - seconds * 1000) * 1e6));
  }

  /** Nanoseconds since the Unix epoch; exact. */
  get epochNanos(): bigint {
    return BigInt(this.seconds) * 1_000_000_000n + BigInt(this.nanos);
  }

  /**
   * @param total nanoseconds since the Unix epoch
   * @returns undefined if the time is not between the years 1 and 9999
   */
  static fromEpochNanos(total: bigint, offsetMinutes = 0): Timestamp | undefined {
    let seconds = total / 1_000_000_000n;
    let nanos = total % 1_000_000_000n;
    if (nanos < 0n) {
      seconds -= 1n;
      nanos += 1_000_000_000n;
    }
    return seconds < minSeconds || seconds > maxSeconds
      ? undefined
      : new Timestamp(Number(seconds), Number(nanos), offsetMinutes);
  }

  override isReceiver(): boolean {
    return true;
  }
}
