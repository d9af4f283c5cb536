import type { Duplex } from 'node:stream';
import { ByteBuffer } from './byte-buffer';

/** Bytes that one message may have. Before both sides have proved themselves nobody needs more than a few hundred. */
export const messageLimits = { handshake: 4096, connection: 16 * 1024 * 1024 } as const;

/** The peer sent something that is no message, or hung up in the middle. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
}

/**
 * JSON values over a stream, one a line, each bounded in size. The first malformed or oversized line destroys the
 * stream: a peer that can't speak is no peer. Lines that arrive before somebody listens are kept, and the stream is
 * paused meanwhile.
 */
export class JsonLines {
  readonly #stream: Duplex;
  #limit: number = messageLimits.handshake;
  /** The beginning of a line whose end has not come yet. */
  readonly #pending = new ByteBuffer();
  #queue: unknown[] = [];
  #listener: ((value: unknown) => void) | undefined;
  #waiter: { resolve: (value: unknown) => void; reject: (error: Error) => void } | undefined;
  #closed: Error | undefined;
  readonly #closeListeners: ((error: Error) => void)[] = [];

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => this.#onData(chunk));
    stream.on('error', (error) => this.#onClose(error));
    stream.on('end', () => this.#onClose(new ChannelError('The other side hung up.')));
    stream.on('close', () => this.#onClose(new ChannelError('The connection was closed.')));
  }

  /** From now on lines may have `bytes` bytes. */
  setLimit(bytes: number): void {
    this.#limit = bytes;
  }

  /** The next value. Rejects if the stream ends, or with what was wrong. One reader at a time. */
  read(): Promise<unknown> {
    if (this.#queue.length > 0) {
      return Promise.resolve(this.#queue.shift());
    }
    if (this.#closed !== undefined) {
      return Promise.reject(this.#closed);
    }
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
      this.#stream.resume();
    });
  }

  /** Every further value goes to the listener. */
  listen(listener: (value: unknown) => void): void {
    this.#listener = listener;
    for (const value of this.#queue.splice(0)) {
      listener(value);
    }
    this.#stream.resume();
  }

  /** The listener runs once when the stream has ended, for whatever reason; at once if it already has. */
  onClose(listener: (error: Error) => void): void {
    if (this.#closed === undefined) {
      this.#closeListeners.push(listener);
    } else {
      listener(this.#closed);
    }
  }

  /** Resolves when the value has been handed to the system. */
  write(value: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) {
        reject(this.#closed);
        return;
      }
      this.#stream.write(`${JSON.stringify(value)}\n`, (error) => {
        if (error) {
          reject(error);
        } else {
          resolve();
        }
      });
    });
  }

  /** Sends what was written, then ends, whatever the other side does. */
  end(): void {
    this.#stream.end(() => this.destroy());
  }

  /** Ends at once. */
  destroy(error?: Error): void {
    this.#onClose(error ?? new ChannelError('The connection was closed.'));
    this.#stream.destroy();
  }

  #onData(chunk: Buffer): void {
    let rest = chunk;
    for (;;) {
      const end = rest.indexOf(0x0a);
      const size = this.#pending.length + (end < 0 ? rest.length : end);
      if (size > this.#limit) {
        this.destroy(new ChannelError(`A message of more than ${this.#limit} bytes arrived.`));
        return;
      }
      if (end < 0) {
        this.#pending.append(rest);
        return;
      }
      this.#pending.append(rest.subarray(0, end));
      const line = this.#pending.take().toString('utf8');
      rest = rest.subarray(end + 1);
      if (!this.#onLine(line)) {
        return;
      }
    }
  }

  #onLine(line: string): boolean {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      this.destroy(new ChannelError('A message arrived that is not JSON.'));
      return false;
    }
    const waiter = this.#waiter;
    if (waiter !== undefined) {
      this.#waiter = undefined;
      waiter.resolve(value);
    } else if (this.#listener !== undefined) {
      this.#listener(value);
    } else {
      this.#queue.push(value);
      this.#stream.pause();
    }
    return this.#closed === undefined;
  }

  #onClose(error: Error): void {
    if (this.#closed !== undefined) {
      return;
    }
    this.#closed = error;
    this.#waiter?.reject(error);
    this.#waiter = undefined;
    for (const listener of this.#closeListeners.splice(0)) {
      listener(error);
    }
  }
}
