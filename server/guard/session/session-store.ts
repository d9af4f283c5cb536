import {
  identityText,
  lifeOf,
  paceLimits,
  parseIdentity,
  privateFolder,
  StateError,
  thisProcess,
} from '../../protocol';
import type {
  AgentRecord,
  Clock,
  EndRecord,
  GrantRecord,
  HaltRecord,
  NewRecord,
  PaceLimits,
  SessionFacts,
} from '../../protocol';
import { LogTime } from './log-time';
import { leaseLimits, SessionLease } from './session-lease';
import type { LeaseLimits } from './session-lease';
import { logLimits, SessionLogs } from './session-logs';
import type { LogLimits } from './session-logs';
import type { SessionPlace } from './session-place';

/** Whose session, where, and when it ends. */
interface SessionOptions {
  /** Asked once, when the session is first needed: nothing is touched before. */
  readonly place: () => SessionPlace;
  /** Minutes; Infinity for a reader, which must not end a session. */
  readonly idleMinutes: number;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
  readonly limits?: LogLimits;
  readonly pace?: PaceLimits;
  readonly lease?: LeaseLimits;
}

/** A record that no decision depends on, until it is written. */
interface Joining {
  readonly record: NewRecord;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

/** The session as it is while its lock is held. */
export interface OpenSession {
  readonly id: string;
  /** Absolute path of its log. */
  readonly log: string;
  /** Milliseconds since the epoch, the same throughout; never less than in any record of the log. */
  readonly now: number;
  readonly halt: HaltRecord | undefined;
  readonly grants: readonly GrantRecord[];
  /** @param except a decision whose own reservation is left out */
  facts(except?: string): SessionFacts;
  /** True if the log has the record of policies, or of shared facts, with this digest. */
  has(digest: string): boolean;
  /** True while the decision's reservation is in force. @param id the decision's */
  holds(id: string): boolean;
  /** In how many seconds an agent that floods may go on; 0 if it does not. */
  wait(agent: AgentRecord): number;
  /**
   * Appends records, all or none. Of an attempt and its denial that equal several others of the last minute only the
   * number is kept. Throws if they can't be written.
   */
  append(...records: readonly NewRecord[]): void;
}

/** This process, as the owner of reservations. */
export function reservationOwner(): string {
  return identityText(thisProcess());
}

/**
 * The agent session of a user in a workspace, shared by all guards through its logs. Whatever reads and decides and
 * appends happens in one {@link transaction}. The lock is kept for a moment between transactions: see
 * {@link SessionLease}.
 */
export class SessionStore {
  readonly #options: SessionOptions;
  #place: SessionPlace | undefined;
  #lease: SessionLease | undefined;
  #logs: SessionLogs | undefined;
  /** Transactions of this process follow each other without a race for the lock. */
  #queue: Promise<unknown> = Promise.resolve();
  /** Of them, those that have not begun. */
  #waiting = 0;
  /** Records for the next transaction that writes, or the end of the lease. */
  readonly #joining: Joining[] = [];
  #joinTimer: NodeJS.Timeout | undefined;
  #headTimer: NodeJS.Immediate | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /**
   * Runs `work` on the current session under its lock: what it appends follows directly on what it has seen. A new
   * session begins if there is none, or the last one has ended or been idle for too long, or nobody can tell how long
   * it was idle; a halted one stays until a human resumes it or starts a new one.
   * @param durable wait until what was appended survives a power cut
   * @throws whatever `work` throws; {@link StateError} if the log is damaged or locked for too long, or the lock was
   *   taken away meanwhile; file system errors. Nothing that was not appended happened.
   */
  transaction<T>(work: (session: OpenSession) => T, durable?: (result: T) => boolean): Promise<T> {
    return this.#inTurn(() => this.#transaction(work, durable));
  }

  /** Appends what belongs to an earlier call: the session goes on with it, however long it was idle. */
  note(record: NewRecord): Promise<void> {
    return this.#inTurn(() => this.#locked((logs, isKept) => noteNow(logs, isKept, [record])));
  }

  /**
   * {@link note} for a record that no decision depends on: it is written together with the next transaction's, or by
   * itself a few milliseconds later, and in any case before another process has the lock.
   */
  noteLater(record: NewRecord): Promise<void> {
    return new Promise((written, failed) => {
      this.#joining.push({ record, written, failed });
      this.#joinSoon();
    });
  }

