import { equal } from './equal';
import { CelObject } from './value';
import type { CelValue } from './value';

/** What a field of type `google.protobuf.Any` holds that cannot be unpacked. Reading the field is an error. */
export class PackedMessage extends CelObject {
  readonly typeName = 'google.protobuf.Any';
  readonly url: string;
  readonly bytes: Uint8Array;
  /** Why it cannot be unpacked. */
  readonly problem: string;

  constructor(url: string, bytes: Uint8Array, problem: string) {
    super();
    this.url = url;
    this.bytes = bytes;
    this.problem = problem;
  }

  override equals(other: CelValue): boolean {
    return other instanceof PackedMessage && other.url === this.url && equal(other.bytes, this.bytes);
  }
}
