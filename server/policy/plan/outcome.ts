import { CelFailure } from '../../cel';
import type { CelValue, Timestamp } from '../../cel';

/** What a node came to that depends on something unknown. */
export const unknown = Symbol('unknown');

/** What a node came to. */
export type PlannedValue = CelValue | CelFailure | typeof unknown;

/** What is known of the names in an expression; all else is not there. */
export interface Knowledge {
  /** Names may have dots: `R.attr.owner` may be known although the rest of `R` is not. */
  readonly values: ReadonlyMap<string, CelValue>;
  /** Variables of loops whose values are not known. */
  readonly unknowns: ReadonlySet<string>;
  readonly now: Timestamp | undefined;
}

export function isTrouble(outcome: unknown): outcome is CelFailure | typeof unknown {
  return outcome === unknown || outcome instanceof CelFailure;
}

export function failure(message: string): CelFailure {
  return new CelFailure(message);
}
