import type { CompiledPolicies, NamedDocument, PolicyIssue } from '../../policy';
import { snippet } from './snippet';

interface Position {
  readonly line: number;
  readonly column: number;
  readonly path?: string;
}

/** Errors in single files and between files, in the shape of `cerbos compile --output=json`. */
export function lintErrors(compiled: CompiledPolicies, errors: readonly PolicyIssue[]): string {
  const of = (...codes: readonly PolicyIssue['code'][]): readonly PolicyIssue[] =>
    errors.filter(({ code }) => codes.includes(code));
  const sections = {
    duplicate_defs: of('duplicate-policy').map((issue) => ({
      file: issue.file,
      other_file: issue.data?.['otherFile'],
      policy: issue.data?.['policy'],
      position: withoutPath(issue),
    })),
    load_failures: errors
      .filter((issue) => !elsewhere.has(issue.code))
      .map((issue) => loadFailure(compiled, issue)),
    missing_imports: of('missing-import').map((issue) => ({
      importing_file: issue.file,
      desc: issue.message,
      importing_policy: issue.data?.['policy'],
      import_kind: issue.data?.['kind'],
      import_name: issue.data?.['name'],
      position: positionOf(issue),
      context: contextOf(compiled, issue),
    })),
    missing_scope_details: missingScopes(of('missing-scope')),
    disabled_defs: disabledPolicies(compiled),
    scope_permissions_conflicts: of('scope-permissions-conflict').map((issue) => ({
      scope: issue.data?.['scope'],
    })),
  };
  const filled = Object.entries(sections).filter(([, list]) => list.length > 0);
  return toJson({ lintErrors: Object.fromEntries(filled) });
}

/** Errors in what policies mean, in the shape of `cerbos compile --output=json`. */
export function compileErrors(compiled: CompiledPolicies, errors: readonly PolicyIssue[]): string {
  return toJson({
    compileErrors: {
      errors: mergeExpressionErrors(errors).map((issue) => ({
        file: issue.file,
        error: issue.summary ?? issue.code,
        description: issue.message,
        ...(issue.path !== undefined && { position: positionOf(issue), context: contextOf(compiled, issue) }),
      })),
    },
  });
}

const elsewhere: ReadonlySet<PolicyIssue['code']> = new Set([
  'duplicate-policy',
  'missing-import',
  'missing-scope',
  'scope-permissions-conflict',
]);
const parseErrors: ReadonlySet<PolicyIssue['code']> = new Set([
  'yaml-syntax',
  'invalid-document',
  'unknown-anchor',
  'duplicate-anchor',
  'unknown-key',
  'duplicate-key',
  'wrong-type',
  'too-many-kinds',
]);

function loadFailure(compiled: CompiledPolicies, issue: PolicyIssue): unknown {
  const positioned = issue.path !== undefined;
  return {
    // `cerbos 0.55` names the folder, whatever is in it.
    file:
      issue.code === 'schemas-directory' ? issue.file.replace(/\/_schemas\/.*$/, '/_schemas') : issue.file,
    error: issue.message,
    error_details: {
      kind: parseErrors.has(issue.code) ? 1 : 2,
      ...(positioned && { position: positionOf(issue) }),
      message: issue.message,
      ...(positioned && { context: contextOf(compiled, issue) }),
    },
  };
}

function positionOf({ line, column, path }: PolicyIssue): Position {
  return { line, column, ...(path !== undefined && { path }) };
}

function withoutPath({ line, column }: PolicyIssue): Position {
  return { line, column };
}

export function contextOf(compiled: CompiledPolicies, { file, line, column }: PolicyIssue): string {
  const found = compiled.files.find(({ path }) => path === file);
  return found ? snippet(found.text, line, column) : '';
}

interface MissingScope {
  readonly descendants: readonly string[];
  readonly missing_policy: string;
}

/** Each missing policy once, with all that need it. */
export function missingScopes(issues: readonly PolicyIssue[]): readonly MissingScope[] {
  const needed = new Map<string, string[]>();
  for (const { data } of issues) {
    const missing = data?.['missing'] ?? '';
    needed.set(missing, [...(needed.get(missing) ?? []), data?.['policy'] ?? '']);
  }
  return [...needed]
    .map(([missing_policy, descendants]) => ({ missing_policy, descendants: descendants.sort() }))
    .sort((a, b) => (a.missing_policy < b.missing_policy ? -1 : 1));
}

interface DisabledPolicy {
  readonly file: string;
  readonly policy: string;
  readonly position: Position;
}

export function disabledPolicies({ names }: CompiledPolicies): readonly DisabledPolicy[] {
  const named = (prefix: string, map: ReadonlyMap<string, readonly NamedDocument[]>): DisabledPolicy[] =>
    [...map].flatMap(([name, definitions]) =>
      definitions
        .filter(({ document }) => document.policy.disabled?.value === true)
        .map(({ file, document }) => ({
          file: file.path,
          policy: `${prefix}${name}`,
          position: file.lines.lineAndColumn(document.yaml.root?.mark ?? 0),
        })),
    );
  return [
    ...named('', names.policies),
    ...named('derived_roles.', names.derivedRoleSets),
    ...named('export_variables.', names.variableExports),
    ...named('export_constants.', names.constantExports),
  ];
}

/** `cerbos 0.55` reports an expression once, with everything that is wrong in it. */
export function mergeExpressionErrors(errors: readonly PolicyIssue[]): readonly PolicyIssue[] {
  const merged = new Map<string, PolicyIssue[]>();
  for (const issue of errors) {
    const { code, file, line, column, message } = issue;
    const key =
      code === 'invalid-expression'
        ? [file, line, column].join(':')
        : [file, line, column, message].join(':');
    merged.set(key, [...(merged.get(key) ?? []), issue]);
  }
  return [...merged.values()].flatMap((issues) => {
    const [first] = issues;
    if (first?.expression === undefined) {
      return first ?? [];
    }
    const messages = issues.map(({ message }) => message).join(', ');
    return { ...first, message: `Invalid expression \`${first.expression}\`: [${messages}]` };
  });
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
