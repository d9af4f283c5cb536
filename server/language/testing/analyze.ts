import { noResults } from '../results/results';
import type { SetResults } from '../results/results';
import { runStale } from '../results/run';
import type { PolicySetSnapshot } from '../workspace/policy-set';

/** Runs all suites of a set that need it, at once. */
export function runAll(set: PolicySetSnapshot, previous: SetResults = noResults): SetResults {
  const run = runStale(set, previous);
  for (;;) {
    const step = run.next();
    if (step.done === true) return step.value;
  }
}
