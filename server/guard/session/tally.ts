import type {
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
} from '../../protocol';
import { agentKey, Pace, paceLimits, questionWeight } from './pace';
import type { PaceLimits } from './pace';
import { asRefusal, floodRule, refusalKey, repeatWindow } from './repeats';
import type { SessionFacts } from './session-facts';

const recentLength = 50;
/** Equal refusals are looked for among so many. */
const rememberedRefusals = 64;
const rememberedRepeats = 64;

/** Refusals that were equal, with records of their own. */
interface SeenRefusal {
  /** The last one's. */
  readonly id: string;
  readonly count: number;
  /** When the first one was refused, milliseconds since the epoch. */
  readonly since: number;
}

/** An agent session as its records tell it. Apply every record of a log once, in order. */
export class Tally {
  readonly #limits: PaceLimits;
  #first: SessionHeader | CheckpointRecord | undefined;
  #lastTime = 0;
  #firstTime = 0;
  #ended = false;
  #continuedBy: string | undefined;
  #halt: HaltRecord | undefined;
  #calls = 0;
  #asked = 0;
  #denied = 0;
  #approved = 0;
  #counters = new Map<string, number>();
  #callsByTool = new Map<string, number>();
  #servers = new Set<string>();
  #recent: string[] = [];
  #touched = { openWorld: false, destructive: false };
  #pace: Pace;
  readonly #holds = new Map<string, HeldCall>();
  readonly #grants = new Map<string, GrantRecord>();
  /** Attempts whose first decision is still to come. */
  readonly #open = new Map<string, AttemptRecord>();
  readonly #seen = new Map<string, SeenRefusal>();
  readonly #repeats = new Set<string>();

  constructor(limits: PaceLimits = paceLimits) {
    this.#limits = limits;
    this.#pace = new Pace(limits);
  }

