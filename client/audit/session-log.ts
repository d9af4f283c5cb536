import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errorCode, SessionReducer, sha256 } from '../../server/protocol';
import type { SessionRecord } from '../../server/protocol';

const chunkBytes = 1024 * 1024;
/** Windows has no such flags. */
const unfollowed = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** A line that is longer is none that Gatehouse wrote. */
const longestLine = 16 * 1024 * 1024;
/** A session can go on in many logs, each of some megabytes: so many of the newest are read. */
const mostParts = 2;

/** How far a session folder's newest log reached when somebody looked. */
export interface Anchor {
  /** The log's file name. */
  readonly log: string;
  readonly lines: number;
  /** SHA-256 of that line. */
  readonly hash: string;
}

/**
 * A session's logs, read as they grow: the newest ones, which begin with what the others came to. Reads only; whether
 * the chain is whole is for `gatehouse audit verify`.
 */
export class SessionLog {
  /** The session's name: its id, or that of a log that has none. */
  readonly name: string;
  #paths: readonly string[];
  #reduced = new SessionReducer({ calls: 'all' });
  /** The log that is being read. */
  #current = 0;
  #offset = 0;
  #rest = Buffer.alloc(0);
  #skipping = false;
  #lines = 0;
  /** SHA-256 of the last finished line. */
  #hash = '';
  #unreadable = 0;
  #reading: Promise<void> = Promise.resolve();

  /** @param paths absolute, of the session's logs, oldest first */
  constructor(name: string, paths: readonly string[]) {
    this.name = name;
    this.#paths = paths.slice(-mostParts);
  }

  get reduced(): SessionReducer {
    return this.#reduced;
  }

  /** How far the newest log reaches; undefined if nothing of it was read. */
  get reach(): Anchor | undefined {
    const path = this.#paths[this.#current];
    return path === undefined || this.#lines === 0
      ? undefined
      : { log: basename(path), lines: this.#lines, hash: this.#hash };
  }

  /** Lines that are no records. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** The session has gone on in further logs. @param paths as for the constructor */
  continueIn(paths: readonly string[]): void {
    const last = this.#paths.at(-1) ?? '';
    this.#paths = [...this.#paths, ...paths.filter((path) => path > last)];
  }

  /** Reads what was appended since. A log that is gone is as it was. */
  refresh(): Promise<void> {
    const next = this.#reading.then(() => this.#read());
    this.#reading = next.catch(() => undefined);
    return next;
  }

  async #read(): Promise<void> {
    for (;;) {
      const path = this.#paths[this.#current];
      if (path === undefined) {
        return;
      }
      await this.#readOne(path);
      if (this.#current >= this.#paths.length - 1) {
        return;
      }
      this.#current += 1;
      this.#start();
    }
  }

  #start(): void {
    this.#offset = 0;
    this.#rest = Buffer.alloc(0);
    this.#skipping = false;
    this.#lines = 0;
    this.#hash = '';
  }

  async #readOne(path: string): Promise<void> {
    let file;
    try {
      // Never through a link, and never a pipe that would not end.
      file = await open(path, constants.O_RDONLY | unfollowed);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') {
        return;
      }
      throw error;
    }
    try {
      if ((await file.stat()).size < this.#offset) {
        // Shorter than it was: read what is there now.
        this.#reduced = new SessionReducer({ calls: 'all' });
        this.#unreadable = 0;
        this.#start();
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
    let last: Buffer | undefined;
    for (let end = all.indexOf(0x0a); end >= 0; end = all.indexOf(0x0a, start)) {
      if (!this.#skipping) {
        this.#line(all.toString('utf8', start, end));
      }
      this.#lines += 1;
      last = this.#skipping ? undefined : all.subarray(start, end);
      this.#skipping = false;
      start = end + 1;
    }
    if (start > 0) {
      this.#hash = last === undefined ? '' : sha256(last);
    }
    this.#rest = Buffer.from(all.subarray(start));
    if (this.#rest.length > longestLine || this.#skipping) {
      this.#unreadable += this.#skipping ? 0 : 1;
      this.#skipping = true;
      this.#rest = Buffer.alloc(0);
    }
  }

  #line(line: string): void {
    try {
      const record = JSON.parse(line) as Partial<Record<'type' | 'time', unknown>> | null;
      if (typeof record?.type === 'string' && typeof record.time === 'string') {
        this.#reduced.apply(record as unknown as SessionRecord);
        return;
      }
    } catch {
      // Counted below.
    }
    this.#unreadable += 1;
  }
}

/** The sessions in a folder, newest first, at most `count`. Those that were read before are kept. */
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
  const sessions = new Map<string, string[]>();
  for (const name of names.filter((found) => found.endsWith('.jsonl')).sort()) {
    const id = /-([0-9a-f]+)\.jsonl$/.exec(name)?.[1] ?? name;
    const parts = sessions.get(id) ?? [];
    sessions.delete(id);
    sessions.set(id, [...parts, join(folder, name)]);
  }
  return [...sessions]
    .reverse()
    .slice(0, count)
    .map(([id, paths]) => {
      const log = known.find(({ name }) => name === id);
      log?.continueIn(paths);
      return log ?? new SessionLog(id, paths);
    });
}
