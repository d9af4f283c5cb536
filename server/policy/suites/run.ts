import type { PolicySet } from '../compile-set';
import type { RunOptions, Suite, SuiteResults } from './types';

/** Runs test suites, as `cerbos compile` does. Never throws; a suite that cannot run is reported as errored. */
export declare function runSuites(
  set: PolicySet,
  suites: readonly Suite[],
  options?: RunOptions,
): SuiteResults;
