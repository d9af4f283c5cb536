import { describe, expect, it } from 'vitest';
import { runSuites } from '../../policy';
import { reportSuite } from '../results/report';
import { rerun } from '../results/run';
import { runInSlices } from '../results/slices';
import { albumFiles, albumWith } from '../testing/album';
import { runAll } from '../testing/analyze';
import { fileIn, testRoot, workspaceOf } from '../testing/fixture-workspace';
import { codeLenses } from './code-lens';
import { explainTest } from './explain-test';

const suite = 'album_test.yaml';
const uri = `file://${testRoot}/${suite}`;
const failing = albumWith(suite, (text) => text.replace('delete: EFFECT_ALLOW', 'delete: EFFECT_DENY'));

it('offers to run and to explain each test', () => {
  const lenses = codeLenses(fileIn(workspaceOf(albumFiles), suite).file, uri);
  expect(lenses.map(({ range, command }) => `${range.start.line + 1} ${command?.title ?? ''}`)).toEqual([
    '1 Run all',
    '3 Run',
    '3 Why?',
    '18 Run',
    '18 Why?',
  ]);
  expect(lenses[0]?.command?.arguments).toEqual([{ uri }]);
  expect(lenses[3]?.command?.arguments).toEqual([{ uri, tests: [1] }]);
  expect(lenses[4]?.command?.arguments).toEqual([{ uri, test: 1 }]);
});

it('offers nothing in policies', () => {
  expect(codeLenses(fileIn(workspaceOf(albumFiles), 'album.yaml').file, uri)).toEqual([]);
});

it('explains a test: what came, which rule decided, and where it is', () => {
  const found = fileIn(workspaceOf(failing), suite);
  const explained = explainTest(found, runAll(found.set), 0);
  expect(explained?.title).toBe('Why? owners');
  expect(explained?.text).toContain('## alice · delete · hers');
  expect(explained?.text).toContain('✗ expected DENY');
  expect(explained?.text).toContain('- `album.yaml:14`');
  expect(explained?.text).toContain('- name: owners-do-all'.slice(2));
  expect(explained?.text).toContain('no rule of resource.album.vdefault matches');
});

it('has nothing to explain where there is no test', () => {
  const found = fileIn(workspaceOf(albumFiles), suite);
  expect(explainTest(found, runAll(found.set), 7)).toBeNull();
});

it('reports suites with their failures', () => {
  const { set } = fileIn(workspaceOf(failing), suite);
  const outcome = runAll(set).get(suite);
  const report = outcome && reportSuite(set, suite, outcome);
  expect(report).toMatchObject({ uri, name: 'Albums', outcome: 'failed', counts: { passed: 4, failed: 1 } });
  expect(report?.tests.map(({ name, outcome: each }) => `${name} ${each}`)).toEqual([
    'owners failed',
    'moderators passed',
  ]);
  expect(report?.tests[0]?.failures).toMatchObject([
    {
      expected: 'EFFECT_DENY',
      actual: 'EFFECT_ALLOW',
      decidedBy: { name: 'resource.album.vdefault#owners-do-all' },
    },
  ]);
});

it('reports the tests of a suite that cannot run, with the reason', () => {
  const files = albumWith(suite, (text) => text.replace('principals: [alice]', 'principals: [alica]'));
  const { set } = fileIn(workspaceOf(files), suite);
  const outcome = runAll(set).get(suite);
  const report = outcome && reportSuite(set, suite, outcome);
  expect(report?.error).toContain('principal "alica" not found');
  expect(report?.tests.map(({ name, outcome: each }) => `${name} ${each}`)).toEqual([
    'owners errored',
    'moderators errored',
  ]);
});

it('keeps the tests in sight while a fixture file is broken', () => {
  const files = albumWith('testdata/principals.yaml', (text) => text.replace('alice:\n', 'alice: [\n'));
  const { set } = fileIn(workspaceOf(files), suite);
  const outcome = runAll(set).get(suite);
  const report = outcome && reportSuite(set, suite, outcome);
  expect(report).toMatchObject({ name: 'Albums', outcome: 'blocked' });
  expect(report?.error).toContain('testdata/principals.yaml');
  expect(report?.tests.map(({ name, outcome: each }) => `${name} ${each}`)).toEqual([
    'owners blocked',
    'moderators blocked',
  ]);
});

