import { closeSync, constants, fdatasync, fstatSync, ftruncateSync, readSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { errorCode, openPrivate, readPrivate, sha256, StateError, writeAll } from '../../protocol';
import type { SessionRecord } from '../../protocol';

/** A record before it has its place in the chain and its time. */
export type NewRecord = SessionRecord extends infer R
  ? R extends SessionRecord
    ? Omit<R, 'prev' | 'time'>
    : never
  : never;

/** How far a log reaches: what its `.head` file holds, so that a lost tail shows. */
export interface Head {
  readonly lines: number;
  /** SHA-256 of the last line. */
  readonly hash: string;
}

/** The hash that the very first line of all refers to. */
export const noHash = '0'.repeat(64);

const fdatasyncAsync = promisify(fdatasync);

/**
 * One session's log: read incrementally, appended to. Only whoever holds the session's lock may use it. After a
 * {@link StateError} it must not be used any more.
 */
export class LogFile {
  readonly path: string;
  readonly #headPath: string;
  readonly #file: number;
  readonly #headFile: number;
  readonly #inode: bigint;
  #offset = 0;
  #lines = 0;
  #hash: string;
  /** Bytes after the last line break: a line that its writer did not finish. */
  #torn: Buffer = Buffer.alloc(0);
  /** The hash of each line that the head may lag behind by. */
  #unanchored: string[] = [];

  /**
   * Opens a log, or creates an empty one.
   * @param path absolute, ends with `.jsonl`
   * @param previous the hash that the first line refers to; undefined if it is not known, then any will do
   */
  constructor(path: string, previous: string | undefined) {
    this.path = path;
    this.#headPath = headPathOf(path);
    this.#hash = previous ?? '';
    this.#file = openPrivate(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT);
    try {
      this.#headFile = openPrivate(this.#headPath, constants.O_RDWR | constants.O_CREAT);
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
    this.#inode = fstatSync(this.#file, { bigint: true }).ino;
  }

  get hash(): string {
    return this.#hash;
  }

  /** What others have appended since the last time. Finishes what a writer that died left behind. */
  read(): readonly SessionRecord[] {
    const size = this.#size();
    const records = size > this.#offset ? this.#take(size) : [];
    this.#compareWithHead();
    return records;
  }

  /** The unfinished line that a dead writer left, if there is one: cut it off, and note that in the log. */
  cutTorn(): NewRecord | undefined {
    if (this.#torn.length === 0) {
      return undefined;
    }
    const isHeader = this.#lines === 0;
    const record: NewRecord = { type: 'recovery', bytes: this.#torn.length, sha256: sha256(this.#torn) };
    ftruncateSync(this.#file, this.#offset);
    this.#torn = Buffer.alloc(0);
    // A session that did not get as far as its header never was.
    return isHeader ? undefined : record;
  }

  /**
   * Appends records, all or none.
   * @param time ISO 8601, for all of them
   * @throws when they can't be written, e.g. on a full disk; the log is then as it was
   */
  append(records: readonly NewRecord[], time: string): readonly SessionRecord[] {
    let hash = this.#hash;
    const written: SessionRecord[] = [];
    const lines = records.map((record) => {
      const whole = { prev: hash, time, ...record } as SessionRecord;
      const line = JSON.stringify(whole);
      hash = sha256(line);
      written.push(whole);
      return line;
    });
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    try {
      writeAll(this.#file, bytes);
    } catch (error) {
      ftruncateSync(this.#file, this.#offset);
      throw error;
    }
    this.#offset += bytes.length;
    this.#lines += lines.length;
    this.#hash = hash;
    this.#writeHead();
    return written;
  }

  /** Makes what was appended survive a power cut. */
  async sync(): Promise<void> {
    await fdatasyncAsync(this.#file);
    await fdatasyncAsync(this.#headFile);
  }

  close(): void {
    closeSync(this.#file);
    closeSync(this.#headFile);
  }

  #size(): number {
    let found: { ino: bigint; size: bigint };
    try {
      found = statSync(this.path, { bigint: true });
    } catch (error) {
      throw errorCode(error) === 'ENOENT' ? this.#damaged('it is gone') : error;
    }
    if (found.ino !== this.#inode) {
      throw this.#damaged('it was replaced by another file');
    }
    if (found.size < this.#offset) {
      throw this.#damaged('its end is missing');
    }
    return Number(found.size);
  }

  #take(size: number): readonly SessionRecord[] {
    const bytes = Buffer.alloc(size - this.#offset);
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(this.#file, bytes, length, bytes.length - length, this.#offset + length);
      if (count === 0) {
        break;
      }
      length += count;
    }
    const records: SessionRecord[] = [];
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      records.push(this.#line(bytes.subarray(start, end)));
      start = end + 1;
    }
    this.#offset += start;
    this.#torn = Buffer.from(bytes.subarray(start, length));
    return records;
  }

  #line(bytes: Buffer): SessionRecord {
    const record = parseRecord(bytes.toString('utf8'));
    if (record === undefined) {
      throw this.#damaged(`line ${this.#lines + 1} is not a record`);
    }
    if (this.#hash !== '' && record.prev !== this.#hash) {
      throw this.#damaged(`line ${this.#lines + 1} does not follow the one before`);
    }
    this.#hash = sha256(bytes);
    this.#lines += 1;
    this.#unanchored.push(this.#hash);
    return record;
  }

  /** The head may lag behind by what a writer that died had appended, never the other way round. */
  #compareWithHead(): void {
    const head = parseHead(readPrivate(this.#headPath));
    if (head === undefined) {
      throw this.#damaged(`its head ${this.#headPath} is missing or damaged`);
    }
    const behind = this.#lines - head.lines;
    // The head is written right after the header, before anything else.
    if (head.lines === 0 && this.#lines > 1) {
      throw this.#damaged(`its head ${this.#headPath} was emptied or removed`);
    }
    const hash = behind === 0 ? this.#hash : this.#unanchored.at(-1 - behind);
    if (head.lines > 0 && (behind < 0 || hash !== head.hash)) {
      throw this.#damaged('it does not end where its head says');
    }
    if (behind > 0) {
      this.#writeHead();
    }
    this.#unanchored = [this.#hash];
  }

  /** Of fixed length and written at once, so that a crash leaves the old or the new one. */
  #writeHead(): void {
    writeAll(this.#headFile, Buffer.from(headText({ lines: this.#lines, hash: this.#hash })), 0);
    this.#unanchored = [this.#hash];
  }

  #damaged(how: string): StateError {
    return new StateError(
      `The session's log ${this.path} is damaged: ${how}. Look at it with "gatehouse audit verify", then start a new session with "gatehouse session new".`,
    );
  }
}

/** The path of a log's `.head` file. */
export function headPathOf(path: string): string {
  return path.replace(/\.jsonl$/, '.head');
}

/** `.head` holds the number of lines and the last line's hash; empty before the first line. */
export function headText({ hash, lines }: Head): string {
  return `${String(lines).padStart(12, '0')} ${hash}\n`;
}

/** Reads what {@link headText} wrote; undefined if it is something else. */
export function parseHead(text: string | undefined): Head | undefined {
  if (text === '') {
    return { lines: 0, hash: noHash };
  }
  const match = /^(\d{12}) ([0-9a-f]{64})\n$/.exec(text ?? '');
  return match === null ? undefined : { lines: Number(match[1]), hash: match[2] ?? '' };
}

/** A line as a record; undefined if it is none. */
export function parseRecord(line: string): SessionRecord | undefined {
  try {
    const value = JSON.parse(line) as Partial<Record<'type' | 'prev' | 'time', unknown>> | null;
    const sound = [value?.type, value?.prev, value?.time].every((member) => typeof member === 'string');
    return sound ? (value as SessionRecord) : undefined;
  } catch {
    return undefined;
  }
}
