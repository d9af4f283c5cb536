import { compareText, locate } from '../issues';
import type { PolicyIssue } from '../issues';
import type { Located } from '../model/schema';
import type { ParsedFile } from '../parse/parsed';
import type { Span } from '../yaml/node';
import type { Fixtures } from './fixtures';
import { planSuite } from './plan';
import type { Suite } from './types';

/** A suite, and the files of fixtures that it was gathered with. */
export interface GatheredSuite {
  readonly suite: Suite;
  readonly used: UsedFiles;
}

interface UsedFiles {
  readonly principals: ParsedFile | undefined;
  readonly resources: ParsedFile | undefined;
  readonly auxData: ParsedFile | undefined;
}

/**
 * The test suites among the files, each with the fixtures of the `testdata` folder beside it and a plan of its tests.
 * @param previous what was gathered before: a suite is taken over if neither its file nor its fixtures changed
 * @returns suites by their file, in order of path
 */
export function gatherSuites(
  files: readonly ParsedFile[],
  previous: ReadonlyMap<ParsedFile, GatheredSuite>,
): ReadonlyMap<ParsedFile, GatheredSuite> {
  const folders = new Map<string, ParsedFile[]>();
  for (const file of files) {
    if (file.role !== 'principals' && file.role !== 'resources' && file.role !== 'auxData') {
      continue;
    }
    const folder = folderOf(file.path);
    const others = folders.get(folder);
    if (others) {
      others.push(file);
    } else {
      folders.set(folder, [file]);
    }
  }
  const suites = files.filter(({ role }) => role === 'suite');
  suites.sort((a, b) => compareText(a.path, b.path));
  return new Map(
    suites.map((file) => {
      const folder = folderOf(file.path);
      const testdata = folder === '' ? 'testdata' : `${folder}/testdata`;
      const used = usedFiles(folders.get(testdata) ?? []);
      const known = previous.get(file);
      const same = known !== undefined && sameFiles(known.used, used);
      return [file, same ? known : { suite: gather(file, testdata, used), used }];
    }),
  );
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function usedFiles(testdata: readonly ParsedFile[]): UsedFiles {
  return {
    principals: first(testdata, 'principals'),
    resources: first(testdata, 'resources'),
    auxData: first(testdata, 'auxData'),
  };
}

function sameFiles(a: UsedFiles, b: UsedFiles): boolean {
  return a.principals === b.principals && a.resources === b.resources && a.auxData === b.auxData;
}

function gather(file: ParsedFile, folder: string, used: UsedFiles): Suite {
  const document = file.documents[0];
  const [principals, resources, auxData] = [used.principals, used.resources, used.auxData].map(
    (each) => each?.documents[0],
  );
  const fixtures: Fixtures = {
    ...(principals?.kind === 'principals' && { principals }),
    ...(resources?.kind === 'resources' && { resources }),
    ...(auxData?.kind === 'auxData' && { auxData }),
  };
  if (document?.kind !== 'suite') {
    return {
      file,
      fixtures,
      issues: [],
      tests: [],
      error: loadError(file) ?? 'failed to load test suite: it is empty',
    };
  }
  const { suite } = document;
  const broken = loadError(file) ?? fixtureError(folder, [used.principals, used.resources, used.auxData]);
  const groups = fixtureGroupIssues(used, fixtures);
  const plan = planSuite(suite, fixtures);
  const [problem] = plan.problems;
  const issues = [
    ...groups,
    ...plan.problems.map(({ code, message, span }): PolicyIssue => ({
      code,
      message,
      severity: 'error',
      stage: 'test',
      ...locate(file, span),
    })),
  ];
  const groupError = groups[0] && `failed to load test fixtures from ${folder}: ${groups[0].message}`;
  const error = broken ?? groupError ?? (problem && problem.prefix + problem.message);
  return { file, suite, fixtures, issues, tests: plan.tests, ...(error !== undefined && { error }) };
}

/** The file that `cerbos 0.55` would take of several with the same role. */
function first(files: readonly ParsedFile[], role: ParsedFile['role']): ParsedFile | undefined {
  const candidates = files.filter((file) => file.role === role);
  return candidates.sort((a, b) => preference(a.path) - preference(b.path) || (a.path < b.path ? -1 : 1))[0];
}

function preference(path: string): number {
  return ['auxdata.', 'auxData.', 'aux_data.'].findIndex(
    (name) => path.includes(`/${name}`) || path.startsWith(name),
  );
}

function loadError(file: ParsedFile): string | undefined {
  const errors = errorsIn(file);
  return errors === '' ? undefined : `failed to load test suite:\n${errors}`;
}

function fixtureError(folder: string, files: readonly (ParsedFile | undefined)[]): string | undefined {
  for (const file of files) {
    const errors = file && errorsIn(file);
    if (!file || !errors) {
      continue;
    }
    const what = file.role === 'auxData' ? 'aux data' : file.role;
    return `failed to load test fixtures from ${folder}: failed to load ${what}:\n${errors}`;
  }
  return undefined;
}

function errorsIn(file: ParsedFile): string {
  const errors = file.issues.filter(({ severity }) => severity === 'error');
  return errors
    .map(({ line, column, message, path }) => (path === undefined ? message : `${line}:${column} ${message}`))
    .join('\n');
}

/** Groups in fixture files may only name fixtures of their own file. */
function fixtureGroupIssues(
  used: { readonly principals: ParsedFile | undefined; readonly resources: ParsedFile | undefined },
  fixtures: Fixtures,
): readonly PolicyIssue[] {
  const { principals, resources } = fixtures;
  const issues: PolicyIssue[] = [];
  const check = (
    file: ParsedFile | undefined,
    name: string,
    members: Located<readonly Located<string>[]> | undefined,
    known: ReadonlyMap<string, unknown> | undefined,
  ): void => {
    for (const { value, span } of members?.value ?? []) {
      if (file && !known?.has(value)) {
        issues.push(missingMember(file, name, value, span));
      }
    }
  };
  for (const [name, { value }] of principals?.fixtures.principalGroups?.value ?? []) {
    check(used.principals, name, value.principals, principals?.fixtures.principals?.value);
  }
  for (const [name, { value }] of resources?.fixtures.resourceGroups?.value ?? []) {
    check(used.resources, name, value.resources, resources?.fixtures.resources?.value);
  }
  return issues;
}

function missingMember(file: ParsedFile, group: string, member: string, span: Span): PolicyIssue {
  const message = `failed to load ${file.role}: missing fixture "${member}" referenced in group "${group}"`;
  return { code: 'missing-fixture', message, severity: 'error', stage: 'test', ...locate(file, span) };
}
