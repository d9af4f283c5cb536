import { jsonProblem } from '../../cel';
import type {
  ActionResult,
  JsonValue,
  OutputFailure,
  SuiteResult,
  SuiteResults,
  TestResult,
} from '../../policy';
import type { Paint } from './color';
import { group } from './results-json';
import { tracesText } from './traces';

interface Node {
  readonly text: string;
  readonly children: readonly Node[];
}

const labels: Readonly<Record<TestResult, string>> = {
  skipped: 'SKIPPED',
  passed: 'OK',
  failed: 'FAILED',
  errored: 'ERROR',
};
const order: readonly TestResult[] = ['skipped', 'passed', 'failed', 'errored'];

/** Test results for people, as `cerbos compile` prints them: what passed only if `verbose`. */
export function resultsTree(
  results: SuiteResults,
  style: 'tree' | 'list',
  verbose: boolean,
  paint: Paint,
): string {
  const { tests, counts } = results.summary;
  const roots = results.suites.filter(isWorthShowing).map((suite) => suiteNode(suite, verbose, paint));
  const lines = style === 'tree' ? drawTree(roots) : drawList(roots, 0);
  const tallies = tallyLabels(counts, paint);
  const traces = verbose ? tracesText(results, paint) : '';
  const tree = lines.map((line) => `${line}\n`).join('');
  return `${paint.heading('Test results')}\n${tree}\n${traces}${tests} tests executed${tallies}\n`;
}

function isWorthShowing({ error, summary, tests }: SuiteResult): boolean {
  if (error !== undefined || summary.result !== 'skipped') {
    return true;
  }
  return tests.some(({ actions }) => actions.some((each) => each.result === 'skipped' && !each.filtered));
}

function suiteNode(suite: SuiteResult, verbose: boolean, paint: Paint): Node {
  const text = `${paint.file(suite.name)} (${paint.file(suite.file)})`;
  if (suite.error !== undefined) {
    return { text: `${text} ${label('errored', paint)}`, children: [leaf(paint.bad(suite.error))] };
  }
  if (suite.summary.result === 'skipped') {
    return leaf(`${text} ${label('skipped', paint)}`);
  }
  const children = suite.tests.flatMap(({ name, actions }) => {
    const shown = actions.filter((each) => isShown(each, verbose));
    return shown.length === 0
      ? []
      : { text: paint.file(name), children: principalNodes(shown, verbose, paint) };
  });
  return { text: `${text}${tallyLabels(suite.summary.counts, paint)}`, children };
}

function isShown({ result, filtered }: ActionResult, verbose: boolean): boolean {
  return result === 'passed' ? verbose : !filtered;
}

function principalNodes(actions: readonly ActionResult[], verbose: boolean, paint: Paint): readonly Node[] {
  return [...group(actions, ({ principal }) => principal)].map(([principal, ofPrincipal]) => ({
    text: paint.name(principal),
    children: [...group(ofPrincipal, ({ resource }) => resource)].map(([resource, ofResource]) => ({
      text: paint.file(resource),
      children: ofResource.map((each) => actionNode(each, verbose, paint)),
    })),
  }));
}

function actionNode(result: ActionResult, verbose: boolean, paint: Paint): Node {
  const text = `${paint.action(result.action)} ${label(result.result, paint)}`;
  return { text, children: outcome(result, verbose, paint) };
}

function outcome(result: ActionResult, verbose: boolean, paint: Paint): readonly Node[] {
  switch (result.result) {
    case 'skipped':
      return [];
    case 'errored':
      return [leaf(`${paint.bad('ERROR:')} ${result.error ?? ''}`)];
    case 'failed': {
      const heading = paint.bad('OUTCOME:');
      if (result.outputFailures.length === 0) {
        const actual = paint.bad(result.actual?.effect ?? '');
        return [leaf(`${heading} expected: ${result.expected}, actual: ${actual}`)];
      }
      const children = result.outputFailures.map((failure) => failureNode(failure, paint));
      return [{ text: `${heading} output expectation unsatisfied`, children }];
    }
    case 'passed': {
      if (!verbose) {
        return [];
      }
      const outputs = [...result.outputs].sort((a, b) => (a.src < b.src ? -1 : 1));
      const children = outputs.map(({ src, val, error }) => ({
        text: paint.file(src),
        children: [leaf(error === undefined ? json(val) : `${paint.bad('ERROR:')} ${error}`)],
      }));
      const effect = leaf(`RESULT: ${paint.good(result.actual?.effect ?? '')}`);
      return children.length === 0 ? [effect] : [effect, { text: 'OUTPUTS:', children }];
    }
  }
}

function failureNode({ src, kind, expected, actual, error }: OutputFailure, paint: Paint): Node {
  const got =
    kind === 'missing'
      ? paint.bad('MISSING')
      : kind === 'errored'
        ? `${paint.bad('ERROR:')} ${error ?? ''}`
        : json(actual);
  const children = [
    leaf(`${paint.file('EXPECTED:')} ${json(expected)}`),
    leaf(`${paint.file('ACTUAL:')} ${got}`),
  ];
  return { text: paint.file(src), children };
}

function leaf(text: string): Node {
  return { text, children: [] };
}

function json(value: JsonValue | undefined): string {
  if (value === undefined) {
    return 'null';
  }
  return jsonProblem(value) === undefined ? JSON.stringify(value) : '<unable to render value>';
}

function label(result: TestResult, paint: Paint): string {
  const color = result === 'passed' ? paint.good : result === 'skipped' ? paint.heading : paint.bad;
  return color(`[${labels[result]}]`);
}

function tallyLabels(counts: SuiteResults['summary']['counts'], paint: Paint): string {
  const present = order.filter((result) => (counts[result] ?? 0) > 0);
  return present
    .map((result) => {
      const color = result === 'passed' ? paint.good : result === 'skipped' ? paint.heading : paint.bad;
      return ` ${color(`[${counts[result] ?? 0} ${labels[result]}]`)}`;
    })
    .join('');
}

function drawTree(nodes: readonly Node[], prefix = ''): string[] {
  return nodes.flatMap(({ text, children }, index) => {
    const last = index === nodes.length - 1;
    const branch = `${last ? '└' : '├'}─${children.length > 0 ? '┬' : '─'}`;
    return [`${prefix}${branch}${text}`, ...drawTree(children, `${prefix}${last ? '  ' : '│ '}`)];
  });
}

function drawList(nodes: readonly Node[], depth: number): string[] {
  return nodes.flatMap(({ text, children }) => [
    `${'  '.repeat(depth)}${text}`,
    ...drawList(children, depth + 1),
  ]);
}
