import { execFile } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { compilePolicySet } from '../../../server/policy';
import type { PolicyFile, PolicyIssue } from '../../../server/policy';
import { cerbosBinary } from '../../tools';
import { broken, valid } from './broken';
import type { Files } from '../support/policy-text';
import { removePolicies, writePolicies } from '../support/server';

/** A mistake, as `cerbos 0.55` reports it. */
interface Reported {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

describe('broken policy sets', () => {
  test.concurrent.each(Object.entries(broken))(
    'a mistake is refused at the places where cerbos 0.55 refuses it: %s',
    async (_, files) => {
      const reported = await compileWithBinary(files);
      const { set, issues } = compilePolicySet(filesOf(files));
      const errors = issues.filter(({ severity }) => severity === 'error');
      expect(reported.length).toBeGreaterThan(0);
      expect(set).toBeUndefined();
      const missing = reported.filter((each) => !errors.some((issue) => isAt(issue, each)));
      const own = errors.map(({ file, line, column, message }) => ({ file, line, column, message }));
      expect({ missing, own }).toEqual({ missing: [], own });
    },
  );
});

describe('valid policy sets', () => {
  test.concurrent.each(Object.entries(valid))(
    'a policy set that cerbos 0.55 takes is taken: %s',
    async (_, files) => {
      const { issues } = compilePolicySet(filesOf(files));
      expect(await compileWithBinary(files)).toEqual([]);
      expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    },
  );
});

function isAt(issue: PolicyIssue, { file, line, column }: Reported): boolean {
  const isSame =
    issue.file === file || (issue.code === 'schemas-directory' && issue.file.startsWith(`${file}/`));
  return isSame && (line === undefined || (issue.line === line && issue.column === column));
}

function filesOf(files: Files): readonly PolicyFile[] {
  return Object.entries(files).map(([path, text]) => ({ path, text }));
}

interface Position {
  readonly line?: number;
  readonly column?: number;
}
interface LintErrors {
  readonly load_failures?: readonly { file: string; error: string; error_details: { position?: Position } }[];
  readonly duplicate_defs?: readonly { file: string; policy: string; position: Position }[];
  readonly missing_imports?: readonly { importing_file: string; desc: string; position: Position }[];
  readonly missing_scope_details?: readonly { missing_policy: string; descendants: readonly string[] }[];
  readonly scope_permissions_conflicts?: readonly { scope: string }[];
}
interface Output {
  readonly lintErrors?: LintErrors;
  readonly compileErrors?: { errors: readonly { file: string; description: string; position?: Position }[] };
}

async function compileWithBinary(files: Files): Promise<readonly Reported[]> {
  const directory = await writePolicies(filesOf(files));
  try {
    const { code, stdout } = await run(['compile', '--output=json', '--skip-tests', directory]);
    if (code === 0) {
      return [];
    }
    expect(code).toBe(3);
    return reportedIn(JSON.parse(stdout) as Output, files);
  } finally {
    await removePolicies(directory);
  }
}

function run(args: readonly string[]): Promise<{ readonly code: number; readonly stdout: string }> {
  return new Promise((resolve) => {
    execFile(cerbosBinary(), args, (error, stdout) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout });
    });
  });
}

function reportedIn({ lintErrors = {}, compileErrors }: Output, files: Files): readonly Reported[] {
  const [anyFile = ''] = Object.keys(files);
  return [
    ...(lintErrors.load_failures ?? []).map(({ file, error, error_details: { position } }) => ({
      file,
      ...position,
      message: error,
    })),
    ...(lintErrors.duplicate_defs ?? []).map(({ file, policy, position }) => ({
      file,
      ...position,
      message: policy,
    })),
    ...(lintErrors.missing_imports ?? []).map(({ importing_file: file, desc, position }) => ({
      file,
      ...position,
      message: desc,
    })),
    // These come without a file.
    ...(lintErrors.missing_scope_details ?? []).map(({ missing_policy: message }) => ({
      file: anyFile,
      message,
    })),
    ...(compileErrors?.errors ?? []).map(({ file, description, position }) => ({
      file,
      ...position,
      message: description,
    })),
    ...(lintErrors.scope_permissions_conflicts ?? []).map(({ scope }) => ({
      file: Object.keys(files).at(-1) ?? '',
      message: scope,
    })),
  ];
}
