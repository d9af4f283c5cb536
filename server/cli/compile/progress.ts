import type { Writable } from 'node:stream';

/** How long something may take before it is worth a word. */
const patience = 1000;
const interval = 100;

/**
 * Shows on a terminal how far a long run is, on one line that goes away at the end; nothing anywhere else.
 * @param escape what is written for ESC
 * @param now milliseconds, from any start
 */
export class Progress {
  readonly #stream: Writable | undefined;
  readonly #clearLine: string;
  readonly #now: () => number;
  readonly #started: number;
  #shownAt: number | undefined;

  constructor(stream: Writable, escape = '\u001b', now: () => number = () => performance.now()) {
    // Cursor to column 1 (CHA), erase to the end of the line (EL).
    this.#clearLine = `${escape}[G${escape}[K`;
    this.#stream = 'isTTY' in stream && stream.isTTY === true ? stream : undefined;
    this.#now = now;
    this.#started = now();
  }

  /** Shows where the run is now; `text` is asked only if it is time to. */
  show(text: () => string): void {
    const at = this.#now();
    if (!this.#stream || at - this.#started < patience) {
      return;
    }
    if (this.#shownAt !== undefined && at - this.#shownAt < interval) {
      return;
    }
    this.#shownAt = at;
    this.#stream.write(`${this.#clearLine}${text()}`);
  }

  end(): void {
    if (this.#shownAt !== undefined) {
      this.#stream?.write(this.#clearLine);
    }
    this.#shownAt = undefined;
  }
}
