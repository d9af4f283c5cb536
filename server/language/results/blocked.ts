import { brokenFixtures, isUnsupported, shownIssues } from '../workspace/shown-issues';
import type { PolicySetSnapshot } from '../workspace/policy-set';
import type { SuiteOutcome } from './results';

export const notRun = 'The tests did not run: the policies do not compile.';

/** Why a suite could not run, if the reason lies in other files: the policies or fixtures that it depends on. */
export function whyBlocked(
  set: PolicySetSnapshot,
  path: string,
  { result, dependencies }: SuiteOutcome,
): string | undefined {
  if (result !== undefined) {
    const fixtures = result.error === undefined ? [] : brokenFixtures(set, path);
    return fixtures.length === 0 ? undefined : because(fixtures, 'has errors', 'have errors');
  }
  const { broken } = dependencies;
  const mistaken = broken.filter((each) =>
    shownIssues(set, each).some(({ severity, stage }) => severity === 'error' && stage !== 'test'),
  );
  if (mistaken.length > 0) {
    return because(mistaken, 'has errors', 'have errors');
  }
  const unsupported = broken.filter((each) => shownIssues(set, each).some(isUnsupported));
  if (unsupported.length > 0) {
    return because(unsupported, 'needs what is not supported yet', 'need what is not supported yet');
  }
  return broken.length > 0 ? because(broken, 'has errors', 'have errors') : notRun;
}

/** The most files that are named. */
const maxNamed = 3;

function because(files: readonly string[], one: string, several: string): string {
  const named = files.slice(0, maxNamed).join(', ');
  const more = files.length > maxNamed ? ` and ${files.length - maxNamed} more` : '';
  return `The tests did not run: they depend on ${named}${more}, which ${files.length === 1 ? one : several}.`;
}
