import type { ActionResult, Located, ParsedFile, SuiteResult, TestCaseResult, TestTable } from '../../policy';
import type { SuiteReport, TestCounts, TestFailure, TestOutcome, TestReport } from '../../protocol';
import type { PolicySetSnapshot } from '../workspace/policy-set';
import { uriOfPath } from '../texts/paths';
import { notRun, whyBlocked } from './blocked';
import { resultsByTest, tablesOf } from './by-test';
import { describeFailure } from './failures';
import type { SuiteOutcome } from './results';

/** The report to the client on a suite and its tests, one entry for each test in its text. */
export function reportSuite(
  set: PolicySetSnapshot,
  path: string,
  outcome: SuiteOutcome,
): SuiteReport | undefined {
  const file = set.files.get(path);
  const suite = file?.documents.find((each) => each.kind === 'suite')?.suite;
  const { result } = outcome;
  if (file === undefined || (result === undefined && suite?.name === undefined)) {
    return undefined;
  }
  const blocked = whyBlocked(set, path, outcome) ?? (result === undefined ? notRun : undefined);
  const error = blocked ?? result?.error;
  const otherwise = blocked !== undefined ? 'blocked' : result?.error === undefined ? 'skipped' : 'errored';
  const results = resultsByTest(file, result);
  const name = suite?.name;
  return {
    uri: uriOfPath(set.absolute(path)),
    name: result?.name ?? name?.value ?? path,
    range: file.lines.range(name?.span.start ?? 0, name?.span.end ?? 0),
    outcome: blocked !== undefined || result === undefined ? 'blocked' : outcomeOf(result),
    counts: countsOf(result?.summary.counts ?? {}),
    ...(error !== undefined && { error }),
    tests: tablesOf(file).map((table, at) => {
      const test = results.get(at);
      return test === undefined ? reportUntried(file, table, at, otherwise) : reportTest(set, test);
    }),
  };
}

/** A test that did not run is shown all the same. */
function reportUntried(
  file: ParsedFile,
  { span, value: { name, skipReason } }: Located<TestTable>,
  at: number,
  outcome: TestOutcome,
): TestReport {
  const { start, end } = name?.span ?? { start: span.start, end: span.start };
  return {
    name: name?.value ?? `test ${at + 1}`,
    range: file.lines.range(start, end),
    outcome,
    counts: countsOf({}),
    ...(skipReason !== undefined && { skipReason: skipReason.value }),
    failures: [],
  };
}

function reportTest(set: PolicySetSnapshot, test: TestCaseResult): TestReport {
  const skipReason = test.actions.find(({ result }) => result === 'skipped')?.skipReason;
  return {
    name: test.name,
    range: test.location.range,
    outcome: outcomeOf(test),
    counts: countsOf(test.summary.counts),
    ...(skipReason !== undefined && skipReason !== '' && { skipReason }),
    failures: test.actions.filter(isBad).flatMap((action) => reportFailure(set, action)),
  };
}

/** True if an expectation failed or could not be tested. */
export function isBad({ result }: ActionResult): boolean {
  return result === 'failed' || result === 'errored';
}

function reportFailure(set: PolicySetSnapshot, action: ActionResult): readonly TestFailure[] {
  return describeFailure(action).map(({ range, message, expected, actual, decidedBy }) => ({
    range,
    message,
    ...(expected !== undefined && { expected }),
    ...(actual !== undefined && { actual }),
    ...(decidedBy && {
      decidedBy: {
        name: decidedBy.fqn,
        uri: uriOfPath(set.absolute(decidedBy.location.file)),
        range: decidedBy.location.range,
      },
    }),
  }));
}

function outcomeOf({ summary }: SuiteResult | TestCaseResult): TestOutcome {
  return summary.result === 'none' ? 'skipped' : summary.result;
}

function countsOf(counts: Readonly<Partial<Record<keyof TestCounts, number>>>): TestCounts {
  return {
    passed: counts.passed ?? 0,
    failed: counts.failed ?? 0,
    errored: counts.errored ?? 0,
    skipped: counts.skipped ?? 0,
  };
}
