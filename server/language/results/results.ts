import type { SuiteResult } from '../../policy';
import type { Dependencies } from './dependencies';

/** How a suite came out, and what that depends on. */
export interface SuiteOutcome {
  /** Undefined if the suite could not run, because files that it depends on are broken. */
  readonly result?: SuiteResult;
  readonly dependencies: Dependencies;
}

/** The latest results of one policy set, by the suite's path relative to the set's root. */
export type SetResults = ReadonlyMap<string, SuiteOutcome>;

export const noResults: SetResults = new Map();
