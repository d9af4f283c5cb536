import { digestOfJson } from '../state/canonical-json';
import type { AgentPace, AgentRecord, Allowance } from './records';

/** How much of something an agent may do at once, and how much more each second. */
interface PaceLimit {
  readonly most: number;
  readonly perSecond: number;
}

/** Beyond these an agent floods, and is refused without anybody being asked. */
export interface PaceLimits {
  /** Refusals, and questions by their weight. */
  readonly refusals: PaceLimit;
  readonly calls: PaceLimit;
}

export const paceLimits: PaceLimits = {
  refusals: { most: 1_000, perSecond: 5 },
  calls: { most: 10_000, perSecond: 100 },
};

/** A question counts as so many refusals, until it is answered with a yes: it takes a person's time. */
export const questionWeight = 8;

/** An agent that takes many names shares one allowance for those that are too many. */
const mostAgents = 16;
const others = 'others';

/** An agent in a word; two that claim the same are the same. */
export function agentKey({ name, verified, version }: AgentRecord): string {
  return digestOfJson([name ?? null, version ?? null, verified]).slice(0, 16);
}

/**
 * The calls and refusals that each agent of a session has left before it counts as flooding. Derived from records.
 */
export class Pace {
  readonly #limits: PaceLimits;
  readonly #agents = new Map<string, { refusals: Allowance; calls: Allowance }>();

  constructor(limits: PaceLimits, saved: readonly AgentPace[] = []) {
    this.#limits = limits;
    for (const { agent, calls, refusals } of saved) {
      this.#agents.set(agent, { calls, refusals });
    }
  }

  get state(): readonly AgentPace[] {
    return [...this.#agents].map(([agent, allowances]) => ({ agent, ...allowances }));
  }

  /** @param at milliseconds since the epoch */
  called(agent: string, at: number): void {
    const found = this.#of(agent, at);
    found.calls = spent(found.calls, this.#limits.calls, at, 1);
  }

  /** @param count refusals and questions; negative where a question turned out to be worth it */
  refused(agent: string, at: number, count: number): void {
    const found = this.#of(agent, at);
    found.refusals = spent(found.refusals, this.#limits.refusals, at, count);
  }

  /** In how many seconds an agent may go on; 0 if it does not flood. */
  wait(agent: string, now: number): number {
    const found = this.#agents.get(this.#name(agent));
    if (found === undefined) {
      return 0;
    }
    const waits = (['refusals', 'calls'] as const).map((kind) => {
      const limit = this.#limits[kind];
      const { left } = spent(found[kind], limit, now, 0);
      return left >= 1 ? 0 : Math.ceil((1 - left) / limit.perSecond);
    });
    return Math.max(...waits);
  }

  #of(agent: string, at: number): { refusals: Allowance; calls: Allowance } {
    const name = this.#name(agent);
    let found = this.#agents.get(name);
    if (found === undefined) {
      const { calls, refusals } = this.#limits;
      found = { calls: { left: calls.most, at }, refusals: { left: refusals.most, at } };
      this.#agents.set(name, found);
    }
    return found;
  }

  #name(agent: string): string {
    return this.#agents.has(agent) || this.#agents.size < mostAgents ? agent : others;
  }
}

function spent(
  { at, left }: Allowance,
  { most, perSecond }: PaceLimit,
  now: number,
  count: number,
): Allowance {
  const grown = left + (Math.max(0, now - at) / 1000) * perSecond;
  // No debt: a flood must be over soon after it ends.
  return { left: Math.max(0, Math.min(most, grown) - count), at: Math.max(at, now) };
}
