// Bytes, one a character. By them the binary finds parts of a plan that say the same: it hashes protocol buffers without
// tags for kinds and without brackets. So `null`, `false`, `0` and "" are alike in a rule's condition, and all but `0` in a
// filter.

/** As an integer. */
export function bytesOfBool(value: boolean): string {
  return bytesOfInteger(value ? 1n : 0n);
}

/** In UTF-8, after the number of bytes. */
export function bytesOfText(text: string): string {
  return bytesOf(Buffer.from(text, 'utf8'));
}

/** Any bytes, after their number. */
export function bytesOf(bytes: Buffer): string {
  return bytesOfInteger(BigInt(bytes.length)) + bytes.toString('latin1');
}

/** As protocol buffers write integers: seven bits a byte, the lowest first. */
export function bytesOfInteger(value: bigint): string {
  let rest = BigInt.asUintN(64, value);
  let bytes = '';
  for (; rest > 127n; rest >>= 7n) bytes += String.fromCharCode(Number(rest & 127n) | 128);
  return bytes + String.fromCharCode(Number(rest));
}

/** The lowest byte first. */
export function bytesOfDouble(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes.toString('latin1');
}

/** Null is written as false is. */
export function bytesOfScalar(value: number | string | boolean | null): string {
  if (typeof value === 'number') return bytesOfDouble(value);
  return typeof value === 'string' ? bytesOfText(value) : bytesOfBool(value === true);
}
