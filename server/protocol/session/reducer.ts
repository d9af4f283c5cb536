import { CallEntries } from './calls';
import type { CallEntry, KeptCalls } from './calls';
import type { SessionFacts } from './facts';
import { ForwardedCalls } from './forwarded-calls';
import { Grants } from './grants';
import { agentKey, Pace, paceLimits, questionWeight } from './pace';
import type { PaceLimits } from './pace';
import type {
  AgentRecord,
  AttemptRecord,
  CheckpointRecord,
  DecisionRecord,
  GrantRecord,
  HaltRecord,
  HeldCall,
  RepeatsRecord,
  RetiredLogs,
  SessionHeader,
  SessionRecord,
  SessionState,
} from './records';
import { asRefusal, floodRule, RecentRefusals } from './refusals';

interface ReducerOptions {
  /** `undecided` if left out, so that memory does not grow with the log. */
  readonly calls?: KeptCalls;
  readonly pace?: PaceLimits;
}

/** How many calls of a session were allowed, put to a human, and denied. */
export interface SessionCounts {
  readonly allowed: number;
  readonly asked: number;
  readonly denied: number;
}

/**
 * Folds the records of an agent session into what they come to: counters, grants, halt, calls. Apply every record of a
 * log once, in order; begin with a session's first log or with any of its later ones, whose checkpoint says what came
 * before.
 */
export class SessionReducer {
  readonly #limits: PaceLimits;
  #first: SessionHeader | CheckpointRecord | undefined;
  #lastTime = 0;
  #firstTime = 0;
  #isEmpty = true;
  #ended = false;
  #continuedBy: string | undefined;
  #halt: HaltRecord | undefined;
  #asked = 0;
  #denied = 0;
  #approved = 0;
  #pace: Pace;
  readonly #forwarded = new ForwardedCalls();
  readonly #calls: CallEntries;
  readonly #holds = new Map<string, HeldCall>();
  readonly #grants = new Grants();
  readonly #refusals = new RecentRefusals();
  /** Of the policies and shared facts that are in the current log. */
  readonly #digests = new Set<string>();
  #agent: { readonly of: AgentRecord; readonly key: string } | undefined;

  constructor({ calls = 'undecided', pace = paceLimits }: ReducerOptions = {}) {
    this.#calls = new CallEntries(calls);
    this.#limits = pace;
    this.#pace = new Pace(pace);
  }

  /** @throws {TypeError} if the record lacks what its type has */
  apply(record: SessionRecord): void {
    const time = Date.parse(record.time) || 0;
    this.#lastTime = Math.max(this.#lastTime, time);
    switch (record.type) {
      case 'session':
        this.#begin(record, time);
        break;
      case 'checkpoint':
        // Where the log before it was read as well, its sums are here already.
        if (this.#isEmpty) {
          this.#restore(record.state);
        }
        this.#begin(record, time);
        break;
      case 'policies':
      case 'facts':
        this.#digests.add(record.digest);
        break;
      case 'attempt':
        this.#pace.called(this.#agentKey(record.agent), time);
        break;
      case 'decision':
        this.#decided(record, time);
        break;
      case 'repeats':
        this.#repeated(record);
        break;
      case 'approval':
        if (record.outcome === 'granted' && record.late !== true) {
          this.#approved += 1;
        }
        break;
      case 'release':
        this.#holds.delete(record.id);
        break;
      case 'grant':
        this.#grants.issue(record);
        break;
      case 'revoke':
        this.#grants.revoke(record.id);
        break;
      case 'clock':
        this.#grants.revokeAll();
        break;
      case 'halt':
        this.#halt = record;
        break;
      case 'resume':
        this.#halt = undefined;
        break;
      case 'continued':
        this.#continuedBy = record.next;
        break;
      case 'end':
        this.#ended = true;
        break;
      case 'outcome':
      case 'recovery':
        break;
    }
    this.#calls.apply(record);
    this.#isEmpty = false;
  }

  /** The first record of the log that was read last. */
  get header(): SessionHeader | CheckpointRecord | undefined {
    return this.#first;
  }

  /** The session's first log is 1. */
  get part(): number {
    return this.#first?.type === 'checkpoint' ? this.#first.part : 1;
  }

  /** When the session began; ISO 8601. */
  get startedAt(): string | undefined {
    return this.#first?.type === 'checkpoint' ? this.#first.startedAt : this.#first?.time;
  }

  get retired(): RetiredLogs | undefined {
    return this.#first?.retired;
  }

  /** When the log was begun, milliseconds since the epoch. */
  get firstTime(): number {
    return this.#firstTime;
  }

