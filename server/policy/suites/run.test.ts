import { describe, expect, test } from 'vitest';
import { compilePolicySet, parseSuiteFilter, runSuites } from '../index';
import type { PolicyFile, RunOptions } from '../index';

const policy = {
  path: 'album.yaml',
  text: `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: album
  version: default
  rules:
    - actions: [view]
      effect: EFFECT_ALLOW
      roles: [user]
      name: readers
      condition: {match: {expr: R.attr.public == true}}
      output: {when: {ruleActivated: '{"who": P.id}'}}
    - actions: [age]
      effect: EFFECT_ALLOW
      roles: [user]
      condition: {match: {expr: now() > timestamp("2026-01-01T00:00:00Z")}}
`,
};

const fixtures = `principals:
  ann: {id: ann, roles: [user]}
  bob: {id: bob, roles: [guest]}
principalGroups:
  both: {principals: [ann, bob]}
resources:
  open: {kind: album, id: open, attr: {public: true}}
  shut: {kind: album, id: shut, attr: {public: false}}
`;

function run(suite: string, more: readonly PolicyFile[] = [], options?: RunOptions) {
  const compiled = compilePolicySet([policy, { path: 'album_test.yaml', text: suite }, ...more]);
  if (!compiled.set) {
    throw new Error(JSON.stringify(compiled.issues));
  }
  const results = runSuites(compiled.set, compiled.suites, options);
  const [first] = results.suites;
  const actions = first?.tests.flatMap((each) => each.actions) ?? [];
  return { ...results, issues: compiled.issues, error: first?.error, actions };
}

const suite = (tests: string) => `name: Albums\n${fixtures}tests:\n${tests}`;
const one = (expected: string, actions = 'view', more = '') =>
  suite(`  - name: reading
    input: {principals: [ann], resources: [open], actions: [${actions}]}
${more}    expected:
${expected}`);

