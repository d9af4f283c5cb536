import type { ActionResult, SuiteResult, TestCaseResult } from '../../policy';
import type { SuiteReport, TestCounts, TestFailure, TestOutcome, TestReport } from '../../protocol';
import type { PolicySetSnapshot } from '../workspace/policy-set';
import { uriOfPath } from '../workspace/paths';
import { describeFailure } from './failures';
import { notRun, whyBlocked } from './blocked';
import type { SuiteOutcome } from './results';

/** What a client is told about a suite and its tests. */
export function reportSuite(
  set: PolicySetSnapshot,
  path: string,
  outcome: SuiteOutcome,
): SuiteReport | undefined {
  const uri = uriOfPath(set.absolute(path));
  const { result } = outcome;
  if (result !== undefined) {
    return {
      uri,
      name: result.name,
      range: result.location.range,
      outcome: outcomeOf(result),
      counts: countsOf(result.summary.counts),
      ...(result.error !== undefined && { error: result.error }),
      tests: result.tests.map((test) => reportTest(set, test)),
    };
  }
  return reportBlocked(set, path, outcome, uri);
}

const noCounts: TestCounts = { passed: 0, failed: 0, errored: 0, skipped: 0 };

/** A suite that could not run still has tests to show, if it can be read. */
function reportBlocked(
  set: PolicySetSnapshot,
  path: string,
  outcome: SuiteOutcome,
  uri: string,
): SuiteReport | undefined {
  const file = set.files.get(path);
  const document = file?.documents.find((each) => each.kind === 'suite');
  const name = document?.suite.name;
  if (file === undefined || document === undefined || name === undefined) return undefined;
  const tests = (document.suite.tests?.value ?? []).flatMap(({ value }): TestReport[] =>
    value.name === undefined
      ? []
      : [
          {
            name: value.name.value,
            range: file.lines.range(value.name.span.start, value.name.span.end),
            outcome: 'blocked',
            counts: noCounts,
            failures: [],
          },
        ],
  );
  return {
    uri,
    name: name.value,
    range: file.lines.range(name.span.start, name.span.end),
    outcome: 'blocked',
    counts: noCounts,
    error: whyBlocked(set, path, outcome) ?? notRun,
    tests,
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

/** Whether an expectation did not come true, or could not be tried. */
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
