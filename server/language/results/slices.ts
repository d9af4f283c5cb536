import { runSuites } from '../../policy';
import type {
  PlannedTest,
  PolicySet,
  Suite,
  SuiteResult,
  Summary,
  TestCaseResult,
  TestResult,
} from '../../policy';
import { testAt } from './by-test';

/** How many decisions are made at one go: a few milliseconds' worth. */
const sliceSize = 200;

/**
 * Runs a suite a few decisions at a time, yielding in between. The outcome is that of running it at once.
 * @param tests - places of the tests to run, counted from 0; the results of the others are taken from `known`
 */
export function* runInSlices(
  set: PolicySet,
  suite: Suite,
  tests?: readonly number[],
  known?: SuiteResult,
): Generator<undefined, SuiteResult | undefined, undefined> {
  const tables = suite.suite?.tests?.value ?? [];
  const wanted = tests && new Set(tests.flatMap((at) => tables[at] ?? []));
  const planned = wanted === undefined ? suite.tests : suite.tests.filter(({ table }) => wanted.has(table));
  const cases = new Map<number, TestCaseResult>();
  if (tests !== undefined) {
    for (const test of known?.tests ?? []) {
      cases.set(testAt(suite.file, tables, test), test);
    }
    for (const at of tests) {
      cases.delete(at);
    }
  }
  let head: SuiteResult | undefined;
  for (const slice of slicesOf(planned)) {
    const [result] = runSuites(set, [{ ...suite, tests: slice }]).suites;
    head ??= result;
    for (const test of result?.tests ?? []) {
      const at = testAt(suite.file, tables, test);
      const before = cases.get(at);
      cases.set(at, before === undefined ? test : joined(before, test));
    }
    yield;
  }
  if (head === undefined || (planned.length === 0 && tests === undefined)) {
    return head;
  }
  const all = [...cases].sort(([a], [b]) => a - b).map(([, test]) => test);
  return { ...head, tests: all, summary: sum(all.map(({ summary }) => summary)) };
}

/** At least one slice, even if there is nothing to run: a suite that cannot run says why. */
function slicesOf(planned: readonly PlannedTest[]): readonly (readonly PlannedTest[])[] {
  const slices: PlannedTest[][] = [[]];
  let decisions = 0;
  for (const test of planned) {
    if (decisions >= sliceSize) {
      slices.push([]);
      decisions = 0;
    }
    slices.at(-1)?.push(test);
    decisions += test.input.actions.length;
  }
  return slices;
}

/** The results of one test, of which two slices ran a part each. */
function joined(first: TestCaseResult, second: TestCaseResult): TestCaseResult {
  return {
    ...first,
    actions: [...first.actions, ...second.actions],
    summary: sum([first.summary, second.summary]),
  };
}

/** From the worst to the best: the worst of several counts for all of them. */
const ranking: readonly TestResult[] = ['errored', 'failed', 'passed', 'skipped'];

function sum(summaries: readonly Summary[]): Summary {
  const counts: Partial<Record<TestResult, number>> = {};
  for (const summary of summaries) {
    for (const result of ranking) {
      const count = summary.counts[result] ?? 0;
      if (count > 0) {
        counts[result] = (counts[result] ?? 0) + count;
      }
    }
  }
  return {
    result: ranking.find((result) => counts[result] !== undefined) ?? 'none',
    tests: summaries.reduce((total, { tests }) => total + tests, 0),
    counts,
  };
}