describe('test suites', () => {
  test('a suite runs every principal with every resource, and expects a denial where it names no effect', () => {
    const { actions, summary } = run(
      suite(`  - name: matrix
    input: {principalGroups: [both], resources: [open, shut], actions: [view, edit]}
    expected:
      - {principal: ann, resource: open, actions: {view: EFFECT_ALLOW}}
`),
    );
    expect(
      actions.map(({ principal, resource, action, result }) => [principal, resource, action, result]),
    ).toEqual(
      ['ann', 'bob'].flatMap((principal) =>
        ['open', 'shut'].flatMap((resource) =>
          ['view', 'edit'].map((action) => [principal, resource, action, 'passed']),
        ),
      ),
    );
    expect(summary).toEqual({ result: 'passed', tests: 8, counts: { passed: 8 } });
  });

  test('a failure has the place of the expectation, and the rule that decided', () => {
    const text = one('      - {principal: ann, resource: open, actions: {view: EFFECT_DENY}}\n');
    const { actions } = run(text);
    expect(actions).toMatchObject([
      {
        result: 'failed',
        expected: 'EFFECT_DENY',
        actual: {
          effect: 'EFFECT_ALLOW',
          rule: { name: 'readers', location: { file: 'album.yaml', line: 6 } },
        },
      },
    ]);
    const { start, end } = actions[0]?.location.range ?? {};
    const line = text.split('\n')[start?.line ?? 0];
    expect(line?.slice(start?.character, end?.character)).toBe('EFFECT_DENY');
  });

  test('a test compares outputs by the names of their rules', () => {
    const output = (src: string, val: string) =>
      `      - principal: ann
        resource: open
        actions: {view: EFFECT_ALLOW}
        outputs: [{action: view, expected: [{src: "${src}", val: ${val}}]}]
`;
    const src = 'resource.album.vdefault#readers';
    expect(run(one(output(src, '{who: ann}'))).actions).toMatchObject([{ result: 'passed' }]);
    expect(run(one(output(src, '{who: bob}'))).actions[0]?.outputFailures).toMatchObject([
      { kind: 'mismatched', expected: { who: 'bob' }, actual: { who: 'ann' } },
    ]);
    expect(run(one(output('nobody', '1'))).actions[0]?.outputFailures).toMatchObject([{ kind: 'missing' }]);
  });

  test('fixtures come from testdata, and a suite’s own fixtures override them', () => {
    const { actions } = run(
      `name: Albums
principals:
  ann: {id: ann, roles: [user]}
tests:
  - name: reading
    input: {principals: [ann, bob], resources: [open], actions: [view]}
    expected:
      - {principals: [ann, bob], resource: open, actions: {view: EFFECT_ALLOW}}
`,
      [
        {
          path: 'testdata/principals.yaml',
          text: fixtures.replace(/resources:[^]*/, '').replace('[guest]', '[user]'),
        },
        {
          path: 'testdata/resources.json',
          text: '{"resources": {"open": {"kind": "album", "id": "1", "attr": {"public": true}}}}',
        },
      ],
    );
    expect(actions.map(({ result }) => result)).toEqual(['passed', 'passed']);
  });

  test.each([
    [
      'a fixture that does not exist',
      one('      - {principal: ann, resource: open, actions: {view: EFFECT_DENY}}\n').replace(
        '[open], actions',
        '[open, gone], actions',
      ),
      'resource "gone" not found',
    ],
    [
      'an action that is not tried',
      one('      - {principal: ann, resource: open, actions: {edit: EFFECT_DENY}}\n'),
      'actions that do not exist in the input actions list: [edit]',
    ],
    [
      'a pair that is not tried',
      one('      - {principal: bob, resource: open, actions: {view: EFFECT_DENY}}\n'),
      'at least one of these is not present in input',
    ],
    [
      'contradictions',
      one(
        '      - {principal: ann, resource: open, actions: {view: EFFECT_DENY}}\n      - {principal: ann, resource: open, actions: {view: EFFECT_ALLOW}}\n',
      ),
      'found inconsistent expectations',
    ],
    [
      'a group of unknown members',
      suite('  []\n')
        .replace('[ann, bob]', '[ann, eve]')
        .replace(
          'tests:\n  []\n',
          one('      - {principal: ann, resource: open, actions: {view: EFFECT_DENY}}\n').replace(
            /[^]*tests:/,
            'tests:',
          ),
        ),
      'missing fixture "eve" referenced in group "both"',
    ],
    ['a suite that is not one', 'nope: 1\n', 'failed to load test suite'],
  ])('a suite is errored, with an issue at its place: %s', (_, text, message) => {
    const { error, issues, summary } = run(text);
    expect(error).toContain(message);
    expect(summary.result).toBe('errored');
    expect(issues.filter(({ file, stage }) => file === 'album_test.yaml' && stage === 'test')).not.toEqual(
      [],
    );
  });

  test('a test that reads the clock needs the option now', () => {
    const expected = '      - {principal: ann, resource: open, actions: {age: EFFECT_ALLOW}}\n';
    expect(run(one(expected, 'age')).actions).toMatchObject([{ result: 'errored' }]);
    const options = '    options: {now: "2026-02-01T00:00:00Z"}\n';
    expect(run(one(expected, 'age', options)).actions).toMatchObject([{ result: 'passed' }]);
  });

  test('skipped tests count, and tests that the filter leaves out do not', () => {
    const text = suite(`  - name: first
    skip: true
    skipReason: not today
    input: {principals: [ann], resources: [open], actions: [view]}
    expected: [{principal: ann, resource: open, actions: {view: EFFECT_ALLOW}}]
  - name: second
    input: {principals: [ann], resources: [open], actions: [view, edit]}
    expected: [{principal: ann, resource: open, actions: {view: EFFECT_ALLOW}}]
`);
    expect(run(text).summary.counts).toEqual({ skipped: 1, passed: 2 });
    const filtered = run(text, [], { filter: parseSuiteFilter(['test=sec*;action=view']) });
    expect(filtered.summary).toEqual({ result: 'passed', tests: 1, counts: { passed: 1 } });
  });
});

test('a result has the places where the test names its principal, resource and action, groups included', () => {
  const text = suite(`  - name: matrix
    input: {principalGroups: [both], resources: [open], actions: [view, edit]}
    expected:
      - {principal: ann, resource: open, actions: {view: EFFECT_ALLOW}}
`);
  const { actions } = run(text);
  const written = actions.map(({ places: { principal, resource, action } }) =>
    [principal, resource, action].map(({ range: { start, end } }) =>
      (text.split('\n')[start.line] ?? '').slice(start.character, end.character),
    ),
  );
  expect(written).toEqual([
    ['both', 'open', 'view'],
    ['both', 'open', 'edit'],
    ['both', 'open', 'view'],
    ['both', 'open', 'edit'],
  ]);
});

describe('filters', () => {
  test.each(['suite', 'sweet=a', 'suite=', ' ; '])('the filter %s is refused', (text) => {
    expect(() => parseSuiteFilter([text])).toThrow(/filter/);
  });
});
