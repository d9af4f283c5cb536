import type { Explanation } from '../../protocol';
import type { ActionResult, TestCaseResult } from '../../policy';
import { resultsByTest } from '../results/by-test';
import { describeFailure, effectName, reasonOf } from '../results/failures';
import { notRun, whyBlocked } from '../results/blocked';
import { isBad } from '../results/report';
import type { SetResults } from '../results/results';
import type { PolicySetSnapshot } from '../workspace/policy-set';
import type { FileInSet } from '../workspace/snapshot';

/** Why each decision of a test came out as it did, as a document to read. */
export function explainTest({ set, file }: FileInSet, results: SetResults, test: number): Explanation | null {
  const suite = file.documents.find((each) => each.kind === 'suite')?.suite;
  const name = suite?.tests?.value[test]?.value.name?.value;
  if (name === undefined) return null;
  const title = `Why? ${name}`;
  const outcome = results.get(file.path);
  const result = resultsByTest(file, outcome?.result).get(test);
  if (result === undefined) {
    const blocked = outcome && whyBlocked(set, file.path, outcome);
    const why = blocked ?? outcome?.result?.error ?? notRun;
    return { title, text: `# ${name}\n\n${why}\n` };
  }
  return { title, text: [`# ${name}`, '', ...actions(set, result), ''].join('\n') };
}

function actions(set: PolicySetSnapshot, test: TestCaseResult): readonly string[] {
  if (test.actions.length === 0) return ['Nothing was tried.'];
  return test.actions.flatMap((action) => [
    `## ${action.principal} · ${action.action} · ${action.resource}`,
    '',
    ...lines(set, action),
    '',
  ]);
}

function lines(set: PolicySetSnapshot, action: ActionResult): readonly string[] {
  if (action.result === 'skipped') return [`Skipped${action.skipReason ? `: ${action.skipReason}` : ''}.`];
  const { actual } = action;
  const found = [`${isBad(action) ? '✗' : '✓'} expected ${effectName(action.expected)}`];
  if (actual !== undefined) {
    found.push(`- ${effectName(actual.effect)}: ${reasonOf(action)}`);
    if (actual.rule !== undefined) found.push(...ruleText(set, actual.rule.location));
    if (actual.scope !== '') found.push(`- scope: ${actual.scope}`);
  }
  for (const output of action.outputs) {
    const came = output.error === undefined ? JSON.stringify(output.val) : `error: ${output.error}`;
    found.push(`- output of ${output.src}: \`${came}\``);
  }
  if (isBad(action)) for (const { message } of describeFailure(action)) found.push(`- ${message}`);
  return found;
}

/** The most lines of a rule that are quoted. */
const maxLines = 30;

/** Quotes a rule with its place. */
function ruleText(
  set: PolicySetSnapshot,
  { file: path, range }: NonNullable<NonNullable<ActionResult['actual']>['rule']>['location'],
): readonly string[] {
  const file = set.files.get(path);
  if (file === undefined) return [];
  const start = file.lines.offset(range.start);
  const indent = ' '.repeat(range.start.character);
  const text = `${indent}${file.text.slice(start, file.lines.offset(range.end)).trimEnd()}`;
  const quoted = text
    .split(/\r?\n/)
    .map((line) => line.slice(Math.min(range.start.character, /^ */.exec(line)?.[0].length ?? 0)));
  return [`- \`${path}:${range.start.line + 1}\``, '', '```yaml', ...quoted.slice(0, maxLines), '```', ''];
}
