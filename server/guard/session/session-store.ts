import {
  appendFileSync,
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  FolderLock,
  identityText,
  lifeOf,
  parseIdentity,
  privateFolder,
  sha256,
  StateError,
  thisProcess,
} from '../../protocol';
import type { GrantRecord, HaltRecord, HeldLock, SessionRecord } from '../../protocol';
import { headPathOf, LogFile, noHash } from './log-file';
import type { NewRecord } from './log-file';
import type { SessionFacts } from './session-facts';
import { Tally } from './tally';

/** Whose session, where, and when it ends. */
export interface SessionOptions {
  /** The folder of this user's sessions in this workspace; its parent exists. */
  readonly folder: string;
  readonly user: { readonly id: string; readonly name: string };
  readonly workspace: { readonly name: string; readonly folders: readonly string[] };
  readonly idleMinutes: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly random: (bytes: number) => Buffer;
}

/** The session as it is while its lock is held. */
export interface OpenSession {
  readonly id: string;
  /** Absolute path of its log. */
  readonly log: string;
  /** Milliseconds since the epoch, the same throughout. */
  readonly now: number;
  readonly halt: HaltRecord | undefined;
  readonly grants: readonly GrantRecord[];
  /** @param except a decision whose own reservation is left out */
  facts(except?: string): SessionFacts;
  /** Whether a decision's reservation still stands. */
  holds(id: string): boolean;
  /** Appends records, all or none. Throws if they can't be written. */
  append(...records: readonly NewRecord[]): void;
}

/** This process, as the owner of reservations. */
export function reservationOwner(): string {
  return identityText(thisProcess());
}

/**
 * The agent session of a user in a workspace, shared by all guards through its log. Whatever reads and decides and
 * appends happens in one {@link transaction}.
 */
export class SessionStore {
  readonly #options: SessionOptions;
  readonly #lock: FolderLock;
  #log: LogFile | undefined;
  #folderIsThere = false;
  #tally = new Tally();
  /** Transactions of this process follow each other without a race for the lock. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#lock = new FolderLock(join(options.folder, 'lock'));
  }

  /**
   * Runs `work` on the current session under its lock: what it appends follows directly on what it has seen. A new
   * session begins if there is none, or the last one has ended or been idle for too long; a halted one stays until a
   * human resumes it or starts a new one.
   * @param durable wait until what was appended survives a power cut
   * @throws whatever `work` throws; {@link StateError} if the log is damaged or locked for too long; file system
   *   errors. Nothing that was not appended happened.
   */
  transaction<T>(work: (session: OpenSession) => T, durable?: (result: T) => boolean): Promise<T> {
    const run = this.#queue.then(() => this.#transaction(work, durable));
    this.#queue = run.catch(() => undefined);
    return run;
  }