  /** Starts a new session, also where the last one's log is damaged, or another's. */
  async startNew(by: string): Promise<string> {
    return this.#inTurn(() =>
      this.#locked((logs, isKept) => {
        try {
          logs.catchUp(isKept);
          if (logs.path !== undefined && !logs.tally.ended) {
            logs.append([{ type: 'end', why: 'new', by }]);
          }
        } catch (error) {
          if (!(error instanceof StateError)) {
            throw error;
          }
          logs.endDamaged(by);
        }
        logs.begin();
        return logs.tally.header?.id ?? '';
      }),
    );
  }

  /** The session that calls would belong to now; undefined if the next call begins a new one. */
  peek<T>(work: (session: OpenSession) => T): Promise<T | undefined> {
    return this.#inTurn(() =>
      this.#locked((logs, isKept) => {
        logs.catchUp(isKept);
        return logs.path === undefined || this.#over(logs) !== undefined
          ? undefined
          : work(this.#session(logs));
      }),
    );
  }

  /** Writes down what was only counted or waits to be written, if the lock can be had, and lets go of lock and files. */
  async close(): Promise<void> {
    await this.#queue;
    if (this.#joining.length > 0 || (this.#logs?.moreDenied ?? 0) > 0) {
      await this.#locked((logs, isKept) => {
        logs.catchUp(isKept);
        logs.flush();
        this.#writeJoining(logs, true);
      }).catch((error: unknown) => this.#failJoining(error));
    }
    clearTimeout(this.#joinTimer);
    this.#lease?.release();
    this.#forget();
  }

  async #transaction<T>(work: (session: OpenSession) => T, durable?: (result: T) => boolean): Promise<T> {
    const { isDurable, result } = await this.#locked((logs, isKept) => {
      logs.catchUp(isKept);
      if (this.#joining.length > 0 && (logs.path === undefined || this.#over(logs) !== undefined)) {
        // The session goes on with them.
        this.#writeJoining(logs, true);
      }
      const over = logs.path === undefined ? 'none' : this.#over(logs);
      if (over !== undefined) {
        renew(logs, over);
      }
      doubt(logs);
      logs.rotate();
      releaseDead(logs);
      const worked = work(this.#session(logs));
      const mustLast = durable?.(worked) === true;
      if (mustLast) {
        logs.writeHead();
      }
      return { result: worked, isDurable: mustLast };
    });
    if (isDurable) {
      await this.#logs?.sync();
    }
    return result;
  }

  /** Why a session is over, if it is. */
  #over({ tally, time }: SessionLogs): Over | undefined {
    if (tally.ended || tally.header === undefined) {
      return 'ended';
    }
    const { idleMinutes } = this.#options;
    const waiting = [...tally.holders.values()].some((owner) => !isDead(owner));
    if (waiting || tally.halt !== undefined || !Number.isFinite(idleMinutes)) {
      return undefined;
    }
    if (time.behind > 0) {
      return 'clock';
    }
    return time.now() - tally.lastTime > idleMinutes * 60_000 ? 'idle' : undefined;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    const run = this.#queue.then(() => {
      this.#waiting -= 1;
      return work();
    });
    this.#queue = run.catch(() => undefined);
    return run;
  }

  /** @param work is told whether nobody else has had the lock since the last time */
  async #locked<T>(work: (logs: SessionLogs, isKept: boolean) => T): Promise<T> {
    let isKept: boolean;
    try {
      this.#place ??= this.#options.place();
      if (this.#logs === undefined) {
        privateFolder(this.#place.folder);
      }
      this.#lease ??= new SessionLease(this.#place.folder, this.#options.lease ?? leaseLimits, () =>
        this.#settle(),
      );
      isKept = await this.#lease.take();
    } catch (error) {
      this.#forget();
      throw error;
    }
    const lease = this.#lease;
    try {
      const result = work((this.#logs ??= this.#opened(this.#place, lease)), isKept);
      // Whoever was suspended in between must not go by what it found before.
      lease.check();
      return result;
    } catch (error) {
      // Whatever went wrong, the next transaction reads everything anew.
      this.#forget();
      throw error;
    } finally {
      lease.done(this.#waiting > 0);
      if (this.#logs?.isHeadDue === true) {
        this.#headTimer ??= setImmediate(() => this.#writeHead());
      }
    }
  }

  #opened(place: SessionPlace, lease: SessionLease): SessionLogs {
    const { clock, limits = logLimits, pace = paceLimits, random } = this.#options;
    return new SessionLogs({
      place,
      limits,
      pace,
      time: () => new LogTime(clock),
      wall: clock.wall,
      random,
      beforeWrite: () => lease.check(),
    });
  }

  #session(logs: SessionLogs): OpenSession {
    const { tally } = logs;
    const now = logs.time.now();
    return {
      id: tally.header?.id ?? '',
      log: logs.path ?? '',
      now,
      halt: tally.halt,
      grants: tally.grants,
      facts: (except) => tally.facts(now, except, logs.moreDenied),
      has: (digest) => tally.has(digest),
      holds: (id) => tally.holders.has(id),
      wait: (agent) => tally.wait(agent, now),
      append: (...records) => {
        const joining = this.#joining.map(({ record }) => record);
        if (logs.append(records, joining)) {
          this.#joined();
        }
      },
    };
  }

  /** Nothing has come yet that they could be written with. The end of a lease writes them, too. */
  #join(): void {
    this.#joinTimer = undefined;
    if (this.#joining.length === 0) {
      return;
    }
    if (this.#lease?.isHeld === true) {
      this.#joinSoon();
      return;
    }
    this.#inTurn(() => this.#locked((logs, isKept) => this.#writeJoining(logs, isKept))).catch(
      (error: unknown) => this.#failJoining(error),
    );
  }

  #joinSoon(): void {
    this.#joinTimer ??= setTimeout(() => this.#join(), (this.#options.lease ?? leaseLimits).idle);
  }

  #writeJoining(logs: SessionLogs, isKept: boolean): void {
    const joining = this.#joining;
    if (joining.length > 0) {
      noteNow(
        logs,
        isKept,
        joining.map(({ record }) => record),
      );
      this.#joined();
    }
  }

  #joined(): void {
    this.#joining.splice(0).forEach(({ written }) => written());
  }

  #failJoining(error: unknown): void {
    this.#joining.splice(0).forEach(({ failed }) => failed(error));
  }

  /** The lease is about to end: whoever has the lock next finds everything written. */
  #settle(): void {
    try {
      if (this.#logs !== undefined) {
        this.#writeJoining(this.#logs, true);
      }
      this.#writeHead();
    } catch (error) {
      this.#failJoining(error);
      this.#forget();
    }
  }

  #writeHead(): void {
    clearImmediate(this.#headTimer);
    this.#headTimer = undefined;
    try {
      if (this.#lease?.isHeld === true) {
        this.#logs?.writeHead();
      }
    } catch {
      // The next transaction reads everything anew, and writes the head.
      this.#forget();
    }
  }

  #forget(): void {
    this.#logs?.close();
    this.#logs = undefined;
  }
}

