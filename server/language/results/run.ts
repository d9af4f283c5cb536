import type { PolicySetSnapshot } from '../workspace/policy-set';
import { dependenciesIn, sameDependencies } from './dependencies';
import type { SetResults, SuiteOutcome } from './results';
import { runInSlices } from './slices';

/**
 * Runs those suites of a set that depend on something that changed since `previous`, and keeps the other results.
 * Yields every few decisions, so that the caller can do other things in between, or stop.
 * @param outcomes - where results are put as they come; whoever stops in between can go on from there
 */
export function* runStale(
  set: PolicySetSnapshot,
  previous: SetResults,
  outcomes = new Map<string, SuiteOutcome>(),
): Generator<undefined, SetResults, undefined> {
  const { compiled } = set.usable;
  const finder = dependenciesIn(set);
  for (const suite of compiled.suites) {
    const before = previous.get(suite.file.path);
    const dependencies = finder.of(suite);
    if (before !== undefined && sameDependencies(before.dependencies, dependencies)) {
      outcomes.set(suite.file.path, before);
    } else if (compiled.set === undefined || dependencies.broken.length > 0) {
      outcomes.set(suite.file.path, { dependencies });
    } else {
      const result = yield* runInSlices(compiled.set, suite);
      outcomes.set(suite.file.path, { dependencies, ...(result && { result }) });
    }
  }
  return outcomes;
}

/**
 * Runs one suite anew, whatever is known of it: all of it, or those of its tests that are named by their place in the
 * file, counted from 0. Yields as {@link runStale} does.
 * @param path - of the suite, relative to the set's root
 * @returns undefined if there is no such suite, or if it cannot run
 */
export function* rerun(
  set: PolicySetSnapshot,
  path: string,
  before: SuiteOutcome | undefined,
  tests?: readonly number[],
): Generator<undefined, SuiteOutcome | undefined, undefined> {
  const { compiled } = set.usable;
  const suite = compiled.suites.find((each) => each.file.path === path);
  if (suite === undefined || compiled.set === undefined) {
    return undefined;
  }
  const dependencies = dependenciesIn(set).of(suite);
  if (dependencies.broken.length > 0) {
    return { dependencies };
  }
  const current = before !== undefined && sameDependencies(before.dependencies, dependencies);
  const known = current ? before.result : undefined;
  const result = yield* runInSlices(compiled.set, suite, known && tests, known);
  return { dependencies, ...(result && { result }) };
}
