import { equal } from './operations/equal';
import { Unreadable } from './unreadable';
import type { CelValue } from './value';

/** The value of a `google.protobuf.Any` field that cannot be unpacked. */
export class PackedMessage extends Unreadable {
  override readonly typeName = 'google.protobuf.Any';
  readonly url: string;
  readonly bytes: Uint8Array;

  /** @param problem why it cannot be unpacked */
  constructor(url: string, bytes: Uint8Array, problem: string) {
    super(problem);
    this.url = url;
    this.bytes = bytes;
  }

  override equals(other: CelValue): boolean {
    return other instanceof PackedMessage && other.url === this.url && equal(other.bytes, this.bytes);
  }
}