type Over = 'none' | 'ended' | Extract<EndRecord['why'], 'idle' | 'clock'>;

/** Appends to the current log whatever has happened since; where there is none, to a new one. */
function noteNow(logs: SessionLogs, isKept: boolean, records: readonly NewRecord[]): void {
  logs.catchUp(isKept);
  if (logs.path === undefined || logs.tally.ended || logs.tally.header === undefined) {
    logs.begin();
  }
  logs.rotate();
  logs.append(records);
}

function renew(logs: SessionLogs, over: Over): void {
  if (over === 'idle' || over === 'clock') {
    logs.append([{ type: 'end', why: over }]);
  }
  logs.begin();
}

/** A session that stays (it is halted, or a human is asked) although nobody can tell the time: nothing granted does. */
function doubt(logs: SessionLogs): void {
  const { behind } = logs.time;
  if (behind > 0 && logs.tally.grants.length > 0) {
    logs.append([{ type: 'clock', behindSeconds: Math.ceil(behind / 1000) }]);
  }
}

/** A guard that died while a human was asked no longer waits for the answer. */
function releaseDead(logs: SessionLogs): void {
  for (const [id, owner] of logs.tally.holders) {
    if (isDead(owner)) {
      logs.append([{ type: 'release', id, why: 'The guard that waited for the answer has ended.' }]);
    }
  }
}

function isDead(owner: string): boolean {
  const identity = parseIdentity(owner);
  return identity === undefined || lifeOf(identity) === 'dead';
}
