import { CelObject } from './opaque';

/** A point in time between the years 1 and 9999: whole seconds since the Unix epoch plus 0 to 999,999,999 nanoseconds. */
export class Timestamp extends CelObject {
  readonly typeName = 'google.protobuf.Timestamp';
  readonly seconds: number;
  readonly nanos: number;

  constructor(seconds: number, nanos = 0) {
    super();
    this.seconds = seconds;
    this.nanos = nanos;
  }

  /** A timestamp of milliseconds since the Unix epoch, as `Date` has. */
  static fromMillis(millis: number): Timestamp {
    const seconds = Math.floor(millis / 1000);
    return new Timestamp(seconds, Math.round((millis - seconds * 1000) * 1e6));
  }
}
