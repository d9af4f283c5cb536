import { runSuitesStepwise } from '../../policy';
import type { ConditionCoverage, FileCoverage, SourceRange, Suite } from '../../policy';
import type { CoveredBranch, CoveredRule, PolicyCoverage, RunTestsParams } from '../../protocol';
import { pathOfUri, uriOfPath } from '../texts/paths';
import type { PolicySetSnapshot } from '../workspace/policy-set';

/**
 * Runs tests and finds out what they exercise of their policies. Yields after each suite, so that the caller can do other
 * things in between, or stop.
 * @returns files in the order of their paths; none if no such test is in the set, or if the policies do not compile
 */
export function* coverageOf(
  set: PolicySetSnapshot,
  wanted: readonly RunTestsParams[],
): Generator<undefined, readonly PolicyCoverage[], undefined> {
  const { compiled } = set.usable;
  const suites = compiled.suites.flatMap((suite) => chosen(suite, set.absolute(suite.file.path), wanted));
  if (compiled.set === undefined || suites.length === 0) {
    return [];
  }
  const { coverage } = yield* runSuitesStepwise(compiled.set, suites, { coverage: true });
  return (coverage?.files ?? []).map((file) => ({
    uri: uriOfPath(set.absolute(file.file)),
    rules: rulesOf(file),
  }));
}

/** A suite with those of its tests that are wanted; nothing, if none is. */
function chosen(suite: Suite, path: string, wanted: readonly RunTestsParams[]): readonly Suite[] {
  const about = wanted.filter(({ uri }) => uri === undefined || pathOfUri(uri) === path);
  if (about.length === 0) {
    return [];
  }
  if (about.some(({ tests }) => tests === undefined)) {
    return [suite];
  }
  const tables = suite.suite?.tests?.value ?? [];
  const tests = new Set(about.flatMap((each) => each.tests ?? []).flatMap((at) => tables[at] ?? []));
  return [{ ...suite, tests: suite.tests.filter(({ table }) => tests.has(table)) }];
}

function rulesOf({ rules, derivedRoles }: FileCoverage): readonly CoveredRule[] {
  const all = [
    ...rules.map(({ activated, ...rest }) => ({ ...rest, count: activated })),
    ...derivedRoles.map(({ effective, ...rest }) => ({ ...rest, count: effective })),
  ];
  return all
    .map(({ location: { range }, count, condition }) => ({
      range,
      count,
      branches: condition ? [...branchesOf(condition, range)] : [],
    }))
    .sort((a, b) => a.range.start.line - b.range.start.line);
}

function* branchesOf(condition: ConditionCoverage, around: SourceRange): Generator<CoveredBranch> {
  const { kind, source, location, held, notHeld, of } = condition;
  const range = location?.range ?? around;
  const what = source?.replace(/\s+/g, ' ').trim() ?? kind;
  yield { label: `${what}: holds`, range, count: held };
  yield { label: `${what}: does not hold`, range, count: notHeld };
  for (const part of of) {
    yield* branchesOf(part, range);
  }
}
