import { runSuites } from '../../policy';
import type { PolicySetSnapshot } from '../workspace/policy-set';
import { DependencyFinder, sameDependencies } from './dependencies';
import type { SetResults, SuiteOutcome } from './results';

/**
 * Runs those suites of a set that depend on something that changed since `previous`, and keeps the other results.
 * Yields after each suite that ran, so that the caller can do other things in between, or stop.
 */
export function* runStale(
  set: PolicySetSnapshot,
  previous: SetResults,
): Generator<undefined, SetResults, undefined> {
  const { compiled } = set.usable;
  const finder = new DependencyFinder(set);
  const outcomes = new Map<string, SuiteOutcome>();
  for (const suite of compiled.suites) {
    const before = previous.get(suite.file.path);
    const dependencies = finder.of(suite);
    if (before !== undefined && sameDependencies(before.dependencies, dependencies)) {
      outcomes.set(suite.file.path, before);
    } else if (compiled.set === undefined || dependencies.broken.length > 0) {
      outcomes.set(suite.file.path, { dependencies });
    } else {
      const [result] = runSuites(compiled.set, [suite]).suites;
      outcomes.set(suite.file.path, { dependencies, ...(result && { result }) });
      yield;
    }
  }
  return outcomes;
}
