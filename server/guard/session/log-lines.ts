import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { openPrivate, sha256 } from '../../protocol';
import type { SessionRecord } from '../../protocol';

/** Logs are read in pieces of so many bytes, whatever their size. */
const pieceBytes = 256 * 1024;

/** No record is longer: arguments, reasons and names are bounded. A longer line is no record. */
const longestLine = 16 * 1024 * 1024;

/** Where {@link readLines} stopped. */
interface ReadTo {
  /** Of the byte after the last line break. */
  readonly offset: number;
  /** The bytes after it: a line that its writer did not finish, or the beginning of one that is too long. */
  readonly rest: Buffer;
  readonly tooLong: boolean;
}

/**
 * Reads whole lines in pieces, so that memory does not grow with the log.
 * @param file descriptor
 * @param from offset of the first line, bytes
 * @param to offset where to stop
 * @param take gets each line, without its line break; only good until it returns. False stops the reading.
 */
export function readLines(file: number, from: number, to: number, take: (line: Buffer) => boolean): ReadTo {
  const piece = Buffer.allocUnsafe(Math.max(1, Math.min(pieceBytes, to - from)));
  let carried: Buffer[] = [];
  let carriedBytes = 0;
  let offset = from;
  for (let at = from; at < to;) {
    const count = readSync(file, piece, 0, Math.min(piece.length, to - at), at);
    if (count === 0) {
      break;
    }
    at += count;
    let start = 0;
    for (let end = piece.indexOf(10); end >= 0 && end < count; end = piece.indexOf(10, start)) {
      const part = piece.subarray(start, end);
      const line = carried.length === 0 ? part : Buffer.concat([...carried, part]);
      carried = [];
      carriedBytes = 0;
      start = end + 1;
      offset += line.length + 1;
      if (!take(line)) {
        return { offset, rest: Buffer.alloc(0), tooLong: false };
      }
    }
    if (start < count) {
      // A copy: the piece is used again.
      carried.push(Buffer.from(piece.subarray(start, count)));
      carriedBytes += count - start;
    }
    if (carriedBytes > longestLine) {
      return { offset, rest: Buffer.concat(carried), tooLong: true };
    }
  }
  return { offset, rest: Buffer.concat(carried), tooLong: false };
}

/** A line of a log as it lies there. */
interface LogLine {
  /** 1-based. */
  readonly number: number;
  /** SHA-256 of its bytes. */
  readonly hash: string;
  /** Undefined if it is none. */
  readonly record: SessionRecord | undefined;
}

/**
 * Reads all finished lines of a log, one after the other.
 * @returns whether all was read: false after a line that is too long
 * @throws {StateError} if it is a link or somebody else's; file system errors
 */
export function readLog(log: string, take: (line: LogLine) => void): boolean {
  const file = openPrivate(log, constants.O_RDONLY);
  let number = 0;
  try {
    const { tooLong } = readLines(file, 0, fstatSync(file).size, (line) => {
      number += 1;
      take({ number, hash: sha256(line), record: parseRecord(line) });
      return true;
    });
    return !tooLong;
  } finally {
    closeSync(file);
  }
}

/**
 * Reads the records of a log in portions of some 256 KB, for whoever can't take all at once; lines that are none are
 * left out.
 * @throws {StateError} if it is a link or somebody else's; file system errors
 */
export function* recordsOf(log: string): Generator<readonly SessionRecord[]> {
  const file = openPrivate(log, constants.O_RDONLY);
  try {
    const { size } = fstatSync(file);
    for (let offset = 0; ;) {
      const records: SessionRecord[] = [];
      let bytes = 0;
      const end = readLines(file, offset, size, (line) => {
        bytes += line.length;
        const record = parseRecord(line);
        if (record !== undefined) {
          records.push(record);
        }
        return bytes < pieceBytes;
      });
      yield records;
      if (end.offset === offset || end.tooLong) {
        return;
      }
      ({ offset } = end);
    }
  } finally {
    closeSync(file);
  }
}

/** SHA-256 of the last finished line, or undefined if there is none; reads the end of the log only. */
export function lastLineHash(log: string): string | undefined {
  const file = openPrivate(log, constants.O_RDONLY);
  try {
    const { size } = fstatSync(file);
    for (let length = 64 * 1024; ; length *= 4) {
      const from = Math.max(0, size - length);
      const tail = Buffer.alloc(size - from);
      const count = readSync(file, tail, 0, tail.length, from);
      const end = tail.subarray(0, count).lastIndexOf(10);
      const start = end <= 0 ? -1 : tail.lastIndexOf(10, end - 1);
      if (end >= 0 && (start >= 0 || from === 0)) {
        return sha256(tail.subarray(start + 1, end));
      }
      if (from === 0 || length > longestLine) {
        return undefined;
      }
    }
  } finally {
    closeSync(file);
  }
}

/** True if the log is empty or ends with a line break. @param file descriptor */
export function isAtLineStart(file: number): boolean {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last[0] === 10);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A line as a record; undefined if it is none. */
export function parseRecord(line: Buffer): SessionRecord | undefined {
  try {
    const value = JSON.parse(utf8.decode(line)) as Partial<Record<'type' | 'prev' | 'time', unknown>> | null;
    const sound = [value?.type, value?.prev, value?.time].every((member) => typeof member === 'string');
    return sound ? (value as SessionRecord) : undefined;
  } catch {
    return undefined;
  }
}
