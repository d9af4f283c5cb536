import { describe, expect, test } from 'vitest';
import { runSuites } from '../../policy';
import { reportSuite } from '../results/report';
import { rerun } from '../results/run';
import { runInSlices } from '../results/slices';
import { albumFiles, albumWith } from '../../../test/support/language/album';
import { atOnce, runAll } from '../../../test/support/language/analyze';
import { fileIn, setText, testRoot, workspaceOf } from '../../../test/support/language/fixture-workspace';
import { codeLenses } from './code-lens';
import { explainTest } from './explain-test';

const suite = 'album_test.yaml';
const uri = `file://${testRoot}/${suite}`;
const failing = albumWith(suite, (text) => text.replace('delete: EFFECT_ALLOW', 'delete: EFFECT_DENY'));

test('lenses offer to run and to explain each test', () => {
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

test('no lenses are offered in policies', () => {
  expect(codeLenses(fileIn(workspaceOf(albumFiles), 'album.yaml').file, uri)).toEqual([]);
});

/** The part of an explanation under a heading. */
function under(heading: string, text: string): string {
  const [, rest = ''] = text.split(`\n${heading}\n`);
  return rest.split(/\n#{2,3} /)[0]?.trim() ?? '';
}

describe('an explanation', () => {
  const found = fileIn(workspaceOf(failing), suite);
  const explained = explainTest(found, runAll(found.set), 0);
  const text = explained?.text ?? '';

  test('an explanation has a heading for each action with its outcome', () => {
    expect(explained?.title).toBe('Why? owners');
    expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([
      '# owners',
      '## alice · hers',
      '### view: ✓ ALLOW',
      '### delete: ✗ ALLOW, expected DENY',
      '### Derived roles',
      '## alice · public',
      '### view: ✓ ALLOW',
      '### delete: ✓ DENY',
      '### Derived roles',
    ]);
  });

  test('an explanation tells which rule decided, where it is, and what the others came to', () => {
    expect(under('### delete: ✗ ALLOW, expected DENY', text)).toBe(
      [
        'Rule resource.album.vdefault#owners-do-all decided through the derived role owner (`album.yaml:14`).',
        '',
        '```yaml',
        'name: owners-do-all',
        'actions: ["*"]',
        'effect: EFFECT_ALLOW',
        'derivedRoles: [owner]',
        '```',
        '',
        'Rules considered:',
        '',
        '- ✓ allow `resource.album.vdefault#owners-do-all` (`album.yaml:14`) through `owner`, role `user`: applies, and decides',
        '- ✗ allow `resource.album.vdefault#moderators-delete` (`album.yaml:25`) through `moderator`, role `user`: its derived role is not in effect',
        '  - `P.attr.team == "moderation"` → `false`',
        '    - `P.attr.team` → `"design"`',
      ].join('\n'),
    );
  });

  test('an explanation gives the values of variables, and says that nothing matched', () => {
    expect(text).toContain('  - variable `isPublic` = `R.attr.public == true` → `true`');
    expect(under('### delete: ✓ DENY', text)).toContain('No rule of resource.album.vdefault matches.');
  });

  test('an explanation tells which derived roles were in effect, and why', () => {
    expect(under('### Derived roles', text)).toContain(
      '- ✓ `owner` (`roles.yaml:5`): in effect\n  - `R.attr.owner == P.id` → `true`',
    );
  });

  test('an explanation tells which schema did not allow the attributes, and what is wrong with them', () => {
    const files = {
      ...albumWith('album.yaml', (before) =>
        before.replace(
          '  rules:\n',
          '  schemas: {resourceSchema: {ref: "cerbos:///album.json"}}\n  rules:\n',
        ),
      ),
      '_schemas/album.json': '{"required": ["size"]}',
    };
    const other = fileIn(workspaceOf(files), suite);
    const told = explainTest(other, runAll(other.set), 0)?.text ?? '';
    expect(under('### view: ✗ DENY, expected ALLOW', told)).toBe(
      "A schema does not allow the attributes: R.attr[/]: missing properties: 'size'.\n\n" +
        '- No rule was looked at: a schema denies the request as a whole.',
    );
    expect(under('### Schemas', told)).toBe(
      '- ✗ resource: `cerbos:///album.json` (`_schemas/album.json`, `album.yaml:13`): the attributes are not as it wants them, which denies all actions\n' +
        "  - `/`: `missing properties: 'size'`",
    );
  });

  test('an explanation names places relative to the set’s root', () => {
    expect(explained?.root).toBe(`file://${testRoot}`);
  });

  test('an explanation tells which output is missing', () => {
    const files = albumWith(suite, (before) => before.replace('val: {by: bob}', 'val: {by: eve}'));
    const other = fileIn(workspaceOf(files), suite);
    expect(explainTest(other, runAll(other.set), 1)?.text).toContain('expected the output {"by":"eve"}');
  });

  test('an explanation says why nothing could be tried', () => {
    const files = albumWith('roles.yaml', (before) => before.replace('R.attr.owner', 'R.attrs.owner'));
    const other = fileIn(workspaceOf(files), suite);
    expect(explainTest(other, runAll(other.set), 0)?.text).toContain('depend on roles.yaml');
  });

  test('an explanation covers the pairs that failed, where there are too many for all', () => {
    const names = Array.from({ length: 40 }, (_, at) => `r${at}`);
    const many = [
      'name: Many',
      'principals: {alice: {id: alice, roles: [user]}}',
      `resources: {${names.map((name) => `${name}: {id: ${name}, kind: album}`).join(', ')}}`,
      'tests:',
      '  - name: all',
      `    input: {principals: [alice], resources: [${names.join(', ')}], actions: [view]}`,
      '    expected: [{principal: alice, resource: r39, actions: {view: EFFECT_ALLOW}}]',
    ].join('\n');
    const other = fileIn(workspaceOf({ ...albumFiles, 'many_test.yaml': many }), 'many_test.yaml');
    const lines = explainTest(other, runAll(other.set), 0)?.text.split('\n') ?? [];
    expect(lines.find((line) => line.startsWith('## '))).toBe('## alice · r39');
    expect(lines.at(-2)).toBe('- alice · view · r38: ✓ DENY');
  });
});

test('there is no explanation where there is no test', () => {
  const found = fileIn(workspaceOf(albumFiles), suite);
  expect(explainTest(found, runAll(found.set), 7)).toBeNull();
});

test('suites are reported with their failures', () => {
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

test('the tests of a suite that cannot run are reported with the reason', () => {
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

test('tests stay listed while a fixture file is broken', () => {
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
  test('one test runs by itself, and the others keep their results', () => {
    const { set } = fileIn(workspaceOf(failing), suite);
    const before = runAll(set).get(suite);
    const after = atOnce(rerun(set, suite, before, [1]));
    expect(after?.result?.summary).toEqual(before?.result?.summary);
    expect(after?.result?.tests[0]).toBe(before?.result?.tests[0]);
    expect(after?.result?.tests[1]).not.toBe(before?.result?.tests[1]);
    expect(after?.result?.tests[1]).toEqual(before?.result?.tests[1]);
  });

  test('one test runs the whole suite where the results of the others are not known', () => {
    const { set } = fileIn(workspaceOf(failing), suite);
    expect(atOnce(rerun(set, suite, undefined, [1]))?.result).toEqual(runAll(set).get(suite)?.result);
  });

  test('one test has no result where there is no such suite', () => {
    const { set } = fileIn(workspaceOf(failing), suite);
    expect(atOnce(rerun(set, 'album.yaml', undefined, [0]))).toBeUndefined();
  });
});

test('running in slices gives the same results as at once, a test of many combinations included', () => {
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
  if (compiled.set === undefined || planned === undefined) {
    throw new Error('The suite cannot run.');
  }
  const run = runInSlices(compiled.set, planned);
  let slices = 0;
  let step = run.next();
  for (; step.done !== true; step = run.next()) {
    slices++;
  }
  expect(slices).toBeGreaterThan(3);
  expect(step.value).toEqual(runSuites(compiled.set, [planned]).suites[0]);
});

test('an edit runs only those suites again that depend on it', () => {
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
  setText(workspace, `${testRoot}/roles.yaml`, albumFiles['roles.yaml'].replace('P.id', '"nobody"'));
  const after = runAll(fileIn(workspace, suite).set, before);
  expect(after.get('sub/note_test.yaml')).toBe(before.get('sub/note_test.yaml'));
  expect(after.get(suite)?.result?.summary.counts.failed).toBeGreaterThan(0);
  setText(workspace, `${testRoot}/roles.yaml`, albumFiles['roles.yaml']);
  expect(runAll(fileIn(workspace, suite).set, after).get(suite)?.result?.summary.result).toBe('passed');
});
