import type {
  AttemptRecord,
  DecisionRecord,
  GrantRecord,
  HaltRecord,
  Reservation,
  SessionHeader,
  SessionRecord,
} from '../../protocol';
import type { SessionFacts } from './session-facts';

/** A call that waits for a human, with what it holds meanwhile. */
interface Hold {
  readonly reservation: Reservation;
  readonly key: string;
}

const recentLength = 50;

/** An agent session as its records tell it. Apply every record once, in order. */
export class Tally {
  #header: SessionHeader | undefined;
  #lastTime = 0;
  #ended = false;
  #halt: HaltRecord | undefined;
  #calls = 0;
  #denied = 0;
  #approved = 0;
  readonly #counters = new Map<string, number>();
  readonly #callsByTool = new Map<string, number>();
  readonly #servers = new Set<string>();
  #recent: string[] = [];
  readonly #touched = { openWorld: false, destructive: false };
  readonly #holds = new Map<string, Hold>();
  readonly #grants = new Map<string, GrantRecord>();
  /** Attempts whose final decision is still to come, for their servers' names. */
  readonly #open = new Map<string, AttemptRecord>();

  apply(record: SessionRecord): void {
    this.#lastTime = Math.max(this.#lastTime, Date.parse(record.time) || 0);
    switch (record.type) {
      case 'session':
        this.#header = record;
        break;
      case 'attempt':
        this.#open.set(record.id, record);
        break;
      case 'decision':
        this.#decided(record);
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
      case 'halt':
        this.#halt = record;
        break;
      case 'resume':
        this.#halt = undefined;
        break;
      case 'end':
        this.#ended = true;
        break;
      case 'outcome':
      case 'recovery':
        break;
    }
  }

  get header(): SessionHeader | undefined {
    return this.#header;
  }

  /** When the last record was written, milliseconds since the epoch. */
  get lastTime(): number {
    return this.#lastTime;
  }

  get ended(): boolean {
    return this.#ended;
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

  /**
   * The facts before a call.
   * @param now milliseconds since the epoch
   * @param except the decision whose own reservation is left out
   */
  facts(now: number, except?: string): SessionFacts {
    const startedAt = this.#header?.time ?? new Date(now).toISOString();
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
      id: this.#header?.id ?? '',
      startedAt,
      seconds: Math.max(0, Math.floor((now - Date.parse(startedAt)) / 1000)),
      calls,
      denied: this.#denied,
      approved: this.#approved,
      counters: Object.fromEntries(counters),
      callsByTool: Object.fromEntries(callsByTool),
      servers: [...this.#servers],
      recent: [...this.#recent],
      touched: { ...this.#touched },
    };
  }

  #decided(record: DecisionRecord): void {
    if (record.effect === 'ask') {
      if (record.hold !== undefined) {
        this.#holds.set(record.id, { reservation: record.hold, key: record.key ?? '' });
      }
      return;
    }
    this.#holds.delete(record.id);
    if (record.effect === 'deny') {
      this.#denied += 1;
    } else {
      this.#forwarded(record);
    }
    this.#open.delete(record.id);
  }

  #forwarded({ counts = [], grant, id, key = '', touches = [] }: DecisionRecord): void {
    this.#calls += 1;
    add(this.#callsByTool, key);
    counts.forEach((name) => add(this.#counters, name));
    this.#recent = [...this.#recent, key].slice(-recentLength);
    const server = this.#open.get(id)?.server;
    if (server !== undefined) {
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
