import { open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errorCode } from '../../server/protocol';
import type { SessionRecord } from '../../server/protocol';
import { SessionModel } from './session-model';

const chunkBytes = 1024 * 1024;

/** A session's log that is read as it grows. Reads only; whether the chain is whole is for `gatehouse audit verify`. */
export class SessionLog {
  readonly path: string;
  #model = new SessionModel();
  #offset = 0;
  #rest = Buffer.alloc(0);
  #unreadable = 0;
  #reading: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  get name(): string {
    return basename(this.path);
  }

  get model(): SessionModel {
    return this.#model;
  }

  /** Lines that are no records. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** Reads what was appended since. A log that is gone is as it was. */
  refresh(): Promise<void> {
    const next = this.#reading.then(() => this.#read());
    this.#reading = next.catch(() => undefined);
    return next;
  }

  async #read(): Promise<void> {
    let file;
    try {
      file = await open(this.path, 'r');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') {
        return;
      }
      throw error;
    }
    try {
      if ((await file.stat()).size < this.#offset) {
        // Shorter than it was: read what is there now.
        this.#model = new SessionModel();
        this.#offset = 0;
        this.#rest = Buffer.alloc(0);
        this.#unreadable = 0;
      }
      const chunk = Buffer.alloc(chunkBytes);
      for (;;) {
        const { bytesRead } = await file.read(chunk, 0, chunk.length, this.#offset);
        if (bytesRead === 0) {
          return;
        }
        this.#offset += bytesRead;
        this.#take(chunk.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  }

  #take(bytes: Buffer): void {
    const all = Buffer.concat([this.#rest, bytes]);
    let start = 0;
    for (let end = all.indexOf(0x0a); end >= 0; end = all.indexOf(0x0a, start)) {
      this.#line(all.toString('utf8', start, end));
      start = end + 1;
    }
    this.#rest = Buffer.from(all.subarray(start));
  }

  #line(line: string): void {
    try {
      const record = JSON.parse(line) as Partial<Record<'type' | 'time', unknown>> | null;
      if (typeof record?.type === 'string' && typeof record.time === 'string') {
        this.#model.apply(record as unknown as SessionRecord);
        return;
      }
    } catch {
      // Counted below.
    }
    this.#unreadable += 1;
  }
}

/** The logs in a folder of sessions, newest first, at most `count`. Logs that were read before are kept. */
export async function newestLogs(
  folder: string,
  count: number,
  known: readonly SessionLog[],
): Promise<SessionLog[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return [];
    }
    throw error;
  }
  return names
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .reverse()
    .slice(0, count)
    .map((name) => known.find((log) => log.name === name) ?? new SessionLog(join(folder, name)));
}
