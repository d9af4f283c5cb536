// Test suites, run by both programs against the same policies.
import type { Files } from '../support/policy-text';
import { suitesWithSchemas } from './schema-sets';

interface SuiteCase {
  readonly files: Files;
  /** Options of `compile`. */
  readonly options?: readonly string[];
}

const header = 'apiVersion: api.cerbos.dev/v1\n';

/** The policies of all cases. */
export const policies: Files = {
  'album.yaml': `${header}resourcePolicy:
  resource: album
  version: default
  importDerivedRoles: [owners]
  rules:
    - name: public
      actions: ["view"]
      effect: EFFECT_ALLOW
      roles: ["*"]
      condition: {match: {expr: R.attr.public}}
      output: {when: {ruleActivated: '{"who": P.id, "n": [1, null]}', conditionNotMet: '"hidden"'}}
    - name: owners
      actions: ["view", "edit*"]
      effect: EFFECT_ALLOW
      derivedRoles: [owner]
      output: {when: {ruleActivated: R.attr.missing}}
    - name: token
      actions: ["token"]
      effect: EFFECT_ALLOW
      roles: [user]
      condition: {match: {expr: '"a" in request.auxData.jwt.aud'}}
    - name: late
      actions: ["late"]
      effect: EFFECT_ALLOW
      roles: [user]
      condition: {match: {expr: 'now() > timestamp("2026-01-01T00:00:00Z")'}}
    - name: maybe-late
      actions: ["maybe"]
      effect: EFFECT_ALLOW
      roles: [user]
      condition: {match: {expr: 'R.attr.public || now() > timestamp("2026-01-01T00:00:00Z")'}}
    - name: staged
      actions: ["stage"]
      effect: EFFECT_ALLOW
      roles: [user]
      condition: {match: {expr: G.stage == "test"}}
    - name: risky
      actions: ["risk"]
      effect: EFFECT_DENY
      roles: [user]
      condition: {match: {expr: R.attr.missing == 1}}
    - name: risk
      actions: ["risk"]
      effect: EFFECT_ALLOW
      roles: [user]
`,
  'album-acme.yaml': `${header}resourcePolicy:
  resource: album
  version: default
  scope: acme
  rules:
    - actions: ["share"]
      effect: EFFECT_ALLOW
      roles: [user]
`,
  'album-v2.yaml': `${header}resourcePolicy:
  resource: album
  version: v2
  rules:
    - actions: ["*"]
      effect: EFFECT_ALLOW
      roles: [user]
`,
  'owners.yaml': `${header}derivedRoles:
  name: owners
  definitions:
    - name: owner
      parentRoles: [user]
      condition: {match: {expr: R.attr.owner == P.id}}
`,
};

const fixtures = `principals:
  ann: {id: ann, roles: [user]}
  bob: {id: bob, roles: [guest]}
principalGroups:
  all: {principals: [ann, bob]}
resources:
  open: {kind: album, id: open, attr: {public: true}}
  hers: {kind: album, id: hers, attr: {public: false, owner: ann}}
  acme: {kind: album, id: acme, scope: acme.hr, attr: {public: true}}
resourceGroups:
  both: {resources: [open, hers]}
auxData:
  good: {jwt: {aud: [a, b]}}
`;

function suite(tests: string, before = ''): string {
  return `name: Albums\ndescription: what is tried\n${before}${fixtures}tests:\n${tests}`;
}

function trying(actions: string, expected: string, more = ''): string {
  return `  - name: trying
    description: some things
    input: {principalGroups: [all], resourceGroups: [both], actions: [${actions}]${more}}
    expected:
${expected}`;
}

const annSeesHers =
  '      - {principal: ann, resource: hers, actions: {view: EFFECT_ALLOW, edit: EFFECT_ALLOW}}\n';
const allSeeOpen = '      - {principalGroups: [all], resource: open, actions: {view: EFFECT_ALLOW}}\n';
const one = (action: string, more = '', options = ''): string => `  - name: one
    input: {principals: [ann], resources: [open], actions: [${action}]${more}}
${options}    expected:
      - {principal: ann, resource: open, actions: {${action}: EFFECT_ALLOW}}
`;
const outputs = (entries: string): string => `  - name: outputs
    input: {principals: [ann], resources: [open, hers], actions: [view]}
    expected:
      - principal: ann
        resources: [open, hers]
        actions: {view: EFFECT_ALLOW}
        outputs:
          - action: view
            expected: [${entries}]
`;
const in_ = (text: string): SuiteCase => ({ files: { 'album_test.yaml': text } });

