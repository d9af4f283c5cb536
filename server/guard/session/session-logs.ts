import { closeSync, constants, existsSync, lstatSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  agentKey,
  asRefusal,
  fullRecords,
  openPrivate,
  refusalKey,
  SessionReducer,
  StateError,
  writeAll,
} from '../../protocol';
import type { NewRecord, PaceLimits, RetiredLogs, SessionRecord } from '../../protocol';
import { LogFile, readHeadText } from './log-file';
import { noHash } from './log-head';
import { isAtLineStart, lastLineHash } from './log-lines';
import { headPathOf, logName, sessionLogs, timeOfLog } from './log-names';
import type { LogTime } from './log-time';
import { RepeatsFile, repeatsRecord } from './repeats';
import { ownerOf, strangeness } from './session-place';
import type { SessionPlace } from './session-place';

/** When a session goes on in another log, and how long logs are kept. */
export interface LogLimits {
  /** Bytes that a log grows before the session goes on in another one. */
  readonly bytes: number;
  /** Milliseconds after which it does so. */
  readonly age: number;
  /** Milliseconds that logs are kept after the next one began; infinite to keep all. */
  readonly kept: number;
}

/** A start reads one log: 4 MB take some 40 ms. */
export const logLimits: LogLimits = { bytes: 4 * 1024 * 1024, age: 24 * 60 * 60_000, kept: Infinity };

interface SessionLogsOptions {
  readonly place: SessionPlace;
  readonly limits: LogLimits;
  readonly pace: PaceLimits;
  /** The time for a log that is opened now. */
  readonly time: () => LogTime;
  /** Milliseconds since the epoch, by the wall clock. */
  readonly wall: () => number;
  readonly random: (bytes: number) => Buffer;
  /** Throws if the session's lock is not held any more. */
  readonly beforeWrite: () => void;
}

/**
 * The logs of one user's sessions in one workspace, as a chain: the current one is open, read up to its end, and
 * appended to. Only whoever holds the session's lock may use it. After an error it must be closed.
 */
export class SessionLogs {
  readonly #options: SessionLogsOptions;
  readonly #repeats: RepeatsFile;
  #log: LogFile | undefined;
  #tally: SessionReducer;
  #time: LogTime;

  constructor(options: SessionLogsOptions) {
    this.#options = options;
    this.#tally = new SessionReducer({ pace: options.pace });
    this.#time = options.time();
    this.#repeats = new RepeatsFile(join(options.place.folder, 'repeats'));
  }

  /** The reduced records of the current log; those of an empty one if there is no log. */
  get tally(): SessionReducer {
    return this.#tally;
  }

  get time(): LogTime {
    return this.#time;
  }

  /** Absolute path of the current log; undefined if there never was one. */
  get path(): string | undefined {
    return this.#log?.path;
  }

  /** Refusals that are counted but not in the log yet. */
  get moreDenied(): number {
    return this.#repeats.pending.reduce((sum, { count }) => sum + count, 0);
  }

  /** True if the current log's head does not say yet how far the log reaches. */
  get isHeadDue(): boolean {
    return this.#log?.isHeadDue === true;
  }

  /**
   * Reads what others appended, and goes on to the logs that they began.
   * @param isKept nobody else has had the lock since the last time: then there is nothing to read, unless the log is
   *   not as it was left
   */
  catchUp(isKept = false): void {
    if (isKept && this.#log?.isAsLeft() === true) {
      return;
    }
    this.#options.beforeWrite();
    if (this.#log === undefined) {
      const last = this.#names().at(-1);
      if (last === undefined) {
        return;
      }
      this.#open(last, undefined);
    }
    while (this.#readOn()) {
      // Until the last log.
    }
    this.#repeats.load(this.#tally.header?.id ?? '', ({ lastId }) => this.#tally.refusals.hasRepeats(lastId));
  }

  /** Writes the current log's head, if that is due. */
  writeHead(): void {
    if (this.isHeadDue) {
      this.#options.beforeWrite();
      this.#log?.writeHead();
    }
  }

