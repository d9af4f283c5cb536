import { ByteBuffer } from '../../protocol';

/** One line of a stream. */
export type Line =
  | {
      readonly kind: 'line';
      /** The line without its end. */
      readonly bytes: Buffer;
      /** The line with one LF: what is forwarded if the line passes. */
      readonly framed: Buffer;
    }
  | { readonly kind: 'too-long'; readonly length: number }
  /** Bytes after the last line's end, when the stream has ended: no message, however complete they look. */
  | { readonly kind: 'unfinished'; readonly length: number };

const lf = 0x0a;
const cr = 0x0d;

/**
 * Splits a stream of bytes into lines, at LF and nowhere else (MCP, "Transports", stdio).
 *
 * One CR right before the LF is taken for a part of the line's end, since programs on Windows write text that way; it
 * is not forwarded, so that a receiver which splits at CR sees no other lines than the guard does. Any other CR stays
 * in the line, where strict JSON refuses it. Empty lines carry no message and are left out.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  /** The beginning of a line whose end has not come yet; nothing of one that is too long. */
  readonly #kept = new ByteBuffer();
  #length = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Takes the next bytes; returns the lines that end in them. */
  push(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(lf); end !== -1; end = chunk.indexOf(lf, start)) {
      const line = this.#ended(chunk.subarray(start, end + 1));
      if (line !== undefined) {
        lines.push(line);
      }
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  /** Bytes after the last line's end: no message, however complete they look. */
  get unfinished(): number {
    return this.#length;
  }

  /** Bytes of memory that the beginning of a line takes. */
  get held(): number {
    return this.#kept.capacity;
  }

  #keep(part: Buffer): void {
    this.#length += part.length;
    // The rest of a line that is too long is counted, not kept.
    if (this.#length > this.#maxLineBytes + 2) {
      this.#kept.clear();
    } else if (part.length > 0) {
      this.#kept.append(part);
    }
  }

  /** @param part the last bytes of a line */
  #ended(part: Buffer): Line | undefined {
    const isWhole = this.#length === 0;
    const length = this.#length + part.length;
    if (!isWhole) {
      this.#keep(part);
    }
    // A line that lies in one piece is not copied.
    const whole = isWhole ? part : this.#kept.take();
    this.#length = 0;
    const endsWithCr = whole[whole.length - 2] === cr;
    const bytes = whole.subarray(0, whole.length - (endsWithCr ? 2 : 1));
    if (whole.length < length || bytes.length > this.#maxLineBytes) {
      return { kind: 'too-long', length: length - 1 };
    }
    if (bytes.length === 0) {
      return undefined;
    }
    return { kind: 'line', bytes, framed: endsWithCr ? framed(bytes) : whole };
  }
}

/** Bytes with the end of a line. */
export function framed(bytes: Uint8Array): Buffer {
  const line = Buffer.allocUnsafe(bytes.length + 1);
  line.set(bytes);
  line[bytes.length] = lf;
  return line;
}
