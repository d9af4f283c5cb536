import { expect, it } from 'vitest';
import { reportSuite } from '../results/report';
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
