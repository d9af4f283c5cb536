import { CelObject } from '../value';

/** A span of time in whole nanoseconds, signed, within 64 bits as in cel-go (about 292 years). */
export class Duration extends CelObject {
  readonly typeName = 'google.protobuf.Duration';
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    super();
    this.nanos = nanos;
  }

  override isReceiver(): boolean {
    return true;
  }
}
