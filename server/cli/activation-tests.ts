import { compilePolicySet, fileRole, runSuites } from '../policy';
import type { ActionResult, CompiledPolicies, SuiteResult } from '../policy';
import type { BaseChange, BaseMode, FailedExpectation, LayerFile, LayerTests } from '../protocol';

/** How many failures a report spells out. */
const mostFailures = 20;

/** Runs the test suites of policies, strictly, as the guard decides; undefined if the policies do not compile. */
export function testsOf({ set, suites }: CompiledPolicies): LayerTests | undefined {
  if (set === undefined) {
    return undefined;
  }
  const { suites: results } = runSuites(set, suites, { strictEvaluation: true });
  const actions = results.flatMap((suite) =>
    suite.tests.flatMap((test) => test.actions.map((action) => ({ suite, test: test.name, action }))),
  );
  const failures = [
    ...results.flatMap(couldNotRun),
    ...actions
      .filter(({ action }) => isBad(action))
      .map(({ suite, test, action }): FailedExpectation => ({
        file: suite.file,
        line: action.location.line,
        message: `${suite.name}, ${test}: ${said(action)}`,
      })),
  ];
  return {
    passed: actions.filter(({ action }) => action.result === 'passed').length,
    failed: failures.length,
    failures: failures.slice(0, mostFailures),
  };
}

/**
 * Tells how activating the user's policies changes the built-in base policies.
 * @param own the user's files
 * @param builtin the files of the built-in base, with its test suites
 */
export function baseChange(
  own: readonly LayerFile[],
  builtin: readonly LayerFile[],
  mode: BaseMode,
): BaseChange {
  if (mode === 'extended') {
    return { mode, givenUp: [] };
  }
  const decides = own.filter(({ path }) => ['policy', 'schema'].includes(fileRole(path)));
  // The suites of the base lie in a folder of their own, with their fixtures.
  const expects = builtin
    .filter(({ path }) => !['policy', 'schema'].includes(fileRole(path)))
    .map(({ path, text }) => ({ path: `built-in/${path}`, text }));
  const tests = testsOf(compilePolicySet([...decides, ...expects]));
  return { mode, givenUp: rulesOf(builtin), ...(tests !== undefined && { tests }) };
}

function rulesOf(files: readonly LayerFile[]): readonly string[] {
  const { files: parsed } = compilePolicySet(files);
  return parsed.flatMap(({ documents }) =>
    documents.flatMap((document) => {
      const policy = document.kind === 'policy' ? document.policy.resourcePolicy?.value : undefined;
      const rules = policy?.rules?.value ?? [];
      return rules.map(
        ({ value }) => `${policy?.resource?.value ?? ''}: ${value.name?.value ?? 'a rule without a name'}`,
      );
    }),
  );
}

function couldNotRun({ error, file, location, name }: SuiteResult): readonly FailedExpectation[] {
  return error === undefined ? [] : [{ file, line: location.line, message: `${name}: ${error}` }];
}

function isBad({ result }: ActionResult): boolean {
  return result === 'failed' || result === 'errored';
}

function said({ action, actual, error, expected, principal, resource }: ActionResult): string {
  const who = `${principal} · ${action} · ${resource}`;
  if (actual === undefined) {
    return `${who}: ${error ?? 'could not be tried'}`;
  }
  const name = (effect: string): string => effect.replace(/^EFFECT_/, '');
  return actual.effect === expected
    ? `${who}: an output is not as expected`
    : `${who}: expected ${name(expected)}, but it is ${name(actual.effect)}`;
}
