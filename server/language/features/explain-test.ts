import { explainTest as explainDecisions, renderExplanation } from '../../policy';
import type {
  ActionResult,
  CheckExplanation,
  DecidingRule,
  PlannedTest,
  PolicySet,
  TestCaseResult,
} from '../../policy';
import type { Explanation } from '../../protocol';
import { notRun, whyBlocked } from '../results/blocked';
import { resultsByTest, tablesOf } from '../results/by-test';
import { describeFailure, effectName, reasonOf } from '../results/failures';
import { isBad } from '../results/report';
import type { SetResults } from '../results/results';
import { uriOfPath } from '../texts/paths';
import type { PolicySetSnapshot } from '../workspace/policy-set';
import type { FileInSet } from '../workspace/snapshot';

/** The most pairs of principal and resource that are explained in full; the rest is told in a line each. */
const maxPairs = 30;

/**
 * Why each decision of a test came out as it did, as a document to read: the rule that decided, every rule that was
 * considered, and what conditions, variables and derived roles came to.
 * @param test - the test's place in the suite, counted from 0
 */
export function explainTest({ set, file }: FileInSet, results: SetResults, test: number): Explanation | null {
  const table = tablesOf(file)[test];
  const name = table?.value.name;
  if (table === undefined || name === undefined) {
    return null;
  }
  const title = `Why? ${name.value}`;
  const place = `${file.path}:${file.lines.position(name.span.start).line + 1}`;
  const head = [`# ${name.value}`, '', `\`${place}\``, ''];
  const shown = (lines: readonly string[]): Explanation => ({
    title,
    text: `${[...head, ...lines].join('\n').trimEnd()}\n`,
    root: uriOfPath(set.root),
  });
  const outcome = results.get(file.path);
  const result = resultsByTest(file, outcome?.result).get(test);
  if (result === undefined) {
    const blocked = outcome && whyBlocked(set, file.path, outcome);
    return shown([blocked ?? outcome?.result?.error ?? notRun]);
  }
  const { compiled } = set.usable;
  const planned = compiled.suites
    .find((suite) => suite.file.path === file.path)
    ?.tests.filter((each) => each.table === table);
  return shown(pairs(set, compiled.set, planned ?? [], result));
}

function pairs(
  set: PolicySetSnapshot,
  policies: PolicySet | undefined,
  planned: readonly PlannedTest[],
  { actions }: TestCaseResult,
): readonly string[] {
  if (planned.length === 0) {
    return ['Nothing was tried.'];
  }
  const tried = planned.map((test) => ({
    test,
    results: actions.filter(
      ({ principal, resource }) => principal === test.principal && resource === test.resource,
    ),
  }));
  // Where not all can be told, those come first that somebody wants to know about.
  const ranked =
    tried.length > maxPairs
      ? tried.toSorted((a, b) => Number(b.results.some(isBad)) - Number(a.results.some(isBad)))
      : tried;
  const told = ranked.slice(0, maxPairs).flatMap(({ test, results }) => pair(set, policies, test, results));
  const rest = ranked.slice(maxPairs).flatMap(({ results }) => results);
  if (rest.length === 0) {
    return told;
  }
  return [
    ...told,
    '## And besides',
    '',
    ...rest.map((result) => `- ${whoOf(result)}: ${outcomeText(result)}`),
  ];
}

/** One principal with one resource: each action with the rules that were considered, then the derived roles. */
function pair(
  set: PolicySetSnapshot,
  policies: PolicySet | undefined,
  test: PlannedTest,
  results: readonly ActionResult[],
): readonly string[] {
  const wasTried = results.some(({ actual }) => actual !== undefined);
  const explanation = policies && wasTried ? explainDecisions(policies, test) : undefined;
  return [
    `## ${test.principal} · ${test.resource}`,
    '',
    ...results.flatMap((result) => action(set, explanation, result)),
    ...(explanation === undefined ? [] : [...schemas(explanation), ...derivedRoles(explanation)]),
  ];
}