  apply(record: SessionRecord): void {
    const time = Date.parse(record.time) || 0;
    this.#lastTime = Math.max(this.#lastTime, time);
    switch (record.type) {
      case 'session':
        this.#first = record;
        this.#firstTime = time;
        break;
      case 'checkpoint':
        this.#first = record;
        this.#firstTime = time;
        this.#restore(record.state);
        break;
      case 'attempt':
        this.#open.set(record.id, record);
        this.#pace.called(agentKey(record.agent), time);
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
        this.#grants.set(record.id, record);
        break;
      case 'revoke':
        this.#grants.delete(record.id);
        break;
      case 'clock':
        this.#grants.clear();
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
  }

  /** The log's first record. */
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

  /** Grants that are neither used up nor revoked; whether they fit a call is for the caller to see. */
  get grants(): readonly GrantRecord[] {
    return [...this.#grants.values()];
  }

  /** The owners of what is reserved at the moment, by the decisions' ids. */
  get holders(): ReadonlyMap<string, string> {
    return new Map([...this.#holds].map(([id, { reservation }]) => [id, reservation.owner]));
  }

  /** Everything that a checkpoint carries on. */
  get state(): SessionState {
    return {
      calls: this.#calls,
      asked: this.#asked,
      denied: this.#denied,
      approved: this.#approved,
      counters: Object.fromEntries(this.#counters),
      callsByTool: Object.fromEntries(this.#callsByTool),
      servers: [...this.#servers],
      recent: this.#recent,
      touched: this.#touched,
      ...(this.#halt === undefined ? {} : { halt: this.#halt }),
      grants: this.grants,
      holds: [...this.#holds.values()],
      pace: this.#pace.state,
    };
  }

  /** In how many seconds an agent that floods may go on; 0 if it does not. @param agent as {@link agentKey} names it */
  wait(agent: string, now: number): number {
    return this.#pace.wait(agent, now);
  }

  /** How often a refusal has had records of its own in the last minute, and the last one's id. */
  seen(key: string, now: number): { readonly count: number; readonly id: string } | undefined {
    const found = this.#seen.get(key);
    return found === undefined || now - found.since >= repeatWindow ? undefined : found;
  }

  /** True if the log already has the record of these repeated refusals. @param lastId of the last of them */
  hasRepeats(lastId: string): boolean {
    return this.#repeats.has(lastId);
  }

  /**
   * The facts before a call.
   * @param now milliseconds since the epoch
   * @param except the decision whose own reservation is left out
   * @param moreDenied refusals that are counted but not in the log yet
   */
  facts(now: number, except?: string, moreDenied = 0): SessionFacts {
    const startedAt = this.startedAt ?? new Date(now).toISOString();
    const counters = new Map(this.#counters);
    const callsByTool = new Map(this.#callsByTool);
    let calls = this.#calls;
    for (const [id, { key, reservation }] of this.#holds) {
      if (id !== except) {
        calls += 1;
        add(callsByTool, key);
        reservation.counts.forEach((name) => add(counters, name));
      }
    }
    return {
      id: this.#first?.id ?? '',
      startedAt,
      seconds: Math.max(0, Math.floor((now - Date.parse(startedAt)) / 1000)),
      calls,
      denied: this.#denied + moreDenied,
      approved: this.#approved,
      counters: Object.fromEntries(counters),
      callsByTool: Object.fromEntries(callsByTool),
      servers: [...this.#servers],
      recent: [...this.#recent],
      touched: { ...this.#touched },
    };
  }

  #restore(state: SessionState): void {
    this.#calls = state.calls;
    this.#asked = state.asked;
    this.#denied = state.denied;
    this.#approved = state.approved;
    this.#counters = new Map(Object.entries(state.counters));
    this.#callsByTool = new Map(Object.entries(state.callsByTool));
    this.#servers = new Set(state.servers);
    this.#recent = [...state.recent];
    this.#touched = { ...state.touched };
    this.#halt = state.halt;
    this.#pace = new Pace(this.#limits, state.pace);
    state.grants.forEach((grant) => this.#grants.set(grant.id, grant));
    state.holds.forEach((hold) => this.#holds.set(hold.id, hold));
  }

  #decided(record: DecisionRecord, time: number): void {
    const attempt = this.#open.get(record.id);
    const agent = attempt === undefined ? undefined : agentKey(attempt.agent);
    this.#open.delete(record.id);
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
    this.#forwarded(record, hold?.server ?? attempt?.server);
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
    const key = refusalKey(refusal.attempt, refusal.decision);
    const before = this.seen(key, time);
    const since = this.#seen.get(key)?.since;
    // At the end of the order, so that the oldest is forgotten.
    this.#seen.delete(key);
    this.#seen.set(key, {
      id: record.id,
      count: (before?.count ?? 0) + 1,
      since: before === undefined ? time : (since ?? time),
    });
    forgetOldest(this.#seen, rememberedRefusals);
  }

  #repeated({ agent, count, last, lastId }: RepeatsRecord): void {
    this.#denied += count;
    this.#charge(agent, Date.parse(last) || 0, count);
    this.#repeats.add(lastId);
    forgetOldest(this.#repeats, rememberedRepeats);
  }

  #charge(agent: string | undefined, time: number, count: number): void {
    if (agent !== undefined && agent !== '') {
      this.#pace.refused(agent, time, count);
    }
  }

  #forwarded(
    { counts = [], grant, key = '', touches = [] }: DecisionRecord,
    server: string | undefined,
  ): void {
    this.#calls += 1;
    add(this.#callsByTool, key);
    counts.forEach((name) => add(this.#counters, name));
    this.#recent = [...this.#recent, key].slice(-recentLength);
    if (server !== undefined && server !== '') {
      this.#servers.add(server);
    }
    this.#touched.openWorld ||= touches.includes('openWorld');
    this.#touched.destructive ||= touches.includes('destructive');
    this.#approved += grant === undefined ? 0 : 1;
    if (grant !== undefined && this.#grants.get(grant)?.how === 'late') {
      this.#grants.delete(grant);
    }
  }
}

function add(counters: Map<string, number>, name: string): void {
  counters.set(name, (counters.get(name) ?? 0) + 1);
}

function forgetOldest(remembered: Map<string, unknown> | Set<string>, most: number): void {
  for (const key of remembered.keys()) {
    if (remembered.size <= most) {
      return;
    }
    remembered.delete(key);
  }
}