export const cases: Readonly<Record<string, SuiteCase>> = {
  ...suitesWithSchemas,
  'a matrix that passes': in_(suite(trying('view, edit', annSeesHers + allSeeOpen))),
  'expectations that are not met': in_(suite(trying('view, edit', allSeeOpen))),
  'contradictory expectations': in_(
    suite(
      trying('view', `${allSeeOpen}      - {principal: ann, resource: open, actions: {view: EFFECT_DENY}}\n`),
    ),
  ),
  'tests by a pattern': {
    ...in_(suite(trying('view, edit', annSeesHers + allSeeOpen))),
    options: ['--run', 'principal_key:"ann"  resource'],
  },
  'tests by a pattern of which none matches': {
    ...in_(suite(trying('view, edit', annSeesHers + allSeeOpen))),
    options: ['--run', '^test_table'],
  },
  'tests by a pattern and a filter': {
    ...in_(suite(trying('view, edit', annSeesHers + allSeeOpen))),
    options: ['--run', '/test_table_name:"', '--test-filter', 'principal=bob;action=view'],
  },
  'tests by a pattern, of names with odd characters': {
    ...in_(
      suite(
        trying('view', annSeesHers + allSeeOpen).replace(
          /- name: .*/,
          '- name: "a\\\"b\\\\c\\n\\x7f\\x85 é日"',
        ),
      ),
    ),
    options: ['--run', '"a\\\\"b\\\\\\\\c\\\\n\\\\x7f\\\\u0085 é日"  principal'],
  },
  'the same expectation twice': in_(suite(trying('view, edit', annSeesHers + annSeesHers + allSeeOpen))),
  'an expectation for an action that is not tried': in_(suite(trying('view', annSeesHers))),
  'an expectation for a pair that is not tried': in_(
    suite(one('view') + '      - {principal: bob, resource: open, actions: {view: EFFECT_ALLOW}}\n'),
  ),
  'outputs as expected': in_(
    suite(outputs('{src: "resource.album.vdefault#public", val: {who: ann, n: [1, null]}}')),
  ),
  'outputs that are missing or fail': in_(
    suite(outputs('{src: "resource.album.vdefault#owners", val: 1}, {src: nobody}')),
  ),
  'outputs for an action that is not tried': in_(
    suite(outputs('{src: x}').replace('- action: view', '- action: edit')),
  ),
  'contradictory outputs': in_(
    suite(
      `${outputs('{src: x, val: 1}')}      - principal: ann\n        resource: open\n        actions: {view: EFFECT_ALLOW}\n        outputs: [{action: view, expected: [{src: x, val: 2}]}]\n`,
    ),
  ),
  'a token': in_(suite(one('token', ', auxData: good'))),
  'a token that does not exist': in_(suite(one('token', ', auxData: bad'))),
  'the clock, given': in_(suite(one('late', '', '    options: {now: "2026-02-01T00:00:00+02:00"}\n'))),
  'the clock, not given': in_(suite(one('late'))),
  'the clock, not read after all': in_(suite(one('maybe'))),
  'options of the suite': in_(
    suite(one('stage'), 'options: {globals: {stage: test}, now: "2026-02-01T00:00:00Z"}\n'),
  ),
  'options of a test, which replace those of the suite': in_(
    suite(one('stage', '', '    options: {strictEvaluation: true}\n'), 'options: {globals: {stage: test}}\n'),
  ),
  'strict evaluation of one test': in_(suite(one('risk', '', '    options: {strictEvaluation: true}\n'))),
  'strict evaluation of everything': { ...in_(suite(one('risk'))), options: ['--strict-evaluation'] },
  'without strict evaluation': in_(suite(one('risk'))),
  'strict scope search': in_(
    suite(
      one('share')
        .replaceAll('open', 'acme')
        .replace(/acme: \{kind/g, 'open: {kind'),
    ),
  ),
  'lenient scope search': in_(
    suite(`  - name: one
    input: {principals: [ann], resources: [acme], actions: [share, view]}
    options: {lenientScopeSearch: true}
    expected:
      - {principal: ann, resource: acme, actions: {share: EFFECT_ALLOW, view: EFFECT_ALLOW}}
`),
  ),
  'a default version and scope': in_(
    suite(
      `${one('anything', '', '    options: {defaultPolicyVersion: v2}\n')}${one('share', '', '    options: {defaultScope: acme}\n').replace('name: one', 'name: two')}`,
    ),
  ),
  'a test that is skipped': in_(
    suite(one('view').replace('    input', '    skip: true\n    skipReason: later\n    input')),
  ),
  'a suite that is skipped': in_(suite(one('nothing'), 'skip: true\nskipReason: never\n')),
  'a suite that is skipped though its groups are wrong': in_(
    suite(one('view'), 'skip: true\n').replace('[ann, bob]', '[ann, eve]'),
  ),
  'two tests of the same name': in_(suite(one('view') + one('view'))),
  'unknown principals': in_(suite(one('view').replace('[ann]', '[ann, eve]'))),
  'unknown resources': in_(suite(one('view').replace('[open]', '[open, gone]'))),
  'unknown groups': in_(
    suite(trying('view', allSeeOpen).replace('[all], resourceGroups', '[some], resourceGroups')),
  ),
  'groups of unknown members': in_(suite(one('view')).replace('[open, hers]', '[open, gone]')),
  'an unknown key': in_(suite(one('view'), 'nope: 1\n')),
  'several mistakes in the form': in_(
    suite(one('view').replace('principals: [ann], ', '').replace('EFFECT_ALLOW', 'EFFECT_NO_MATCH')),
  ),
  'no tests': in_('name: Albums\ntests: []\n'),
  'a suite that is not YAML': in_('name: [\n'),
  'suites in JSON, in a hidden folder, and elsewhere': {
    files: {
      '.hidden/x_test.yaml': suite(one('view')),
      'deep/er/y_test.json': JSON.stringify({
        name: 'JSON',
        principals: { p: { id: 'p', roles: ['user'] } },
        resources: { r: { kind: 'album', id: 'r', attr: { public: true } } },
        tests: [
          {
            name: 't',
            input: { principals: ['p'], resources: ['r'], actions: ['view'] },
            expected: [{ principal: 'p', resource: 'r', actions: { view: 'EFFECT_ALLOW' } }],
          },
        ],
      }),
    },
  },
  'fixtures in testdata': {
    files: {
      'a/b_test.yaml': `name: Fixtures\nresources:\n  open: {kind: album, id: open, attr: {public: false}}\ntests:\n${trying('view', '      - {principal: ann, resource: hers, actions: {view: EFFECT_ALLOW}}\n')}${one('token', ', auxData: good').replace('name: one', 'name: tokens')}`,
      'a/testdata/principals.yaml': fixtures.slice(0, fixtures.indexOf('resources:')),
      'a/testdata/resources.yml': fixtures.slice(
        fixtures.indexOf('resources:'),
        fixtures.indexOf('auxData:'),
      ),
      'a/testdata/aux_data.yaml': fixtures.slice(fixtures.indexOf('auxData:')),
      'a/testdata/notes.yaml': 'not: a fixture',
    },
  },
  'broken fixtures': {
    files: { 'a_test.yaml': suite(one('view')), 'testdata/principals.yaml': 'principals:\n  x: {id: x}\n' },
  },
  'groups in fixtures with unknown members': {
    files: {
      'a_test.yaml': suite(one('view')),
      'testdata/principals.yaml': 'principalGroups:\n  x: {principals: [nobody]}\n',
    },
  },
  'filtered by test, principal and action': {
    ...in_(
      suite(trying('view, edit', annSeesHers + allSeeOpen) + one('view').replace('name: one', 'name: other')),
    ),
    options: ['--test-filter', 'test=try*;principal=a*', '--test-filter', 'action=view'],
  },
  'filtered by suite and resource': {
    files: {
      'a_test.yaml': suite(one('view')),
      'b_test.yaml': suite(one('view')).replace('Albums', 'Other'),
    },
    options: ['--test-filter', 'suite=Alb*;resource=open'],
  },
  'each action by itself': {
    ...in_(suite(one('maybe').replace('[maybe]', '[maybe, late]'))),
    options: ['--skip-batching'],
  },
};
