import { jsonProblem } from '../../cel';
import type { ActionResult, JsonValue, OutputFailure, SuiteResults, Summary, TestResult } from '../../policy';
import { traceBatch } from './traces';

export const resultNames: Readonly<Record<TestResult, string>> = {
  skipped: 'RESULT_SKIPPED',
  passed: 'RESULT_PASSED',
  failed: 'RESULT_FAILED',
  errored: 'RESULT_ERRORED',
};
const order: readonly TestResult[] = ['skipped', 'passed', 'failed', 'errored'];

/**
 * Test results in the shape of `cerbos compile --output=json` (`cerbos.policy.v1.TestResults`), or why they cannot be
 * written: an output has a number that JSON does not have.
 */
export function resultsJson(results: SuiteResults): { text: string } | { problem: string } {
  const all = {
    suites: results.suites.map((suite) => ({
      file: suite.file,
      name: suite.name,
      summary: summaryJson(suite.summary),
      ...(suite.error !== undefined && { error: suite.error }),
      ...(suite.tests.length > 0 && {
        testCases: suite.tests.map(({ name, actions }) => ({ name, principals: principals(actions) })),
      }),
      ...(suite.description !== undefined && { description: suite.description }),
      ...(suite.skipReason !== undefined && { skipReason: suite.skipReason }),
    })),
    summary: summaryJson(results.summary),
  };
  const json = all.suites.length > 0 ? all : { summary: all.summary };
  const problem = jsonProblem(json as unknown as JsonValue);
  return problem === undefined ? { text: `${JSON.stringify(json, undefined, 2)}\n` } : { problem };
}

function summaryJson({ result, tests, counts }: Summary): unknown {
  const tallies = order.filter((name) => (counts[name] ?? 0) > 0);
  return {
    ...(result !== 'none' && { overallResult: resultNames[result] }),
    ...(tests > 0 && { testsCount: tests }),
    ...(tallies.length > 0 && {
      resultCounts: tallies.map((name) => ({ result: resultNames[name], count: counts[name] })),
    }),
  };
}

function principals(actions: readonly ActionResult[]): unknown {
  return [...group(actions, ({ principal }) => principal)].map(([name, ofPrincipal]) => ({
    name,
    resources: [...group(ofPrincipal, ({ resource }) => resource)].map(([resource, ofResource]) => ({
      name: resource,
      actions: ofResource.map((each) => ({ name: each.action, details: details(each) })),
    })),
  }));
}

/** Groups in the order in which their members first come. */
export function group<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  }
  return groups;
}

function details(result: ActionResult): unknown {
  const { trace = [] } = result;
  const batch = trace.length > 0 ? { engineTraceBatch: traceBatch(trace) } : {};
  return { ...outcome(result), ...batch };
}

function outcome(result: ActionResult): object {
  const head = { result: resultNames[result.result] };
  switch (result.result) {
    case 'skipped':
      return { ...head, skipReason: result.skipReason ?? '' };
    case 'errored':
      return { ...head, error: result.error ?? '' };
    case 'failed': {
      const outputs = result.outputFailures.map(outputFailure);
      const failure = { expected: result.expected, actual: result.actual?.effect };
      return { ...head, failure: outputs.length > 0 ? { ...failure, outputs } : failure };
    }
    case 'passed': {
      const outputs = result.outputs.map(({ src, val, action, error }) => ({
        src,
        ...(val !== undefined && { val }),
        action,
        ...(error !== undefined && { error }),
      }));
      return {
        ...head,
        success: { effect: result.actual?.effect, ...(outputs.length > 0 && { outputs }) },
      };
    }
  }
}

function outputFailure({ src, kind, expected, actual, error }: OutputFailure): unknown {
  return {
    src,
    [kind]: {
      ...(expected !== undefined && { expected }),
      ...(actual !== undefined && { actual }),
      ...(error !== undefined && { error }),
    },
  };
}
