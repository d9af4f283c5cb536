import { join } from 'node:path';
import {
  FolderLock,
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
  HeldLock,
  NewRecord,
  PaceLimits,
  SessionFacts,
} from '../../protocol';
import { LogTime } from './log-time';
import { logLimits, SessionLogs } from './session-logs';
import type { LogLimits } from './session-logs';
import type { SessionPlace } from './session-place';

/** Whose session, where, and when it ends. */
export interface SessionOptions {
  /** Asked once, when the session is first needed: nothing is touched before. */
  readonly place: () => SessionPlace;
  /** Minutes; Infinity for a reader, which must not end a session. */
  readonly idleMinutes: number;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
  readonly limits?: LogLimits;
  readonly pace?: PaceLimits;
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
 * appends happens in one {@link transaction}.
 */
export class SessionStore {
  readonly #options: SessionOptions;
  #place: SessionPlace | undefined;
  #lock: FolderLock | undefined;
  #logs: SessionLogs | undefined;
  /** Transactions of this process follow each other without a race for the lock. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /**
   * Runs `work` on the current session under its lock: what it appends follows directly on what it has seen. A new
   * session begins if there is none, or the last one has ended or been idle for too long, or nobody can tell how long
   * it was idle; a halted one stays until a human resumes it or starts a new one.
   * @param durable wait until what was appended survives a power cut
   * @throws whatever `work` throws; {@link StateError} if the log is damaged or locked for too long; file system
   *   errors. Nothing that was not appended happened.
   */
  transaction<T>(work: (session: OpenSession) => T, durable?: (result: T) => boolean): Promise<T> {
    return this.#inTurn(() => this.#transaction(work, durable));
  }

  /** Appends what belongs to an earlier call: the session goes on with it, however long it was idle. */
  note(record: NewRecord): Promise<void> {
    return this.#inTurn(() =>
      this.#locked((logs) => {
        logs.catchUp();
        if (logs.path === undefined || logs.tally.ended || logs.tally.header === undefined) {
          logs.begin();
        }
        logs.rotate();
        logs.append([record]);
      }),
    );
  }

  /** Starts a new session, also where the last one's log is damaged, or another's. */
  async startNew(by: string): Promise<string> {
    return this.#inTurn(() =>
      this.#locked((logs) => {
        try {
          logs.catchUp();
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
      this.#locked((logs) => {
        logs.catchUp();
        return logs.path === undefined || this.#over(logs) !== undefined ? undefined : work(session(logs));
      }),
    );
  }

  /** Writes down what was only counted, if the lock can be had, and lets go of the files. */
  async close(): Promise<void> {
    await this.#queue;
    if ((this.#logs?.moreDenied ?? 0) > 0) {
      await this.#locked((logs) => {
        logs.catchUp();
        logs.flush();
      }).catch(() => undefined);
    }
    this.#forget();
  }

  async #transaction<T>(work: (session: OpenSession) => T, durable?: (result: T) => boolean): Promise<T> {
    const result = await this.#locked((logs) => {
      logs.catchUp();
      const over = logs.path === undefined ? 'none' : this.#over(logs);
      if (over !== undefined) {
        renew(logs, over);
      }
      doubt(logs);
      logs.rotate();
      releaseDead(logs);
      return work(session(logs));
    });
    if (durable?.(result) === true) {
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
    const run = this.#queue.then(work);
    this.#queue = run.catch(() => undefined);
    return run;
  }

  async #locked<T>(work: (logs: SessionLogs) => T): Promise<T> {
    let held: HeldLock;
    try {
      this.#place ??= this.#options.place();
      if (this.#logs === undefined) {
        privateFolder(this.#place.folder);
      }
      this.#lock ??= new FolderLock(join(this.#place.folder, 'lock'));
      held = this.#lock.tryAcquire() ?? (await this.#lock.acquire());
    } catch (error) {
      this.#forget();
      throw error;
    }
    try {
      return work((this.#logs ??= this.#open(this.#place)));
    } catch (error) {
      // Whatever went wrong, the next transaction reads everything anew.
      this.#forget();
      throw error;
    } finally {
      held.release();
    }
  }

  #open(place: SessionPlace): SessionLogs {
    const { clock, limits = logLimits, pace = paceLimits, random } = this.#options;
    return new SessionLogs({
      place,
      limits,
      pace,
      time: () => new LogTime(clock),
      wall: clock.wall,
      random,
    });
  }

  #forget(): void {
    this.#logs?.close();
    this.#logs = undefined;
  }
}

type Over = 'none' | 'ended' | Extract<EndRecord['why'], 'idle' | 'clock'>;

function session(logs: SessionLogs): OpenSession {
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
      logs.append(records);
    },
  };
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
