import type { CompiledPolicies, PolicyIssue } from '../../policy';
import type { Paint } from './color';
import { contextOf, disabledPolicies, mergeExpressionErrors, missingScopes } from './errors-json';

/** Errors in single files and between files, for people, as `cerbos compile` prints them. */
export function lintErrorsText(
  compiled: CompiledPolicies,
  errors: readonly PolicyIssue[],
  paint: Paint,
): string {
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [
      'Disabled policies',
      disabledPolicies(compiled).map(({ file, policy, position: { line, column } }) => {
        return `${place(paint, file, line, column)} ${paint.name(policy)}`;
      }),
    ],
    [
      'Missing scopes',
      missingScopes(of(errors, 'missing-scope')).map(({ missing_policy: missing, descendants }) => {
        const needing = paint.name(descendants.join(', '));
        return `scoped policy ${paint.bad(missing)} is not found but is required by descendant policies ${needing}`;
      }),
    ],
    [
      'Duplicate definitions',
      of(errors, 'duplicate-policy').map((issue) => described(compiled, issue, paint, false)),
    ],
    ['Missing imports', of(errors, 'missing-import').map((issue) => described(compiled, issue, paint, true))],
    [
      'Load failures',
      errors.filter(({ code }) => !others.has(code)).map((issue) => described(compiled, issue, paint, true)),
    ],
    ['Scope permission conflicts', of(errors, 'scope-permissions-conflict').map(({ message }) => message)],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([heading, lines]) => `${paint.heading(heading)}\n${lines.join('\n')}\n\n`)
    .join('');
}

const others: ReadonlySet<PolicyIssue['code']> = new Set([
  'missing-scope',
  'duplicate-policy',
  'missing-import',
  'scope-permissions-conflict',
]);

/** Errors in what policies mean, for people. */
export function compileErrorsText(
  compiled: CompiledPolicies,
  errors: readonly PolicyIssue[],
  paint: Paint,
): string {
  const lines = mergeExpressionErrors(errors).map((issue) => described(compiled, issue, paint, true));
  return `${paint.heading('Compilation errors')}\n${lines.join('\n')}\n`;
}

/** Renders the warnings among the issues, for standard error. */
export function warningsText(issues: readonly PolicyIssue[], paint: Paint): string {
  return issues
    .filter(({ severity }) => severity === 'warning')
    .map(({ file, line, column, message }) => `${place(paint, file, line, column)} warning: ${message}\n`)
    .join('');
}

function described(
  compiled: CompiledPolicies,
  issue: PolicyIssue,
  paint: Paint,
  withContext: boolean,
): string {
  const { file, line, column, message, summary, path } = issue;
  const head = `${place(paint, file, line, column)} ${paint.bad(message)}${summary === undefined ? '' : ` <${summary}>`}`;
  return withContext && path !== undefined ? `${head}\n${contextOf(compiled, issue)}\n` : head;
}

function of(errors: readonly PolicyIssue[], code: PolicyIssue['code']): readonly PolicyIssue[] {
  return errors.filter((issue) => issue.code === code);
}

function place(paint: Paint, file: string, line: number, column: number): string {
  return `${paint.file(file)}:${paint.position(String(line))}:${paint.position(String(column))}`;
}
