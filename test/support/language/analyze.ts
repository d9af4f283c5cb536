import { noResults } from '../../../server/language/results/results';
import type { SetResults } from '../../../server/language/results/results';
import { runStale } from '../../../server/language/results/run';
import type { PolicySetSnapshot } from '../../../server/language/workspace/policy-set';

/** Runs all suites of a set that need it, at once. */
export function runAll(set: PolicySetSnapshot, previous: SetResults = noResults): SetResults {
  return atOnce(runStale(set, previous));
}

/** Runs a generator to its end and returns its result. */
export function atOnce<T>(run: Generator<undefined, T, undefined>): T {
  for (;;) {
    const step = run.next();
    if (step.done === true) {
      return step.value;
    }
  }
}
