import type { ApprovalRequest } from '../../server/protocol';

/** A call that waits for a person. */
export interface Claim {
  readonly request: ApprovalRequest;
  /** Which connection it came over. */
  readonly guard: object;
}

/** Calls that may wait at once: of all agents together, and of one. With more, somebody floods the window. */
export const most = { together: 200, ofOneAgent: 50 } as const;

/**
 * Whose calls share one place in the order: those of an agent that is known, whatever servers it uses; else those over
 * one connection, since a name that is only claimed costs nothing.
 */
function shareOf({ guard, request: { agent } }: Claim): unknown {
  const name = agent.name ?? '';
  return agent.verified && name !== '' ? `agent ${name}` : guard;
}

/** The place that a new call gets in the queue, if any. */
type Place<T> =
  | { readonly kind: 'free' }
  /** It gets the place of one whose owner has more than its share. */
  | { readonly kind: 'taken-from'; readonly other: T; readonly limit: number }
  /** `limit` calls wait already. */
  | { readonly kind: 'none'; readonly limit: number };

/**
 * Looks for a place for one more call. Whoever has fewer calls waiting than others is never turned away because of
 * them: between agents, and between the servers of one agent.
 * @param waiting in order of arrival, without what is on screen
 * @param onScreen counts, and can't lose its place
 */
export function placeFor<T extends Claim>(
  claim: Claim,
  waiting: readonly T[],
  onScreen: readonly Claim[],
): Place<T> {
  const all = [...waiting, ...onScreen];
  const share = shareOf(claim);
  const own = all.filter((other) => shareOf(other) === share);
  if (own.length >= most.ofOneAgent) {
    const others = waiting.filter((other) => shareOf(other) === share);
    return placeOfLargest(claim, others, own, guardOf, most.ofOneAgent);
  }
  return all.length < most.together
    ? { kind: 'free' }
    : placeOfLargest(claim, waiting, all, shareOf, most.together);
}

/** The newest of whoever has most, if that leaves it no fewer than the newcomer then has. */
function placeOfLargest<T extends Claim>(
  claim: Claim,
  waiting: readonly T[],
  all: readonly Claim[],
  ownerOf: (claim: Claim) => unknown,
  limit: number,
): Place<T> {
  const counts = new Map<unknown, number>();
  for (const other of all) {
    counts.set(ownerOf(other), (counts.get(ownerOf(other)) ?? 0) + 1);
  }
  const own = counts.get(ownerOf(claim)) ?? 0;
  const countOf = (other: Claim): number => counts.get(ownerOf(other)) ?? 0;
  const largest = Math.max(0, ...waiting.map(countOf));
  const other = waiting.findLast((candidate) => countOf(candidate) === largest);
  return other !== undefined && largest > own + 1
    ? { kind: 'taken-from', other, limit }
    : { kind: 'none', limit };
}

function guardOf({ guard }: Claim): unknown {
  return guard;
}

/** Whose turn it is: that of whoever was asked about longest ago, and of what waits there, the oldest. */
export class Turns {
  readonly #last = new Map<unknown, number>();
  #count = 0;

  /** @param waiting in order of arrival */
  next<T extends Claim>(waiting: readonly T[]): T | undefined {
    let first: T | undefined;
    for (const claim of waiting) {
      if (first === undefined || this.#lastOf(claim) < this.#lastOf(first)) {
        first = claim;
      }
    }
    if (first !== undefined) {
      this.#count += 1;
      this.#last.set(shareOf(first), this.#count);
    }
    return first;
  }

  /** A connection is gone, and with it whoever was known by nothing else. */
  forget(guard: object): void {
    this.#last.delete(guard);
  }

  #lastOf(claim: Claim): number {
    return this.#last.get(shareOf(claim)) ?? 0;
  }
}
