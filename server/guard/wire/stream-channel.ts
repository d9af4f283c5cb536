import type { Readable, Writable } from 'node:stream';
import type { Channel } from './channel';
import { LineSplitter } from './lines';
import type { Line } from './lines';

/** Messages as lines of two streams of bytes (MCP, "Transports", stdio). */
export class StreamChannel implements Channel {
  readonly gone: Promise<void>;
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #maxLineBytes: number;
  #closed = false;
  #wake: (() => void)[] = [];

  /**
   * @param input what the peer writes
   * @param output what the peer reads
   */
  constructor(input: Readable, output: Writable, maxLineBytes: number) {
    this.#input = input;
    this.#output = output;
    this.#maxLineBytes = maxLineBytes;
    output.on('drain', () => this.#wakeAll());
    this.gone = new Promise((resolve) => {
      const closed = (): void => {
        this.#closed = true;
        this.#wakeAll();
        resolve();
      };
      // Writing to a peer that has just ended is no fault; its end is reported in another way.
      output.on('error', closed);
      output.on('close', closed);
    });
  }

  get closed(): boolean {
    return this.#closed || this.#output.writableEnded;
  }

  get waiting(): number {
    return this.#output.writableLength;
  }

  send(line: Uint8Array): void {
    if (!this.closed) {
      this.#output.write(line);
    }
  }

  async ready(): Promise<void> {
    while (!this.closed && this.#output.writableNeedDrain) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  async *receive(): AsyncGenerator<readonly Line[]> {
    const splitter = new LineSplitter(this.#maxLineBytes);
    for await (const chunk of this.#input) {
      const lines = splitter.push(chunk as Buffer);
      if (lines.length > 0) {
        yield lines;
      }
    }
    if (splitter.unfinished > 0) {
      yield [{ kind: 'unfinished', length: splitter.unfinished }];
    }
  }

  /** Resolves when everything has been handed over, or the peer is gone. */
  async flushed(): Promise<void> {
    while (!this.#closed && this.#output.writableLength > 0) {
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
        this.#output.write('', () => resolve());
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
