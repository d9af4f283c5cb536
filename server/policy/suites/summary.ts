import type { ActionResult, SuiteResult, Summary, TestResult } from './types';

/** From the best to the worst: the worst of several counts for all of them. */
const ranking: readonly Summary['result'][] = ['none', 'skipped', 'passed', 'failed', 'errored'];

/** Counts results. Those that a filter left out count for nothing, but leave the whole skipped if nothing else is there. */
export function summarize(results: readonly ActionResult[], least: Summary['result'] = 'none'): Summary {
  const counts: Partial<Record<TestResult, number>> = {};
  let tests = 0;
  let result = least;
  for (const each of results) {
    result = worse(result, each.result);
    if (each.filtered) {
      continue;
    }
    tests++;
    counts[each.result] = (counts[each.result] ?? 0) + 1;
  }
  return { result, tests, counts };
}

export function summarizeSuites(suites: readonly SuiteResult[]): Summary {
  const counts: Partial<Record<TestResult, number>> = {};
  let tests = 0;
  let result: Summary['result'] = 'none';
  for (const { summary } of suites) {
    tests += summary.tests;
    result = worse(result, summary.result);
    for (const [name, count] of Object.entries(summary.counts) as [TestResult, number][]) {
      counts[name] = (counts[name] ?? 0) + count;
    }
  }
  return { result, tests, counts };
}

function worse(a: Summary['result'], b: Summary['result']): Summary['result'] {
  return ranking.indexOf(a) >= ranking.indexOf(b) ? a : b;
}
