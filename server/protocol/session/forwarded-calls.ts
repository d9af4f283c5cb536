import type { SessionFacts } from './facts';
import type { DecisionRecord, HeldCall, SessionState } from './records';

const recentLength = 50;

type ForwardedState = Pick<
  SessionState,
  'calls' | 'counters' | 'callsByTool' | 'servers' | 'recent' | 'touched'
>;

/** The sums over the forwarded calls of a session: counters, and the servers and tools that were used. */
export class ForwardedCalls {
  #calls = 0;
  #counters = new Map<string, number>();
  #callsByTool = new Map<string, number>();
  #servers = new Set<string>();
  #recent: readonly string[] = [];
  #touched = { openWorld: false, destructive: false };

  get state(): ForwardedState {
    return {
      calls: this.#calls,
      counters: Object.fromEntries(this.#counters),
      callsByTool: Object.fromEntries(this.#callsByTool),
      servers: [...this.#servers],
      recent: this.#recent,
      touched: { ...this.#touched },
    };
  }

  get count(): number {
    return this.#calls;
  }

  restore({ calls, callsByTool, counters, recent, servers, touched }: ForwardedState): void {
    this.#counters = new Map(Object.entries(counters));
    this.#callsByTool = new Map(Object.entries(callsByTool));
    this.#servers = new Set(servers);
    this.#recent = [...recent];
    this.#touched = { ...touched };
    this.#calls = calls;
  }

  /** @param server its name; missing if no record tells it */
  add({ counts = [], key = '', touches = [] }: DecisionRecord, server: string | undefined): void {
    this.#calls += 1;
    addOne(this.#callsByTool, key);
    counts.forEach((name) => addOne(this.#counters, name));
    this.#recent = [...this.#recent, key].slice(-recentLength);
    if (server !== undefined && server !== '') {
      this.#servers.add(server);
    }
    this.#touched.openWorld ||= touches.includes('openWorld');
    this.#touched.destructive ||= touches.includes('destructive');
  }

  /** @param waiting calls that wait for a human: they count as forwarded, and what they reserve as counted */
  facts(waiting: Iterable<HeldCall>): Pick<SessionFacts, keyof ForwardedState> {
    const counters = new Map(this.#counters);
    const callsByTool = new Map(this.#callsByTool);
    let calls = this.#calls;
    for (const { key, reservation } of waiting) {
      calls += 1;
      addOne(callsByTool, key);
      reservation.counts.forEach((name) => addOne(counters, name));
    }
    return {
      ...this.state,
      calls,
      counters: Object.fromEntries(counters),
      callsByTool: Object.fromEntries(callsByTool),
    };
  }
}

function addOne(counters: Map<string, number>, name: string): void {
  counters.set(name, (counters.get(name) ?? 0) + 1);
}