  /** Begins a session. The new log's first line refers to the last line of the one before, so that a missing log shows. */
  begin(): void {
    const { place, random, wall } = this.#options;
    this.writeHead();
    const id = random(8).toString('hex');
    const retired = this.#tally.retired;
    this.#forget();
    const previous = this.#lastBegun();
    const hash = previous === undefined ? noHash : this.#lastHash(previous);
    const name = logName(wall(), id, previous);
    this.#create(name, hash, previous, retired, (kept) => ({
      type: 'session',
      v: 2,
      id,
      ...ownerOf(place),
      ...(previous === undefined ? {} : { previous }),
      ...kept,
    }));
  }

  /** Goes on in another log if this one has grown too large or too old. */
  rotate(): void {
    const { limits, wall } = this.#options;
    const log = this.#log;
    const id = this.#tally.header?.id;
    if (log === undefined || id === undefined || this.#tally.ended) {
      return;
    }
    if (log.grown > limits.bytes || this.#time.now() - this.#tally.firstTime > limits.age) {
      const next = logName(wall(), id, basename(log.path));
      this.append([{ type: 'continued', next }]);
      this.#continueIn(next);
    }
  }

  /**
   * Appends records, all or none. A refusal that equals others of the last minute is only counted, in a place that
   * survives this process.
   * @param before records to append before them, in the same write
   * @returns false if the refusal was only counted, so that nothing was appended
   */
  append(records: readonly NewRecord[], before: readonly NewRecord[] = []): boolean {
    if (this.#isCounted(records)) {
      return false;
    }
    const pending = this.#repeats.pending.map(repeatsRecord);
    this.#write([...before, ...pending, ...records]);
    if (pending.length > 0) {
      this.#repeats.clear();
    }
    return true;
  }

  /** Writes down what was only counted. */
  flush(): void {
    if (this.#log !== undefined && !this.#tally.ended && this.#repeats.pending.length > 0) {
      this.append([]);
    }
  }

  /**
   * Ends a log that is damaged. Other guards may not see the damage, because they have read that part before: this line
   * tells them to go on.
   */
  endDamaged(by: string): void {
    const name = this.#names().at(-1);
    if (name === undefined) {
      return;
    }
    const time = new Date(this.#options.wall()).toISOString();
    const record = JSON.stringify({ prev: this.#lastHash(name), time, type: 'end', why: 'new', by });
    this.#options.beforeWrite();
    try {
      const file = openPrivate(this.#pathOf(name), constants.O_RDWR | constants.O_APPEND);
      try {
        // What a dead writer left unfinished becomes a line that is none: the log is damaged anyway.
        writeAll(file, Buffer.from(`${isAtLineStart(file) ? '' : '\n'}${record}\n`));
      } finally {
        closeSync(file);
      }
    } catch (error) {
      if (!(error instanceof StateError)) {
        throw error;
      }
    }
  }

  /** Makes what was appended survive a power cut. */
  async sync(): Promise<void> {
    await this.#log?.sync();
  }

  close(): void {
    this.#forget();
    this.#repeats.close();
  }

  /** Reads the current log to its end; true if there is another one to go on with. */
  #readOn(): boolean {
    const log = this.#log;
    if (log === undefined) {
      return false;
    }
    log.read((record) => this.#apply(record));
    this.#checkOwner(log);
    const torn = log.cutTorn();
    if (torn !== undefined) {
      this.#write([torn]);
    }
    const { continuedBy, ended } = this.#tally;
    const next = continuedBy ?? (ended ? this.#nameAfter(log) : undefined);
    if (log.next !== undefined && next !== log.next) {
      throw this.#missing(log.next);
    }
    if (next === undefined) {
      return false;
    }
    if (existsSync(this.#pathOf(next))) {
      this.#open(next, log.hash);
      return true;
    }
    if (log.next !== undefined) {
      throw this.#missing(next);
    }
    // Whoever wrote that the session goes on there died before it did.
    this.#continueIn(next);
    return false;
  }

  #continueIn(next: string): void {
    const log = this.#log;
    const { header, part, retired, startedAt, state } = this.#tally;
    if (log === undefined || header === undefined) {
      throw new StateError('There is no session to go on with.');
    }
    const previous = basename(log.path);
    this.writeHead();
    this.#create(next, log.hash, previous, retired, (kept) => ({
      type: 'checkpoint',
      v: 2,
      id: header.id,
      part: part + 1,
      startedAt: startedAt ?? header.time,
      ...ownerOf(this.#options.place),
      previous,
      ...kept,
      state,
    }));
  }

  #create(
    name: string,
    hash: string,
    previous: string | undefined,
    retired: RetiredLogs | undefined,
    first: (kept: { readonly retired?: RetiredLogs }) => NewRecord,
  ): void {
    const { place, wall } = this.#options;
    const due = this.#due(previous) ?? retired;
    // The checkpoint of a session is not earlier than what it sums up.
    const time = this.#log === undefined ? wall() : this.#time.now();
    const record = first(due === undefined ? {} : { retired: due });
    this.#options.beforeWrite();
    LogFile.create(this.#pathOf(name), record, hash, new Date(time).toISOString(), place.seal);
    if (previous !== undefined) {
      LogFile.noteNext(this.#pathOf(previous), name, place.seal);
    }
    if (due !== undefined) {
      this.#remove(due.through);
    }
    this.#open(name, hash);
    this.#log?.read((line) => this.#apply(line));
  }

  /** The newest log that has been kept for long enough, if there is one; never the one before the new log. */
  #due(previous: string | undefined): RetiredLogs | undefined {
    const { limits, wall } = this.#options;
    const names = this.#names().filter((name) => previous !== undefined && name <= previous);
    const through = names
      .filter((_, index) => {
        const next = names[index + 1];
        return next !== undefined && wall() - (timeOfLog(next) ?? Infinity) > limits.kept;
      })
      .at(-1);
    return through === undefined ? undefined : { through, hash: this.#lastHash(through) };
  }

  #remove(through: string): void {
    for (const name of this.#names().filter((found) => found <= through)) {
      rmSync(this.#pathOf(name), { force: true });
      rmSync(headPathOf(this.#pathOf(name)), { force: true });
    }
  }

  #isCounted(records: readonly NewRecord[]): boolean {
    const refusal = asRefusal(records);
    const session = this.#tally.header?.id;
    if (refusal === undefined || session === undefined || this.#log === undefined) {
      return false;
    }
    const now = this.#time.now();
    const key = refusalKey(refusal);
    const seen = this.#tally.refusals.seen(key, now);
    if (seen === undefined || seen.count < fullRecords) {
      return false;
    }
    this.#options.beforeWrite();
    return this.#repeats.add({
      key,
      session,
      id: seen.id,
      agent: agentKey(refusal.attempt.agent),
      last: new Date(now).toISOString(),
      lastId: refusal.decision.id,
    });
  }

  #write(records: readonly NewRecord[]): void {
    if (this.#log === undefined) {
      throw new StateError('There is no session to write to.');
    }
    const time = new Date(this.#time.now()).toISOString();
    this.#options.beforeWrite();
    this.#log.append(records, time).forEach((record) => this.#apply(record));
  }

  #apply(record: SessionRecord): void {
    this.#tally.apply(record);
    this.#time.observe(this.#tally.lastTime);
  }

  #checkOwner(log: LogFile): void {
    const { header } = this.#tally;
    const { folder, installation } = this.#options.place;
    const why = header === undefined ? undefined : strangeness(header, basename(folder), installation);
    if (why !== undefined) {
      throw new StateError(
        `The session's log ${log.path} does not belong here: ${why}. Look at it with "gatehouse audit verify", then start a new session with "gatehouse session new".`,
      );
    }
    if (header === undefined && log.lines > 0) {
      throw new StateError(
        `The session's log ${log.path} is damaged: it does not begin with its header. Start a new session with "gatehouse session new".`,
      );
    }
  }

  #missing(name: string): StateError {
    return new StateError(
      `The log ${this.#pathOf(name)}, in which the session went on, is missing. Look with "gatehouse audit verify", then start a new session with "gatehouse session new".`,
    );
  }

  /** The newest log that has a line; newer ones of 0.1, whose writer was killed before it wrote one, are removed. */
  #lastBegun(): string | undefined {
    for (const name of [...this.#names()].reverse()) {
      const path = this.#pathOf(name);
      const head = readHeadText(headPathOf(path)) ?? '';
      if (lstatSync(path).size > 0 || head !== '') {
        return name;
      }
      rmSync(path);
      rmSync(headPathOf(path), { force: true });
    }
    return undefined;
  }

  #lastHash(name: string): string {
    try {
      return lastLineHash(this.#pathOf(name)) ?? noHash;
    } catch (error) {
      if (error instanceof StateError) {
        return noHash;
      }
      throw error;
    }
  }

  #open(name: string, previous: string | undefined): void {
    this.#forget();
    this.#log = new LogFile(this.#pathOf(name), previous, this.#options.place.seal);
  }

  #forget(): void {
    this.#log?.close();
    this.#log = undefined;
    this.#tally = new SessionReducer({ pace: this.#options.pace });
    this.#time = this.#options.time();
  }

  #nameAfter(log: LogFile): string | undefined {
    return this.#names().find((name) => this.#pathOf(name) > log.path);
  }

  #names(): readonly string[] {
    return sessionLogs(this.#options.place.folder);
  }

  #pathOf(name: string): string {
    return join(this.#options.place.folder, name);
  }
}
