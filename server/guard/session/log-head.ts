import { createHmac, timingSafeEqual } from 'node:crypto';
import { basename } from 'node:path';

/** How far a log reaches: what its `.head` file holds, so that a lost tail shows. */
export interface Head {
  readonly lines: number;
  /** SHA-256 of the last line. */
  readonly hash: string;
  /** The log that came after this one, once it is there: so that it shows if that is gone. */
  readonly next?: string;
  /** Written by somebody with the installation key; those of Gatehouse 0.1 are not. */
  readonly sealed: boolean;
}

/** The hash that the very first line of all refers to. */
export const noHash = '0'.repeat(64);

/** No head is longer. */
export const longestHead = 512;

/**
 * `.head` holds the number of lines, the last line's hash, the seal, and the next log's name if there is one. The seal
 * is an HMAC over the log's name and all of that with the installation key.
 */
export class HeadSeal {
  readonly #key: Buffer;

  /** @param key the installation key */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /** @param log the log's path or name */
  text(log: string, head: Pick<Head, 'lines' | 'hash' | 'next'>): string {
    const next = head.next === undefined ? '' : ` ${head.next}`;
    const lines = String(head.lines).padStart(12, '0');
    return `${lines} ${head.hash} ${this.#seal(log, head).toString('hex')}${next}\n`;
  }

  /** Reads what {@link text} wrote, or Gatehouse 0.1; undefined if it is something else, or sealed with another key. */
  parse(log: string, text: string | undefined): Head | undefined {
    if (text === '') {
      return { lines: 0, hash: noHash, sealed: false };
    }
    const match = /^(\d{12}) ([0-9a-f]{64})(?: ([0-9a-f]{64})(?: ([\w.-]+\.jsonl))?)?\n$/.exec(text ?? '');
    if (match === null) {
      return undefined;
    }
    const [, lines, hash = '', seal, next] = match;
    const head = { lines: Number(lines), hash, ...(next === undefined ? {} : { next }) };
    if (seal === undefined) {
      return { ...head, sealed: false };
    }
    return timingSafeEqual(this.#seal(log, head), Buffer.from(seal, 'hex'))
      ? { ...head, sealed: true }
      : undefined;
  }

  #seal(log: string, { hash, lines, next }: Pick<Head, 'lines' | 'hash' | 'next'>): Buffer {
    const parts = JSON.stringify(['gatehouse head', basename(log), lines, hash, next ?? null]);
    return createHmac('sha256', this.#key).update(parts).digest();
  }
}
