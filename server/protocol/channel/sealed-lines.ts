import { createCipheriv, createDecipheriv } from 'node:crypto';
import { ChannelError } from './json-lines';
import type { JsonLines } from './json-lines';

/** The keys of one connection, one for each direction: 32 bytes each. */
interface DirectionKeys {
  readonly send: Buffer;
  readonly receive: Buffer;
}

/** A message was not written by the other side, or not in this place. */
export class SealError extends ChannelError {
  constructor() {
    super(
      'A message arrived that the other side did not send like this: something between guard and window changes, repeats or leaves out messages.',
    );
  }
}

const cipher = 'aes-256-gcm';
const tagBytes = 16;

/** Seals or opens the messages of one direction, in their order. */
class Direction {
  readonly #key: Buffer;
  #count = 0n;

  constructor(key: Buffer) {
    this.#key = key;
  }

  seal(message: string): string {
    const sealing = createCipheriv(cipher, this.#key, this.#nextNonce(), { authTagLength: tagBytes });
    return Buffer.concat([sealing.update(message, 'utf8'), sealing.final(), sealing.getAuthTag()]).toString(
      'base64',
    );
  }

  /** Undefined unless exactly this was sealed as the next message of this direction. */
  open(sealed: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64');
    // Buffer skips what is not base64: one message would have many texts.
    if (bytes.length < tagBytes || bytes.toString('base64') !== sealed) {
      return undefined;
    }
    const opening = createDecipheriv(cipher, this.#key, this.#nextNonce(), { authTagLength: tagBytes });
    opening.setAuthTag(bytes.subarray(-tagBytes));
    try {
      return Buffer.concat([opening.update(bytes.subarray(0, -tagBytes)), opening.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }

  /** The message's number, so that a key never meets the same nonce twice, and each message fits in one place only. */
  #nextNonce(): Buffer {
    const nonce = Buffer.alloc(12);
    nonce.writeBigUInt64BE(this.#count, 4);
    this.#count += 1n;
    return nonce;
  }
}

/**
 * JSON values between two sides that have proved themselves, sealed (AES-256-GCM, RFC 5116): whoever sits in between
 * can neither read, change, add, repeat, reorder nor leave out a message, nor send one back to its author. The first
 * message that does not fit destroys the stream, so that whatever waits for an answer is refused.
 */
export class SealedLines {
  readonly #lines: JsonLines;
  readonly #sending: Direction;
  readonly #receiving: Direction;

  constructor(lines: JsonLines, { receive, send }: DirectionKeys) {
    this.#lines = lines;
    this.#sending = new Direction(send);
    this.#receiving = new Direction(receive);
  }

  /** As {@link JsonLines.read}. Rejects with a {@link SealError} if the message does not fit. */
  async read(): Promise<unknown> {
    const opened = this.#open(await this.#lines.read());
    if (opened === undefined) {
      throw new SealError();
    }
    return opened.value;
  }

  /** Every further value goes to the listener. */
  listen(listener: (value: unknown) => void): void {
    this.#lines.listen((line) => {
      const opened = this.#open(line);
      if (opened !== undefined) {
        listener(opened.value);
      }
    });
  }

  /** Resolves when the value has been handed to the system. */
  write(value: unknown): Promise<void> {
    return this.#lines.write(this.#sending.seal(JSON.stringify(value)));
  }

  /** As {@link JsonLines.onClose}. */
  onClose(listener: (error: Error) => void): void {
    this.#lines.onClose(listener);
  }

  /** Sends what was written, then ends, whatever the other side does. */
  end(): void {
    this.#lines.end();
  }

  /** Ends at once. */
  destroy(error?: Error): void {
    this.#lines.destroy(error);
  }

  #open(line: unknown): { readonly value: unknown } | undefined {
    const text = typeof line === 'string' ? this.#receiving.open(line) : undefined;
    if (text === undefined) {
      this.#lines.destroy(new SealError());
      return undefined;
    }
    try {
      return { value: JSON.parse(text) as unknown };
    } catch {
      this.#lines.destroy(new ChannelError('A message arrived that is not JSON.'));
      return undefined;
    }
  }
}