  /** When the last record was written, milliseconds since the epoch. */
  get lastTime(): number {
    return this.#lastTime;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The log in which the session goes on, if it does. */
  get continuedBy(): string | undefined {
    return this.#continuedBy;
  }

  /** Why the session is halted, if it is. */
  get halt(): HaltRecord | undefined {
    return this.#halt;
  }

  /** Grants that are neither used up nor revoked, with the uses that are left. They may have expired. */
  get grants(): readonly GrantRecord[] {
    return this.#grants.records;
  }

  /** The owners of what is reserved at the moment, by the decisions' ids. */
  get holders(): ReadonlyMap<string, string> {
    return new Map([...this.#holds].map(([id, { reservation }]) => [id, reservation.owner]));
  }

  get counts(): SessionCounts {
    return { allowed: this.#forwarded.count, asked: this.#asked, denied: this.#denied };
  }

  /** The calls that are kept, in the order in which they were attempted. */
  get calls(): readonly CallEntry[] {
    return [...this.#calls.values()];
  }

  /** Undefined if there is none, or it is not kept. */
  call(id: string): CallEntry | undefined {
    return this.#calls.get(id);
  }

  /** Everything that a checkpoint carries on. */
  get state(): SessionState {
    return {
      ...this.#forwarded.state,
      asked: this.#asked,
      denied: this.#denied,
      approved: this.#approved,
      ...(this.#halt === undefined ? {} : { halt: this.#halt }),
      grants: this.grants,
      holds: [...this.#holds.values()],
      pace: this.#pace.state,
    };
  }

  /** In how many seconds an agent that floods may go on; 0 if it does not. @param now milliseconds since the epoch */
  wait(agent: AgentRecord, now: number): number {
    return this.#pace.wait(this.#agentKey(agent), now);
  }

  /** True if the current log has the record of policies, or of shared facts, with this digest. */
  has(digest: string): boolean {
    return this.#digests.has(digest);
  }

  /** The refusals that had records of their own lately, and those that were only counted. */
  get refusals(): Pick<RecentRefusals, 'seen' | 'hasRepeats'> {
    return this.#refusals;
  }

  /**
   * The facts before a call.
   * @param now milliseconds since the epoch
   * @param except the decision whose own reservation is left out
   * @param moreDenied refusals that are counted but not in the log yet
   */
  facts(now: number, except?: string, moreDenied = 0): SessionFacts {
    const startedAt = this.startedAt ?? new Date(now).toISOString();
    const waiting = [...this.#holds.values()].filter(({ id }) => id !== except);
    const { calls, callsByTool, counters, recent, servers, touched } = this.#forwarded.facts(waiting);
    return {
      id: this.#first?.id ?? '',
      startedAt,
      seconds: Math.max(0, Math.floor((now - Date.parse(startedAt)) / 1000)),
      calls,
      denied: this.#denied + moreDenied,
      approved: this.#approved,
      counters,
      callsByTool,
      servers,
      recent,
      touched,
    };
  }

  #begin(first: SessionHeader | CheckpointRecord, time: number): void {
    this.#first = first;
    this.#digests.clear();
    this.#firstTime = time;
    this.#continuedBy = undefined;
  }

  #restore(state: SessionState): void {
    this.#forwarded.restore(state);
    this.#asked = state.asked;
    this.#denied = state.denied;
    this.#approved = state.approved;
    this.#halt = state.halt;
    this.#pace = new Pace(this.#limits, state.pace);
    state.grants.forEach((grant) => this.#grants.issue(grant));
    state.holds.forEach((hold) => this.#holds.set(hold.id, hold));
  }

  #decided(record: DecisionRecord, time: number): void {
    const call = this.#calls.get(record.id);
    const attempt = call?.decision === undefined ? call?.attempt : undefined;
    const agent = attempt === undefined ? undefined : this.#agentKey(attempt.agent);
    if (record.effect === 'ask') {
      this.#asked += 1;
      this.#charge(agent, time, questionWeight);
      if (record.hold !== undefined) {
        this.#holds.set(record.id, {
          id: record.id,
          reservation: record.hold,
          key: record.key ?? '',
          server: attempt?.server ?? '',
          agent: agent ?? '',
        });
      }
      return;
    }
    const hold = this.#holds.get(record.id);
    this.#holds.delete(record.id);
    if (record.effect === 'deny') {
      this.#denied += 1;
      this.#refused(record, attempt, agent, time);
      return;
    }
    this.#charge(hold?.agent, time, -questionWeight);
    this.#forwarded.add(record, hold?.server ?? attempt?.server);
    if (record.grant !== undefined) {
      this.#approved += 1;
      this.#grants.consume(record.grant);
    }
  }

  #refused(
    record: DecisionRecord,
    attempt: AttemptRecord | undefined,
    agent: string | undefined,
    time: number,
  ): void {
    const refusal = attempt === undefined ? undefined : asRefusal([attempt, record]);
    if (refusal === undefined) {
      return;
    }
    if (record.rule !== floodRule) {
      this.#charge(agent, time, 1);
    }
    this.#refusals.refused(refusal, time);
  }

  #repeated(record: RepeatsRecord): void {
    this.#denied += record.count;
    this.#charge(record.agent, Date.parse(record.last) || 0, record.count);
    this.#refusals.repeated(record);
  }

  #charge(agent: string | undefined, time: number, count: number): void {
    if (agent !== undefined && agent !== '') {
      this.#pace.refused(agent, time, count);
    }
  }

  /** Most records in a row are of one agent. */
  #agentKey(agent: AgentRecord): string {
    const { key, of } = this.#agent ?? {};
    if (
      key !== undefined &&
      of?.name === agent.name &&
      of?.version === agent.version &&
      of?.verified === agent.verified
    ) {
      return key;
    }
    this.#agent = { of: agent, key: agentKey(agent) };
    return this.#agent.key;
  }
}
