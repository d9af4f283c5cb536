import type { PolicyIssue } from '../../policy';
import { filesWithFixtures } from './fixtures';
import type { PolicySetSnapshot } from './policy-set';
import { exportsOf } from './symbol-table';
import type { Export, Exports } from './symbol-table';

/**
 * The issues of a file that its author can do something about right there. What only follows from a mistake that is
 * marked elsewhere is left out, and what is right but not supported yet is a hint: incomplete knowledge never makes a
 * warning. `path` is relative to the set's root.
 */
export function shownIssues(set: PolicySetSnapshot, path: string): readonly PolicyIssue[] {
  const issues = set.issues.get(path) ?? [];
  if (issues.length === 0) {
    return issues;
  }
  const unreadable = linesWithSyntaxErrors(issues);
  const shown = new Map<string, PolicyIssue>();
  for (const issue of issues) {
    if (followsFromSyntax(issue, unreadable) || followsFromOtherFile(set, issue)) {
      continue;
    }
    const key = identityOf(issue);
    if (!shown.has(key)) {
      shown.set(key, isUnsupported(issue) ? { ...issue, severity: 'information' } : issue);
    }
  }
  return [...shown.values()];
}

/** True for an issue about something that is valid and that the engine cannot do yet. */
export function isUnsupported({ code }: PolicyIssue): boolean {
  return code === 'not-supported-yet';
}

/** Several issues with the same identity say the same: of one line that is no YAML, the first says enough. */
function identityOf({ code, celCode, message, range: { start, end } }: PolicyIssue): string {
  if (code === 'yaml-syntax') {
    return `yaml-syntax ${start.line}`;
  }
  return [code, celCode, start.line, start.character, end.line, end.character, message].join(' ');
}

function linesWithSyntaxErrors(issues: readonly PolicyIssue[]): ReadonlySet<number> {
  const broken = issues.filter(({ code }) => code === 'yaml-syntax');
  return new Set(broken.map(({ range }) => range.start.line));
}

/**
 * True if a syntax error may be the cause of an issue: the name that it misses may be in the part that cannot be read.
 */
function followsFromSyntax({ code, range }: PolicyIssue, unreadable: ReadonlySet<number>): boolean {
  if (unreadable.size === 0) {
    return false;
  }
  return code === 'missing-value' || (code === 'wrong-type' && unreadable.has(range.start.line));
}

/** True if the cause of an issue may be an error in another file. */
export function mayFollowFromOtherFile({ code }: PolicyIssue): boolean {
  return ['missing-import', 'missing-scope', 'missing-fixture', 'missing-group'].includes(code);
}

function followsFromOtherFile(set: PolicySetSnapshot, issue: PolicyIssue): boolean {
  const { code, data = {} } = issue;
  switch (code) {
    case 'missing-import':
      return isBroken(exportedAs(exportsOf(set), data['kind']).get(data['name'] ?? ''));
    case 'missing-scope':
      return isBroken(set.compiled.names.policies.get(data['missing'] ?? ''));
    case 'missing-fixture':
    case 'missing-group':
      return brokenFixtures(set, issue.file).length > 0;
    default:
      return false;
  }
}

/** True if something is missing only because its definition has errors. */
function isBroken(definitions: readonly Pick<Export, 'document'>[] | undefined): boolean {
  return (definitions ?? []).some(
    ({ document }) => !document.sound && document.policy.disabled?.value !== true,
  );
}

/** The exports that policies import by `kind`, the word in the engine's messages. */
function exportedAs(exports: Exports, kind: string | undefined): ReadonlyMap<string, readonly Export[]> {
  switch (kind) {
    case 'variables':
      return exports.variables;
    case 'constants':
      return exports.constants;
    default:
      return exports.derivedRoles;
  }
}

/** The fixture files of a suite that have errors. */
export function brokenFixtures(set: PolicySetSnapshot, suite: string): readonly string[] {
  const file = set.files.get(suite);
  if (file === undefined) {
    return [];
  }
  return filesWithFixtures(set, file)
    .filter((each) => each !== file && each.issues.some(({ severity }) => severity === 'error'))
    .map(({ path }) => path);
}
