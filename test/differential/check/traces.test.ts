// The engine's traces beside those of `cerbos compile --verbose`.
import { execFile } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { compilePolicySet, runSuites } from '../../../server/policy';
import type { EngineTrace, EngineTraceComponent, PolicyFile } from '../../../server/policy';
import { cerbosBinary } from '../../tools';
import { removePolicies, writePolicies } from '../support/server';

const header = 'apiVersion: api.cerbos.dev/v1\n';

function suite(attr: string, options = ''): string {
  return `name: Traced
principals:
  ann: {id: ann, roles: [user, guest], attr: {team: red}}
resources:
  one: {kind: album, id: "1", scope: acme, attr: ${attr}}
tests:
  - name: all
    input: {principals: [ann], resources: [one], actions: [view, edit, delete]}
    ${options}
    expected: [{principal: ann, resource: one, actions: {view: EFFECT_ALLOW}}]
`;
}

const root = `${header}resourcePolicy:
  resource: album
  version: default
  importDerivedRoles: [owners]
  variables: {local: {small: R.attr.size < V.limit, limit: "3", lost: R.attr.nowhere}}
  constants: {local: {most: 7}}
  rules:
    - name: small
      actions: [view]
      effect: EFFECT_ALLOW
      roles: ["*"]
      condition: {match: {all: {of: [{expr: V.small}, {any: {of: [{expr: R.attr.size > C.most}, {expr: R.attr.open}]}}]}}}
      output: {when: {ruleActivated: '{"size": R.attr.size}', conditionNotMet: R.attr.nothing}}
    - actions: [edit, view]
      effect: EFFECT_ALLOW
      derivedRoles: [owner, boss]
      condition: {match: {none: {of: [{expr: R.attr.locked}, {expr: V.lost}]}}}
    - name: never
      actions: ["*"]
      effect: EFFECT_DENY
      roles: [guest]
      condition: {match: {expr: has(R.attr.size) && R.attr.size > 100}}
`;
const scoped = `${header}resourcePolicy:
  resource: album
  version: default
  scope: acme
  rules:
    - name: deletion
      actions: [delete]
      effect: EFFECT_ALLOW
      roles: [user]
      condition: {match: {expr: R.attr.size == 1}}
`;
const owners = `${header}derivedRoles:
  name: owners
  variables: {local: {mine: R.attr.owner == P.id}}
  definitions:
    - {name: owner, parentRoles: [user], condition: {match: {all: {of: [{expr: V.mine}]}}}}
    - {name: boss, parentRoles: [manager]}
`;
const principal = `${header}principalPolicy:
  principal: ann
  version: default
  variables: {local: {team: P.attr.team}}
  rules:
    - resource: album
      actions:
        - {name: hers, action: edit, effect: EFFECT_DENY, condition: {match: {expr: V.team == "blue"}}}
        - {action: "dele*", effect: EFFECT_DENY, output: {when: {ruleActivated: V.team}}}
`;
const role = `${header}rolePolicy:
  role: guest
  version: default
  scope: acme
  rules:
    - {resource: album, allowActions: [view], condition: {match: {expr: R.attr.open == true}}}
`;

const policies: readonly PolicyFile[] = [
  { path: 'album.yaml', text: root },
  { path: 'album_acme.yaml', text: scoped },
  { path: 'owners.yaml', text: owners },
];
const demanding = root.replace(
  '  rules:\n',
  '  schemas: {resourceSchema: {ref: "cerbos:///album.json"}}\n  rules:\n',
);
const withSchemas: readonly PolicyFile[] = [
  { path: 'album.yaml', text: demanding },
  { path: 'album_acme.yaml', text: scoped },
  { path: 'owners.yaml', text: owners },
  { path: '_schemas/album.json', text: '{"properties": {"size": {"type": "number"}}}' },
];
const cases: Readonly<Record<string, readonly PolicyFile[]>> = {
  'conditions that hold': [...policies, tests('{size: 2, open: true, owner: ann, locked: false}')],
  'conditions that do not': [...policies, tests('{size: 9, open: false, owner: bob, locked: true}')],
  'attributes that are missing': [...policies, tests('{}')],
  'attributes that are missing, strictly': [...policies, tests('{}', 'options: {strictEvaluation: true}')],
  'a principal policy': [...policies, { path: 'ann.yaml', text: principal }, tests('{size: 1, owner: ann}')],
  'a role policy': [
    ...policies,
    { path: 'guest.yaml', text: role },
    tests('{size: 1, open: true, owner: ann}'),
  ],
  'attributes that schemas do not allow': [...withSchemas, tests('{size: small, open: true, owner: ann}')],
  'attributes that schemas allow': [...withSchemas, tests('{size: 1, open: true, owner: ann}')],
  'nothing for the request': [{ path: 'owners.yaml', text: owners }, tests('{size: 1}')],
};