describe('one test', () => {
  it('runs by itself, and the others keep their results', () => {
    const { set } = fileIn(workspaceOf(failing), suite);
    const before = runAll(set).get(suite);
    const after = atOnce(rerun(set, suite, before, [1]));
    expect(after?.result?.summary).toEqual(before?.result?.summary);
    expect(after?.result?.tests[0]).toBe(before?.result?.tests[0]);
    expect(after?.result?.tests[1]).not.toBe(before?.result?.tests[1]);
    expect(after?.result?.tests[1]).toEqual(before?.result?.tests[1]);
  });

  it('brings the whole suite along where nothing is known of the others', () => {
    const { set } = fileIn(workspaceOf(failing), suite);
    expect(atOnce(rerun(set, suite, undefined, [1]))?.result).toEqual(runAll(set).get(suite)?.result);
  });

  it('is nothing where there is no such suite', () => {
    const { set } = fileIn(workspaceOf(failing), suite);
    expect(atOnce(rerun(set, 'album.yaml', undefined, [0]))).toBeUndefined();
  });
});

it('comes out in slices as at once, a test of many combinations included', () => {
  const many = Array.from({ length: 60 }, (_, at) => `r${at}`);
  const text = [
    'name: Many',
    'principals: {alice: {id: alice, roles: [user]}, bob: {id: bob, roles: [user]}}',
    `resources: {${many.map((name) => `${name}: {id: ${name}, kind: album}`).join(', ')}}`,
    'tests:',
    ...['first', 'second'].flatMap((name) => [
      `  - name: ${name}`,
      `    input: {principals: [alice, bob], resources: [${many.join(', ')}], actions: [view, list, delete]}`,
      `    expected: [{principal: alice, resource: r1, actions: {view: EFFECT_ALLOW}}]`,
    ]),
    '',
  ].join('\n');
  const { set } = fileIn(workspaceOf({ ...albumFiles, 'many_test.yaml': text }), 'many_test.yaml');
  const { compiled } = set.usable;
  const planned = compiled.suites.find(({ file }) => file.path === 'many_test.yaml');
  if (compiled.set === undefined || planned === undefined) throw new Error('The suite cannot run.');
  const run = runInSlices(compiled.set, planned);
  let slices = 0;
  let step = run.next();
  for (; step.done !== true; step = run.next()) slices++;
  expect(slices).toBeGreaterThan(3);
  expect(step.value).toEqual(runSuites(compiled.set, [planned]).suites[0]);
});

/** What a generator returns in the end. */
function atOnce<T>(run: Generator<undefined, T, undefined>): T {
  for (;;) {
    const step = run.next();
    if (step.done === true) return step.value;
  }
}

it('runs again only what depends on an edit', () => {
  const other = {
    'note.yaml':
      'apiVersion: api.cerbos.dev/v1\nresourcePolicy:\n  resource: note\n  version: default\n  rules: []\n',
    'sub/note_test.yaml':
      'name: Notes\nprincipals: {a: {id: a, roles: [user]}}\nresources: {n: {id: n, kind: note}}\ntests:\n' +
      '  - name: t\n    input: {principals: [a], resources: [n], actions: [view]}\n    expected:\n' +
      '      - {principal: a, resource: n, actions: {view: EFFECT_DENY}}\n',
  };
  const workspace = workspaceOf({ ...albumFiles, ...other });
  const before = runAll(fileIn(workspace, suite).set);
  expect(before.get('sub/note_test.yaml')?.result?.summary.result).toBe('passed');
  workspace.openFile(`${testRoot}/roles.yaml`, albumFiles['roles.yaml'].replace('P.id', '"nobody"'));
  const after = runAll(fileIn(workspace, suite).set, before);
  expect(after.get('sub/note_test.yaml')).toBe(before.get('sub/note_test.yaml'));
  expect(after.get(suite)?.result?.summary.counts.failed).toBeGreaterThan(0);
  workspace.closeFile(`${testRoot}/roles.yaml`);
  expect(runAll(fileIn(workspace, suite).set, after).get(suite)?.result?.summary.result).toBe('passed');
});