  /** Appends what belongs to an earlier call: the session goes on with it, however long it was idle. */
  note(record: NewRecord): Promise<void> {
    const run = this.#queue.then(() =>
      this.#locked(() => {
        this.#catchUp();
        if (this.#log === undefined || this.#tally.ended || this.#tally.header === undefined) {
          this.#begin();
        }
        this.#append([record]);
      }),
    );
    this.#queue = run.catch(() => undefined);
    return run;
  }

  /** Starts a new session, also where the last one's log is damaged. */
  async startNew(by: string): Promise<string> {
    await this.#queue;
    return this.#locked(() => {
      try {
        this.#catchUp();
        if (this.#log !== undefined && !this.#tally.ended) {
          this.#append([{ type: 'end', why: 'new', by }]);
        }
      } catch (error) {
        if (!(error instanceof StateError)) {
          throw error;
        }
        this.#endDamaged(by);
      }
      this.#begin();
      return this.#tally.header?.id ?? '';
    });
  }

  /** The session that calls would belong to now; undefined if the next call begins a new one. Appends nothing. */
  peek<T>(work: (session: OpenSession) => T): Promise<T | undefined> {
    return this.#locked(() => {
      this.#catchUp();
      return this.#log === undefined || this.#isOver()
        ? undefined
        : work(this.#session(this.#options.clock()));
    });
  }

  async close(): Promise<void> {
    await this.#queue;
    this.#forget();
  }

  async #transaction<T>(work: (session: OpenSession) => T, durable?: (result: T) => boolean): Promise<T> {
    const result = await this.#locked(() => {
      this.#catchUp();
      if (this.#log === undefined || this.#isOver()) {
        this.#renew();
      }
      this.#releaseDead();
      return work(this.#session(this.#options.clock()));
    });
    if (durable?.(result) === true) {
      await this.#log?.sync();
    }
    return result;
  }

  async #locked<T>(work: () => T): Promise<T> {
    if (!this.#folderIsThere) {
      privateFolder(this.#options.folder);
      this.#folderIsThere = true;
    }
    let held: HeldLock;
    try {
      held = this.#lock.tryAcquire() ?? (await this.#lock.acquire());
    } catch (error) {
      this.#forget();
      throw error;
    }
    try {
      return work();
    } catch (error) {
      // Whatever went wrong, the next transaction reads everything anew.
      this.#forget();
      throw error;
    } finally {
      held.release();
    }
  }

  #session(now: number): OpenSession {
    const tally = this.#tally;
    return {
      id: tally.header?.id ?? '',
      log: this.#log?.path ?? '',
      now,
      halt: tally.halt,
      grants: tally.grants,
      facts: (except) => tally.facts(now, except),
      holds: (id) => tally.holders.has(id),
      append: (...records) => {
        this.#append(records);
      },
    };
  }

  /** Reads what others appended, and goes on to the logs that they began. */
  #catchUp(): void {
    if (this.#log === undefined) {
      const last = this.#logs().at(-1);
      if (last === undefined) {
        return;
      }
      this.#open(last, undefined);
    }
    for (;;) {
      const log = this.#log;
      if (log === undefined) {
        return;
      }
      this.#apply(log.read());
      const torn = log.cutTorn();
      if (torn !== undefined) {
        this.#append([torn]);
      }
      const next = this.#tally.ended
        ? this.#logs().find((name) => join(this.#options.folder, name) > log.path)
        : undefined;
      if (next === undefined) {
        return;
      }
      this.#open(next, log.hash);
    }
  }

  #isOver(): boolean {
    if (this.#tally.ended || this.#tally.header === undefined) {
      return true;
    }
    const idle = this.#options.clock() - this.#tally.lastTime > this.#options.idleMinutes * 60_000;
    const waiting = [...this.#tally.holders.values()].some((owner) => !isDead(owner));
    return idle && !waiting && this.#tally.halt === undefined;
  }

  #renew(): void {
    if (this.#log !== undefined && this.#tally.header !== undefined && !this.#tally.ended) {
      this.#append([{ type: 'end', why: 'idle' }]);
    }
    this.#begin();
  }

  /** Other guards may not see the damage, because they have read that part before: this line tells them to go on. */
  #endDamaged(by: string): void {
    const { clock, folder } = this.#options;
    const name = this.#logs().at(-1);
    if (name !== undefined) {
      const path = join(folder, name);
      const time = new Date(clock()).toISOString();
      const torn = readFileSync(path).at(-1) === 10 ? '' : '\n';
      const record = JSON.stringify({ prev: lastHash(path), time, type: 'end', why: 'new', by });
      appendFileSync(path, `${torn}${record}\n`);
    }
  }

  /** The new log's first line refers to the last line of the one before, so that a missing log shows. */
  #begin(): void {
    const { folder, random, user, workspace } = this.#options;
    this.#forget();
    const previous = this.#lastBegun();
    const hash = previous === undefined ? noHash : lastHash(join(folder, previous));
    const id = random(8).toString('hex');
    this.#open(logName(this.#options.clock(), id, previous), hash);
    this.#append([
      { type: 'session', v: 1, id, user, workspace, ...(previous === undefined ? {} : { previous }) },
    ]);
    syncFolder(folder);
  }

  /** The newest log that has a line; newer ones, whose writer was killed before it wrote one, are removed. */
  #lastBegun(): string | undefined {
    const { folder } = this.#options;
    for (const name of [...this.#logs()].reverse()) {
      const path = join(folder, name);
      if (statSync(path).size > 0) {
        return name;
      }
      rmSync(path);
      rmSync(headPathOf(path), { force: true });
    }
    return undefined;
  }

  #open(name: string, previous: string | undefined): void {
    this.#forget();
    this.#log = new LogFile(join(this.#options.folder, name), previous);
    this.#tally = new Tally();
  }

  #forget(): void {
    this.#folderIsThere = false;
    this.#log?.close();
    this.#log = undefined;
    this.#tally = new Tally();
  }

  #append(records: readonly NewRecord[]): void {
    if (this.#log === undefined) {
      throw new StateError('There is no session to write to.');
    }
    this.#apply(this.#log.append(records, new Date(this.#options.clock()).toISOString()));
  }

  #apply(records: readonly SessionRecord[]): void {
    for (const record of records) {
      this.#tally.apply(record);
    }
  }

  /** A guard that died while a human was asked no longer waits for the answer. */
  #releaseDead(): void {
    for (const [id, owner] of this.#tally.holders) {
      if (isDead(owner)) {
        this.#append([{ type: 'release', id, why: 'The guard that waited for the answer has ended.' }]);
      }
    }
  }

  #logs(): readonly string[] {
    return sessionLogs(this.#options.folder);
  }
}

/** The names of the logs in a session folder, oldest first. */
export function sessionLogs(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort();
}

function isDead(owner: string): boolean {
  const identity = parseIdentity(owner);
  return identity === undefined || lifeOf(identity) === 'dead';
}

/** Names sort by time; if the clock was set back, the new one still sorts after the one before. */
function logName(now: number, id: string, previous: string | undefined): string {
  const stamp = (time: number): string => new Date(time).toISOString().replace(/[-:.]/g, '');
  const last = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-/.exec(previous ?? '');
  if (last === null) {
    return `${stamp(now)}-${id}.jsonl`;
  }
  const [, year, month, day, hour, minute, second, milli] = last.map(Number);
  const before = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second, milli);
  return `${stamp(Math.max(now, before + 1))}-${id}.jsonl`;
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

function lastHash(path: string): string {
  const text = readFileSync(path, 'utf8');
  const lines = text.split('\n').slice(0, -1);
  return lines.length === 0 ? noHash : sha256(lines.at(-1) ?? '');
}