function tests(attr: string, options = ''): PolicyFile {
  return { path: 'album_test.yaml', text: suite(attr, options) };
}

describe('traces', () => {
  test.each(Object.entries(cases))('the trace is the one of cerbos 0.55: %s', async (_, files) => {
    expect(ours(files)).toEqual(await theirs(files));
  });
});

function ours(files: readonly PolicyFile[]): unknown {
  const { set, suites } = compilePolicySet(files);
  if (!set) {
    throw new Error('the policies do not compile');
  }
  const results = runSuites(set, suites, { trace: true });
  const actions = results.suites.flatMap((each) => each.tests.flatMap(({ actions: tried }) => tried));
  return actions.map(({ action, trace }) => ({ action, trace: ordered((trace ?? []).map(plain)) }));
}

interface Details {
  readonly engineTraceBatch?: {
    readonly definitions: readonly EngineTraceComponent[];
    readonly entries: readonly {
      readonly componentIndices: readonly number[];
      readonly event: EngineTrace['event'];
    }[];
  };
}

interface Results {
  readonly suites: readonly {
    readonly testCases: readonly {
      readonly principals: readonly {
        readonly resources: readonly {
          readonly actions: readonly { readonly name: string; readonly details: Details }[];
        }[];
      }[];
    }[];
  }[];
}

async function theirs(files: readonly PolicyFile[]): Promise<unknown> {
  const directory = await writePolicies(files);
  try {
    const args = ['compile', '--verbose', '--output=json', directory];
    const printed = await new Promise<string>((resolve) => {
      execFile(cerbosBinary(), args, { maxBuffer: 2 ** 26 }, (_error, stdout) => resolve(stdout));
    });
    const actions = (JSON.parse(printed) as Results).suites.flatMap(({ testCases }) =>
      testCases.flatMap(({ principals }) =>
        principals.flatMap(({ resources }) => resources.flatMap((resource) => resource.actions)),
      ),
    );
    return actions.map(({ name, details: { engineTraceBatch: batch } }) => ({
      action: name,
      trace: ordered(
        (batch?.entries ?? []).map(({ componentIndices, event }) =>
          plain({ components: componentIndices.flatMap((index) => batch?.definitions[index] ?? []), event }),
        ),
      ),
    }));
  } finally {
    await removePolicies(directory);
  }
}

/** `cerbos 0.55` goes through derived roles in random order. */
function ordered(lines: readonly string[]): readonly string[] {
  const roleOf = (line: string): string | undefined =>
    /^POLICY cerbos\.derived_roles\.\S+ > DERIVED_ROLE \w+/.exec(line)?.[0];
  return lines.toSorted((a, b) => {
    const [left, right] = [roleOf(a), roleOf(b)];
    return left === undefined || right === undefined ? 0 : left < right ? -1 : left > right ? 1 : 0;
  });
}

/** A line for each trace, so that differences can be read. */
function plain({ components, event }: EngineTrace): string {
  const place = components.map(({ kind, ...rest }) => {
    const details: readonly unknown[] = Object.values(rest);
    return [kind.slice(5), ...details].map(text).join(' ');
  });
  const happened = Object.entries(event)
    .sort()
    .map(([key, value]) => `${key} ${text(value)}`);
  return `${place.join(' > ')}: ${happened.join(', ')}`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([key, each]) => [key, sorted(each)]),
  );
}
