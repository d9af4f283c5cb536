import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { errorCode, openPrivate, sha256, StateError, writeAll, writeFileAtomically } from '../../protocol';
import type { NewRecord, SessionRecord } from '../../protocol';
import { longestHead } from './log-head';
import type { Head, HeadSeal } from './log-head';
import { parseRecord, readLines } from './log-lines';
import { headPathOf } from './log-names';

const fdatasyncAsync = promisify(fdatasync);

/**
 * One log: read incrementally and in pieces, appended to. Only whoever holds the session's lock may use it. After a
 * {@link StateError} it must not be used any more.
 */
export class LogFile {
  readonly path: string;
  readonly #seal: HeadSeal;
  readonly #headPath: string;
  readonly #file: number;
  readonly #headFile: number;
  readonly #inode: bigint;
  readonly #headInode: bigint;
  #offset = 0;
  #firstLineBytes = 0;
  #lines = 0;
  #hash: string;
  /** From Gatehouse 0.1: heads without a seal. */
  #isOld = false;
  #next: string | undefined;
  /** Bytes after the last line break: a line that its writer did not finish. */
  #torn: Buffer = Buffer.alloc(0);
  #isHeadDue = false;

  /**
   * Makes a log with its first line. It appears as a whole, head and all: whoever dies in between leaves no log.
   * @param path absolute, ends with `.jsonl`
   * @param prev the hash that the first line refers to
   * @param time ISO 8601
   */
  static create(path: string, first: NewRecord, prev: string, time: string, seal: HeadSeal): void {
    const line = JSON.stringify({ prev, time, ...first });
    const temporary = `${path}.tmp`;
    const file = openPrivate(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC);
    try {
      writeAll(file, Buffer.from(`${line}\n`));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    writeFileAtomically(headPathOf(path), seal.text(path, { lines: 1, hash: sha256(line) }));
    renameSync(temporary, path);
    syncFolder(dirname(path));
  }

  /**
   * Notes in a log's head which one came next. Leaves a head that is not as it should be, for
   * what was done to it is to show.
   * @param path the log that is over
   * @param next the next log's name
   */
  static noteNext(path: string, next: string, seal: HeadSeal): void {
    const head = seal.parse(path, readHeadText(headPathOf(path)));
    if (head?.sealed === true && head.next === undefined) {
      writeFileAtomically(headPathOf(path), seal.text(path, { ...head, next }));
    }
  }

  /**
   * Opens a log.
   * @param path absolute, ends with `.jsonl`
   * @param previous the hash that the first line refers to; undefined if it is not known, then any will do
   * @throws {StateError} if log or head are links, or somebody else's, or the head is missing
   */
  constructor(path: string, previous: string | undefined, seal: HeadSeal) {
    this.path = path;
    this.#seal = seal;
    this.#headPath = headPathOf(path);
    this.#hash = previous ?? '';
    this.#file = openLog(path);
    try {
      this.#headFile = openPrivate(this.#headPath, constants.O_RDWR);
    } catch (error) {
      closeSync(this.#file);
      throw errorCode(error) === 'ENOENT' ? this.#damaged(`its head ${this.#headPath} is missing`) : error;
    }
    this.#inode = fstatSync(this.#file, { bigint: true }).ino;
    this.#headInode = fstatSync(this.#headFile, { bigint: true }).ino;
  }

  /** Of the last line. */
  get hash(): string {
    return this.#hash;
  }

  get lines(): number {
    return this.#lines;
  }

  /** Bytes after the first line. */
  get grown(): number {
    return this.#offset - this.#firstLineBytes;
  }

  /** The log that came next, as the head has it. */
  get next(): string | undefined {
    return this.#next;
  }

  /** True if the head does not say yet how far the log reaches. */
  get isHeadDue(): boolean {
    return this.#isHeadDue;
  }

  /** True if the file is there, the same, and as long as when it was read or written last. */
  isAsLeft(): boolean {
    const found = lstatSync(this.path, { bigint: true, throwIfNoEntry: false });
    return found?.ino === this.#inode && Number(found.size) === this.#offset;
  }

  /**
   * Reads what others have appended since the last time.
   * @param apply gets each record, in order
   * @throws {StateError} if the log is not as it was written
   */
  read(apply: (record: SessionRecord) => void): void {
    const size = this.#size();
    const head = this.#head();
    this.#next = head.next;
    this.#compare(head);
    if (size > this.#offset) {
      const { offset, rest, tooLong } = readLines(this.#file, this.#offset, size, (bytes) => {
        const record = this.#line(bytes);
        this.#compare(head);
        apply(record);
        return true;
      });
      this.#offset = offset;
      this.#torn = rest;
      if (tooLong) {
        throw this.#damaged(`line ${this.#lines + 1} is too long for a record`);
      }
    }
    this.#checkReach(head);
  }

  /** The unfinished line that a dead writer left, if there is one: cut it off, and note that in the log. */
  cutTorn(): NewRecord | undefined {
    if (this.#torn.length === 0) {
      return undefined;
    }
    const record: NewRecord = { type: 'recovery', bytes: this.#torn.length, sha256: sha256(this.#torn) };
    ftruncateSync(this.#file, this.#offset);
    this.#torn = Buffer.alloc(0);
    // A session of 0.1 that did not get as far as its header never was.
    return this.#lines === 0 ? undefined : record;
  }

  /**
   * Appends records, all or none. The head is due then: {@link writeHead}.
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
    this.#isHeadDue = true;
    return written;
  }

  /** Writes the head. It has a fixed length and is written at once, so that a crash leaves the old or the new one. */
  writeHead(): void {
    const text = this.#seal.text(this.path, { lines: this.#lines, hash: this.#hash });
    writeAll(this.#headFile, Buffer.from(text), 0);
    this.#isHeadDue = false;
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
    const found = lstatSync(this.path, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) {
      throw this.#damaged('it is gone');
    }
    if (found.ino !== this.#inode) {
      throw this.#damaged('it was replaced by another file');
    }
    if (found.size < this.#offset) {
      throw this.#damaged('its end is missing');
    }
    return Number(found.size);
  }

  /** The head is replaced, not written over, when the next log is noted in it: that one is read by its name. */
  #head(): Head {
    const found = lstatSync(this.#headPath, { bigint: true, throwIfNoEntry: false });
    const text = found?.ino === this.#headInode ? readText(this.#headFile) : readHeadText(this.#headPath);
    const head = this.#seal.parse(this.path, text);
    if (head === undefined) {
      throw this.#damaged(`its head ${this.#headPath} is missing, damaged, or of another installation`);
    }
    return head;
  }

  #line(bytes: Buffer): SessionRecord {
    const record = parseRecord(bytes);
    if (record === undefined) {
      throw this.#damaged(`line ${this.#lines + 1} is not a record`);
    }
    if (this.#hash !== '' && record.prev !== this.#hash) {
      throw this.#damaged(`line ${this.#lines + 1} does not follow the one before`);
    }
    if (this.#lines === 0) {
      this.#isOld = record.type === 'session' && record.v === 1;
      this.#firstLineBytes = bytes.length + 1;
    }
    this.#hash = sha256(bytes);
    this.#lines += 1;
    return record;
  }

  #compare(head: Head): void {
    if (head.lines > 0 && this.#lines === head.lines && this.#hash !== head.hash) {
      throw this.#damaged('it does not end where its head says');
    }
  }

  /** The head may lag behind by what a writer that died had appended, never the other way round. */
  #checkReach(head: Head): void {
    if (this.#lines < head.lines) {
      throw this.#damaged('its end is missing');
    }
    // In 0.1 the head was written right after the header, before anything else; now before it.
    if (head.lines === 0 && this.#lines > (this.#isOld ? 1 : 0)) {
      throw this.#damaged(`its head ${this.#headPath} was emptied`);
    }
    if (!head.sealed && !this.#isOld && this.#lines > 0) {
      throw this.#damaged(`its head ${this.#headPath} was not written by Gatehouse`);
    }
    if (this.#lines > head.lines) {
      this.writeHead();
    }
  }

  #damaged(how: string): StateError {
    return new StateError(
      `The session's log ${this.path} is damaged: ${how}. Look at it with "gatehouse audit verify", then start a new session with "gatehouse session new".`,
    );
  }
}

function openLog(path: string): number {
  try {
    return openPrivate(path, constants.O_RDWR | constants.O_APPEND);
  } catch (error) {
    if (error instanceof StateError) {
      throw new StateError(`${error.message} Then start a new session with "gatehouse session new".`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** A head's text, or undefined if it is missing, or longer than any. */
export function readHeadText(path: string): string | undefined {
  let file: number;
  try {
    file = openPrivate(path, constants.O_RDONLY);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof StateError) {
      return undefined;
    }
    throw error;
  }
  try {
    return readText(file);
  } finally {
    closeSync(file);
  }
}

function readText(file: number): string | undefined {
  const bytes = Buffer.alloc(longestHead + 1);
  const count = readSync(file, bytes, 0, bytes.length, 0);
  return count > longestHead ? undefined : bytes.toString('latin1', 0, count);
}

/** Makes a new log's name survive a power cut; Windows does that by itself, and can't open folders. */
function syncFolder(folder: string): void {
  if (process.platform !== 'win32') {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }
}
