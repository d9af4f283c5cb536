import { DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import type { Diagnostic, DiagnosticRelatedInformation } from 'vscode-languageserver';
import type { PolicyIssue, Severity } from '../../policy';
import { describeFailure } from '../results/failures';
import type { FailureText } from '../results/failures';
import { whyBlocked } from '../results/blocked';
import { isBad } from '../results/report';
import type { SetResults } from '../results/results';
import { append } from '../workspace/grouping';
import { uriOfPath } from '../texts/paths';
import type { PolicySetSnapshot } from '../workspace/policy-set';
import { shownIssues } from '../workspace/shown-issues';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

/**
 * The mistakes in a file, and the expectations of its tests that failed.
 * @param path relative to the set's root
 */
export function diagnostics(set: PolicySetSnapshot, path: string, results: SetResults): Diagnostic[] {
  const issues = shownIssues(set, path).map((issue) => fromIssue(set, issue));
  return [...issues, ...testDiagnostics(set, path, results)];
}

function fromIssue(set: PolicySetSnapshot, issue: PolicyIssue): Diagnostic {
  return {
    range: issue.range,
    severity: severities[issue.severity],
    source: 'gatehouse',
    code: issue.celCode ?? issue.code,
    message: issue.message,
    ...(issue.related && {
      relatedInformation: issue.related.map((related) => ({
        location: { uri: uriOfPath(set.absolute(related.file)), range: related.range },
        message: related.message,
      })),
    }),
    ...(issue.code === 'disabled' && { tags: [DiagnosticTag.Unnecessary] }),
  };
}

/** Several combinations of principal and resource may disagree with one expectation: they make one diagnostic. */
function testDiagnostics(set: PolicySetSnapshot, path: string, results: SetResults): Diagnostic[] {
  const outcome = results.get(path);
  if (outcome === undefined) {
    return [];
  }
  const { result } = outcome;
  const why = whyBlocked(set, path, outcome);
  if (result === undefined || why !== undefined) {
    return why === undefined ? [] : blocked(set, path, why);
  }
  const byPlace = new Map<string, FailureText[]>();
  for (const action of result.tests.flatMap((test) => test.actions)) {
    if (!isBad(action)) {
      continue;
    }
    for (const failure of describeFailure(action)) {
      const { start, end } = failure.range;
      append(byPlace, `${start.line}:${start.character}-${end.line}:${end.character}`, failure);
    }
  }
  return [...byPlace.values()].flatMap((failures) => fromFailures(set, failures));
}

/** The most combinations that one diagnostic spells out. */
const maxSpelledOut = 8;

function fromFailures(set: PolicySetSnapshot, failures: readonly FailureText[]): Diagnostic[] {
  const [first] = failures;
  if (first === undefined) {
    return [];
  }
  const shown = failures.slice(0, maxSpelledOut).map(({ message }) => message);
  if (failures.length > maxSpelledOut) {
    shown.push(`… and ${failures.length - maxSpelledOut} more`);
  }
  const related = new Map<string, DiagnosticRelatedInformation>();
  for (const { decidedBy } of failures) {
    if (decidedBy === undefined || related.has(decidedBy.fqn)) {
      continue;
    }
    const uri = uriOfPath(set.absolute(decidedBy.location.file));
    related.set(decidedBy.fqn, {
      location: { uri, range: decidedBy.location.range },
      message: `${decidedBy.fqn} decided`,
    });
  }
  return [
    {
      range: first.range,
      severity: DiagnosticSeverity.Error,
      source: 'gatehouse',
      code: 'test-failed',
      message: shown.join('\n'),
      ...(related.size > 0 && { relatedInformation: [...related.values()] }),
    },
  ];
}

/** A suite whose policies or fixtures are broken is not silent about it. */
function blocked(set: PolicySetSnapshot, path: string, message: string): Diagnostic[] {
  const file = set.files.get(path);
  const name = file?.documents.find((each) => each.kind === 'suite')?.suite.name;
  if (file === undefined || name === undefined) {
    return [];
  }
  return [
    {
      range: file.lines.range(name.span.start, name.span.end),
      severity: DiagnosticSeverity.Information,
      source: 'gatehouse',
      code: 'tests-blocked',
      message,
    },
  ];
}
