// The policies, suites and requests that the policy benchmark measures with.
import type { CheckInput, PolicyFile } from '../../server/policy';

const shared = {
  public: 'R.attr.public == true',
  owner: 'R.attr.owner == P.id',
  colleague: 'R.attr.team in P.attr.teams',
  locked: 'has(R.attr.locked) && R.attr.locked',
};

function fresh(index: number): string {
  const time = new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString().replace('.000', '');
  return `timestamp(R.attr.created) > timestamp("${time}")`;
}

function open(index: number): string {
  return `R.attr.tags.exists(tag, tag == "open-${index}")`;
}

/** Every condition that a check of a policy may evaluate. */
export function conditionsOf(index: number): readonly string[] {
  return [...Object.values(shared), fresh(index), open(index)];
}

/** So many policies, each with a suite, and one set of derived roles that all import. */
export function policies(count: number): PolicyFile[] {
  const files: PolicyFile[] = [
    {
      path: 'roles.yaml',
      text: `apiVersion: api.cerbos.dev/v1
derivedRoles:
  name: owners
  definitions:
    - name: owner
      parentRoles: [user]
      condition: {match: {expr: ${shared.owner}}}
    - name: colleague
      parentRoles: [user]
      condition: {match: {expr: ${shared.colleague}}}
`,
    },
  ];
  for (let index = 0; index < count; index++) {
    files.push(
      { path: `kinds/k${index}.yaml`, text: policy(index) },
      { path: `kinds/k${index}_test.yaml`, text: suite(index) },
    );
  }
  return files;
}

/** So many policies with little in them and one suite: what reading and linking cost shows here. */
export function plainPolicies(count: number): PolicyFile[] {
  const files = Array.from({ length: count }, (_, index) => ({
    path: `kinds/k${index}.yaml`,
    text: `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: kind${index}
  version: default
  rules:
    - actions: ["view", "edit", "share"]
      effect: EFFECT_ALLOW
      roles: ["*"]
      condition: {match: {expr: ${shared.owner}}}
    - actions: ["delete"]
      effect: EFFECT_ALLOW
      roles: [admin]
`,
  }));
  const text = `name: Kind 0
principals: {ann: {id: ann, roles: [user]}}
resources: {hers: {kind: kind0, id: "1", attr: {owner: ann}}}
tests:
  - name: rights
    input: {principals: [ann], resources: [hers], actions: [view, edit, delete]}
    expected:
      - {principal: ann, resource: hers, actions: {view: EFFECT_ALLOW, edit: EFFECT_ALLOW}}
`;
  return [...files, { path: 'kinds/k0_test.yaml', text }];
}

/** One of them. Half of its expressions are its own, half are those of all others. */
export function policy(index: number): string {
  return `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: kind${index}
  version: default
  importDerivedRoles: [owners]
  variables:
    local:
      fresh: ${fresh(index)}
      limit: 10 + ${index}
  rules:
    - actions: ["view", "view:*"]
      effect: EFFECT_ALLOW
      roles: ["*"]
      condition: {match: {expr: ${shared.public}}}
    - actions: ["view", "edit", "share"]
      effect: EFFECT_ALLOW
      derivedRoles: [owner]
    - actions: ["view", "comment"]
      effect: EFFECT_ALLOW
      derivedRoles: [colleague]
      condition:
        match:
          any:
            of:
              - expr: V.fresh
              - expr: ${open(index)}
    - actions: ["delete*"]
      effect: EFFECT_ALLOW
      roles: [admin]
      output: {when: {ruleActivated: '{"why": "admin", "limit": V.limit}'}}
    - actions: ["*"]
      effect: EFFECT_DENY
      roles: ["*"]
      condition: {match: {expr: ${shared.locked}}}
`;
}

function suite(index: number): string {
  return `name: Kind ${index}
principals:
  ann: {id: ann, roles: [user], attr: {teams: [red]}}
  bob: {id: bob, roles: [admin]}
resources:
  hers: {kind: kind${index}, id: "1", attr: {owner: ann, team: red, public: false, created: "2026-02-01T00:00:00Z", tags: []}}
  locked: {kind: kind${index}, id: "2", attr: {owner: ann, team: red, public: true, locked: true, created: "2026-02-01T00:00:00Z"}}
tests:
  - name: rights
    input: {principals: [ann, bob], resources: [hers, locked], actions: [view, edit, delete]}
    expected:
      - {principal: ann, resource: hers, actions: {view: EFFECT_ALLOW, edit: EFFECT_ALLOW}}
      - {principal: bob, resource: hers, actions: {delete: EFFECT_ALLOW}}
`;
}

/** Which of the policies the input at an index is about. */
export function kindOf(index: number, size: number): number {
  return (index * 7) % size;
}

/** Batches of inputs that go through many of the policies. */
export function requests(size: number, resources: number): readonly CheckInput[] {
  return Array.from({ length: 200 * resources }, (_, index) => ({
    principal: { id: 'ann', roles: ['user', 'guest'], attr: { teams: ['red', 'blue'] } },
    resource: {
      kind: `kind${kindOf(index, size)}`,
      id: String(index),
      attr: {
        owner: index % 3 === 0 ? 'ann' : 'eve',
        team: 'red',
        public: index % 4 === 0,
        created: '2025-02-01T00:00:00Z',
        tags: ['a', 'b', index % 2 === 0 ? `open-${kindOf(index, size)}` : 'c'],
      },
    },
    actions: ['view', 'edit'],
  }));
}