function action(
  set: PolicySetSnapshot,
  explanation: CheckExplanation | undefined,
  result: ActionResult,
): readonly string[] {
  const { actual } = result;
  const lines = [`### ${result.action}: ${outcomeText(result)}`, ''];
  if (result.result === 'skipped') {
    return lines;
  }
  if (actual === undefined) {
    return [...lines, `Could not be tried: ${result.error ?? 'unknown error'}`, ''];
  }
  const { rule } = actual;
  const place = rule && ` (\`${rule.location.file}:${rule.location.range.start.line + 1}\`)`;
  lines.push(`${capital(reasonOf(result))}${place ?? ''}.`, '');
  if (rule !== undefined) {
    lines.push(...quoted(set, rule));
  }
  // The heading tells of the effect; of outputs, these.
  const failures = actual.effect === result.expected && isBad(result) ? describeFailure(result) : [];
  if (failures.length > 0) {
    lines.push(...failures.map(({ message }) => `- ✗ ${message}`), '');
  }
  if (explanation !== undefined) {
    lines.push(...considered(explanation, result.action));
  }
  return lines;
}

/** Explains each rule that names an action. */
function considered(explanation: CheckExplanation, name: string): readonly string[] {
  const rendered = renderExplanation(
    { ...explanation, schemas: [], derivedRoles: [] },
    { format: 'markdown', action: name },
  );
  const rejected = explanation.actions.some(({ action, rejectedBy }) => action === name && rejectedBy);
  if (rejected) {
    return [...rendered.slice(1).map(outdented), ''];
  }
  // The first line says what the heading says already.
  return ['Rules considered:', '', ...rendered.slice(1).map(outdented), ''];
}

/** Explains the validation by the schemas that the policy names. */
function schemas(explanation: CheckExplanation): readonly string[] {
  if (explanation.schemas.length === 0) {
    return [];
  }
  const rendered = renderExplanation(
    { ...explanation, actions: [], derivedRoles: [] },
    { format: 'markdown' },
  );
  return ['### Schemas', '', ...rendered.slice(1).map(outdented), ''];
}

function derivedRoles(explanation: CheckExplanation): readonly string[] {
  if (explanation.derivedRoles.length === 0) {
    return [];
  }
  const rendered = renderExplanation({ ...explanation, schemas: [], actions: [] }, { format: 'markdown' });
  return ['### Derived roles', '', ...rendered.slice(1).map(outdented), ''];
}

function outdented(line: string): string {
  return line.replace(/^ {2}/, '');
}

/** Such as `✗ ALLOW, expected DENY`. */
function outcomeText({ result, actual, expected, skipReason }: ActionResult): string {
  if (result === 'skipped') {
    return `skipped${skipReason === undefined || skipReason === '' ? '' : `: ${skipReason}`}`;
  }
  if (actual === undefined) {
    return '⚠ not tried';
  }
  const effect = effectName(actual.effect);
  if (result === 'passed') {
    return `✓ ${effect}`;
  }
  return actual.effect === expected
    ? `✗ ${effect}, with other outputs`
    : `✗ ${effect}, expected ${effectName(expected)}`;
}

function whoOf({ principal, action: name, resource }: ActionResult): string {
  return `${principal} · ${name} · ${resource}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The most lines of a rule that are quoted. */
const maxLines = 30;

/** A rule as it is written. */
function quoted(
  set: PolicySetSnapshot,
  { location: { file: path, range } }: DecidingRule,
): readonly string[] {
  const file = set.files.get(path);
  if (file === undefined) {
    return [];
  }
  const start = file.lines.offset(range.start);
  const indent = ' '.repeat(range.start.character);
  const text = `${indent}${file.text.slice(start, file.lines.offset(range.end)).trimEnd()}`;
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.slice(Math.min(range.start.character, /^ */.exec(line)?.[0].length ?? 0)));
  return ['```yaml', ...lines.slice(0, maxLines), '```', ''];
}
