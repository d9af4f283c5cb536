import type { ActionResult, SuiteResult, SuiteResults } from '../../policy';

/** Test results as JUnit XML: a suite for each test suite, a case for each action. */
export function junit(results: SuiteResults, verbose: boolean): string {
  const { summary } = results;
  const suites = results.suites.map((suite) => suiteXml(suite, verbose)).join('');
  const { failed = 0, errored = 0, skipped = 0 } = summary.counts;
  const counts = attributes({ errors: errored, failures: failed, skipped, tests: summary.tests });
  return `<testsuites${counts}>\n${suites}</testsuites>\n`;
}

function suiteXml({ file, name, summary, error, tests }: SuiteResult, verbose: boolean): string {
  const { failed = 0, errored = 0, skipped = 0 } = summary.counts;
  const errors = error === undefined ? errored : 1;
  const head = attributes({ name, file, errors, failures: failed, skipped, tests: summary.tests });
  const problem = error === undefined ? '' : `    <system-err>${escape(error)}</system-err>\n`;
  const cases = tests.flatMap((test) =>
    test.actions.filter(({ filtered }) => !filtered).map((each) => caseXml(file, test.name, each, verbose)),
  );
  return `  <testsuite${head}>\n${problem}${cases.join('')}  </testsuite>\n`;
}

function caseXml(file: string, test: string, result: ActionResult, verbose: boolean): string {
  const { principal, resource, action, location } = result;
  const name = `${test} (${principal}, ${resource}, ${action})`;
  const head = attributes({
    name,
    classname: `${principal}.${resource}.${action}`,
    file,
    line: location.line,
  });
  const body = outcomeXml(result, verbose);
  return body === '' ? `    <testcase${head}/>\n` : `    <testcase${head}>\n${body}    </testcase>\n`;
}

function outcomeXml(result: ActionResult, verbose: boolean): string {
  switch (result.result) {
    case 'passed':
      return verbose ? `      <system-out>${escape(JSON.stringify(result.outputs))}</system-out>\n` : '';
    case 'skipped':
      return `      <skipped${attributes({ message: result.skipReason ?? '' })}/>\n`;
    case 'errored':
      return `      <error${attributes({ type: 'error', message: result.error ?? '' })}/>\n`;
    case 'failed': {
      const { expected, actual, outputFailures } = result;
      const message =
        outputFailures.length === 0
          ? `Effect expectation failed: expected ${expected}, actual ${actual?.effect ?? ''}`
          : `Output expectation failed: ${outputFailures.map(({ src, kind }) => `${src} ${kind}`).join(', ')}`;
      return `      <failure${attributes({ type: 'failure', message })}/>\n`;
    }
  }
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escape(String(value))}"`)
    .join('');
}

/** Text for XML: what XML cannot hold at all becomes U+FFFD. */
function escape(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/\n/g, '&#xA;')
    .replace(/[^\t\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
}
