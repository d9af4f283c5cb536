import type { Writable } from 'node:stream';

/** Writes whole lines to a peer, in order. A peer that is gone makes it swallow what follows. */
export class Outbox {
  readonly #stream: Writable;
  #closed = false;
  #wake: (() => void)[] = [];

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('drain', () => this.#wakeAll());
    const closed = (): void => {
      this.#closed = true;
      this.#wakeAll();
    };
    stream.on('error', closed);
    stream.on('close', closed);
  }

  /** True once the peer is gone or its stream was ended: nothing more is delivered. */
  get closed(): boolean {
    return this.#closed || this.#stream.writableEnded;
  }

  /** Bytes that the peer has not taken yet. */
  get waiting(): number {
    return this.#stream.writableLength;
  }

  /** @param line bytes that end with LF */
  send(line: Uint8Array): void {
    if (!this.closed) {
      this.#stream.write(line);
    }
  }

  /** Resolves when the peer has room again, or is gone. */
  async ready(): Promise<void> {
    while (!this.closed && this.#stream.writableNeedDrain) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** Resolves when everything has been handed over, or the peer is gone. */
  async flushed(): Promise<void> {
    while (!this.#closed && this.#stream.writableLength > 0) {
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
        this.#stream.write('', () => resolve());
      });
    }
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) {
      resolve();
    }
  }
}
