/** Thrown for bytes that are no message. */
export class Malformed extends Error {}

/** Reads bytes from the front on. Whatever is not there or does not end is malformed. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  get length(): number {
    return this.#bytes.length;
  }

  #take(count: number): Uint8Array {
    const end = this.#at + count;
    if (end > this.#bytes.length) {
      throw new Malformed();
    }
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#take(1)[0] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        return BigInt.asUintN(64, value);
      }
    }
    throw new Malformed();
  }

  delimited(): Uint8Array {
    const length = this.varint();
    return this.#take(Number(length));
  }

  view(count: number): DataView {
    const bytes = this.#take(count);
    return new DataView(bytes.buffer, bytes.byteOffset, count);
  }

  skip(wire: number): void {
    switch (wire) {
      case 0:
        this.varint();
        return;
      case 1:
        this.#take(8);
        return;
      case 2:
        this.delimited();
        return;
      case 5:
        this.#take(4);
        return;
      default:
        throw new Malformed();
    }
  }
}
