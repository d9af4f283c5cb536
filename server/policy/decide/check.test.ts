import { describe, expect, test } from 'vitest';
import { checkPartially, checkResource, checkResources } from '../index';
import type { ActionDecision, CheckInput, CheckOptions, PolicySet } from '../index';
import { album, compile } from '../../../test/support/policy/compile';

interface Request extends CheckOptions {
  readonly action?: string;
  readonly roles?: readonly string[];
  readonly attr?: NonNullable<CheckInput['resource']['attr']>;
  readonly scope?: string;
}

function ask(
  set: PolicySet,
  { action = 'view', roles = ['user'], attr = {}, scope = '', ...options }: Request = {},
) {
  const output = checkResource(
    set,
    { principal: { id: 'ann', roles }, resource: { kind: 'album', id: '1', attr, scope }, actions: [action] },
    options,
  );
  const decision = output.actions[action];
  if (!decision) {
    throw new Error('no decision');
  }
  return { ...output, decision };
}

function summary({ effect, policy, scope, explicit, rule }: ActionDecision) {
  return { effect, policy, scope, explicit, rule: rule?.fqn };
}

const allow = '    - {actions: [view], effect: EFFECT_ALLOW, roles: [user], name: readers}\n';
const deny = '    - {actions: ["*"], effect: EFFECT_DENY, roles: [banned, "*"], name: nobody}\n';

describe('a decision says why', () => {
  test('an ALLOW names the rule that decided, and its place', () => {
    const { decision } = ask(compile(album(allow)));
    expect(summary(decision)).toEqual({
      effect: 'EFFECT_ALLOW',
      policy: 'resource.album.vdefault',
      scope: '',
      explicit: false,
      rule: 'resource.album.vdefault#readers',
    });
    expect(decision.rule?.location).toMatchObject({ file: '0.yaml', line: 6, range: { start: { line: 5 } } });
  });

  test('a denial by a rule is explicit', () => {
    expect(ask(compile(album(allow + deny))).decision).toMatchObject({
      effect: 'EFFECT_DENY',
      explicit: true,
    });
  });

  test('a denial because no rule matched is not explicit', () => {
    const { decision } = ask(compile(album(allow)), { action: 'edit' });
    expect(summary(decision)).toEqual({
      effect: 'EFFECT_DENY',
      policy: 'resource.album.vdefault',
      scope: '',
      explicit: false,
      rule: undefined,
    });
  });

  test('a denial because there is no policy is not explicit', () => {
    const { decision } = ask(compile(album(allow).replace('album', 'photo')));
    expect(summary(decision)).toMatchObject({ effect: 'EFFECT_DENY', policy: 'NO_MATCH', explicit: false });
  });

  test('under strict evaluation, an expression that cannot be evaluated denies explicitly, and the decision has its error', () => {
    const set = compile(
      album(`${allow.trimEnd().slice(0, -1)}, condition: {match: {expr: R.attr.x > 1}}}\n`),
    );
    expect(ask(set).decision).toMatchObject({ effect: 'EFFECT_DENY', explicit: false });
    const strict = ask(set, { strictEvaluation: true });
    expect(strict.decision).toMatchObject({
      effect: 'EFFECT_DENY',
      explicit: true,
      error: 'error evaluating expression "R.attr.x > 1": no such key: x',
    });
    expect(strict.evaluationErrors).toEqual([{ expression: 'R.attr.x > 1', message: 'no such key: x' }]);
    expect(ask(set, { strictEvaluation: true, attr: { x: 2 } }).decision.effect).toBe('EFFECT_ALLOW');
  });

  test('a role policy that does not list an action denies it explicitly, in its own name', () => {
    const role =
      'rolePolicy:\n  role: user\n  version: default\n  rules:\n    - {resource: album, allowActions: [edit]}\n';
    const { decision } = ask(compile(album(allow), role));
    expect(decision).toMatchObject({ effect: 'EFFECT_DENY', policy: 'role.user.vdefault', explicit: true });
  });

  describe('a role policy that lists nothing of a kind that no other policy mentions', () => {
    const role = (name: string, scope: string, resource = 'photo'): string =>
      `rolePolicy:\n  role: ${name}\n  version: default\n  scope: "${scope}"\n  rules:\n    - {resource: "${resource}", allowActions: [view]}\n`;
    const lenient = { lenientScopeSearch: true };
    const other = 'resourcePolicy:\n  resource: photo\n  version: default\n  rules: []\n';

    test.each([
      ['alone', [role('user', '')], {}],
      ['for a resource in a scope', [role('user', '')], { scope: 'acme', ...lenient }],
      ['in the scope of the resource', [role('user', 'acme')], { scope: 'acme', ...lenient }],
      ['beside policies about other kinds', [role('user', ''), other], {}],
      ['for one of several roles', [role('user', '')], { roles: ['guest', 'user'] }],
      [
        'in a scope above which another policy is silent',
        [role('user', 'acme'), album('    - {actions: [edit], effect: EFFECT_ALLOW, roles: [user]}\n')],
        { scope: 'acme', ...lenient },
      ],
    ])('a role policy that lists nothing of a kind denies explicitly %s', (_, policies, question) => {
      const set = compile(...policies);
      expect(ask(set, question).decision).toMatchObject({ effect: 'EFFECT_DENY', explicit: true });
      const { roles = ['user'], scope = '' } = question as Request;
      const input = { principal: { id: 'ann', roles }, resource: { kind: 'album', id: '1', scope } };
      const partial = checkPartially(set, { ...input, actions: ['view'] }, { ...lenient, unknowns: [] });
      expect(partial.actions['view']).toEqual({ effect: 'EFFECT_DENY', explicit: true });
    });

    test.each([
      ['of another role', [role('admin', '')], {}],
      ['of another scope', [role('user', 'acme')], { scope: 'other', ...lenient }],
      ['that lists the action', [role('user', '', 'album')], {}],
    ])('a role policy %s does not deny explicitly', (_, policies, question) => {
      const { decision } = ask(compile(...policies), question);
      expect(decision).toMatchObject({ effect: 'EFFECT_DENY', explicit: false });
    });
  });
});

test('a role whose name is made of a role and its parent is neither of them', () => {
  const admins = '    - {actions: [view], effect: EFFECT_ALLOW, roles: [admin]}\n';
  const user =
    'rolePolicy:\n  role: user\n  version: default\n  parentRoles: [admin]\n  rules:\n    - {resource: album, allowActions: [view]}\n';
  const set = compile(album(admins), user);
  expect(ask(set, { roles: ['user'] }).decision.effect).toBe('EFFECT_ALLOW');
  for (const separator of ['\u0000', ',', '/', ' ']) {
    expect(ask(set, { roles: [`user${separator}admin`] }).decision.effect).toBe('EFFECT_DENY');
  }
});

describe('several requests in one go', () => {
  const owners = `derivedRoles:
  name: owners
  definitions:
    - {name: owner, parentRoles: [user], condition: {match: {expr: R.attr.owner == P.id}}}
    - {name: lead, parentRoles: [manager], condition: {match: {expr: P.attr.level > 2}}}
`;
  const importing =
    '  importDerivedRoles: [owners]\n  variables: {local: {open: R.attr.open || P.id == "eve"}}\n';
  const rules = `    - {actions: [view], effect: EFFECT_ALLOW, roles: [guest], condition: {match: {expr: V.open}}}
    - {actions: [view, edit], effect: EFFECT_ALLOW, derivedRoles: [owner, lead], output: {when: {ruleActivated: P.id}}}
    - {actions: ["*"], effect: EFFECT_DENY, roles: ["*"], condition: {match: {expr: has(R.attr.locked)}}}
`;
  const fresh = () => compile(owners, album(rules, importing));
  const set = fresh();

  test('each request of a batch is decided as it would be alone, whatever the requests have in common', () => {
    const users = ['user', 'guest'];
    const principals = [
      { id: 'ann', roles: users },
      { id: 'eve', roles: users, attr: { level: 3 } },
      { id: 'eve', roles: ['manager'], attr: { level: 3 } },
      { id: 'eve', roles: ['manager'], attr: { level: 1 } },
      { id: 'eve', roles: ['user', 'manager'], attr: { level: 3 } },
      { id: 'ann', roles: ['guest', 'user'] },
      { id: 'ann', roles: [] },
    ];
    const attributes = [
      {},
      { open: true },
      { owner: 'ann' },
      { owner: 'eve', locked: true },
      { open: 'yes' },
    ];
    const inputs = principals.flatMap((principal) =>
      attributes.map((attr) => ({
        principal,
        resource: { kind: 'album', id: '1', attr },
        actions: ['view', 'edit', 'view', 'delete'],
      })),
    );
    for (const options of [{}, { strictEvaluation: true }]) {
      const together = checkResources(set, inputs, options);
      // Nothing is remembered of policies that are new.
      expect(together).toEqual(inputs.map((input) => checkResource(fresh(), input, options)));
      const effects = together.flatMap(({ actions }) => Object.values(actions).map(({ effect }) => effect));
      expect(new Set(effects)).toEqual(new Set(['EFFECT_ALLOW', 'EFFECT_DENY']));
    }
  });

  test('a batch may have more roles and actions than the engine remembers', () => {
    const asked = (index: number) =>
      ask(set, { roles: ['user', `role-${index}`], action: index % 2 === 0 ? 'view' : `action-${index}` })
        .decision.effect;
    const before = ask(set, { roles: ['guest'], attr: { open: true } });
    for (let index = 0; index < 700; index++) {
      expect(asked(index)).toBe('EFFECT_DENY');
    }
    expect(ask(set, { roles: ['guest'], attr: { open: true } })).toEqual(before);
    expect(before.decision.effect).toBe('EFFECT_ALLOW');
  });
});

describe('rules', () => {
  test('an ALLOW for one role beats a DENY for another, but not one for *', () => {
    const guests = '    - {actions: [view], effect: EFFECT_DENY, roles: [guest]}\n';
    expect(ask(compile(album(allow + guests)), { roles: ['guest', 'user'] }).decision.effect).toBe(
      'EFFECT_ALLOW',
    );
    expect(ask(compile(album(allow + deny)), { roles: ['guest', 'user'] }).decision.effect).toBe(
      'EFFECT_DENY',
    );
  });

  test('a principal policy is evaluated before the resource policy', () => {
    const ann = `principalPolicy:
  principal: ann
  version: default
  rules:
    - resource: album
      actions: [{action: view, effect: EFFECT_DENY}]
`;
    expect(ask(compile(album(allow), ann)).decision).toMatchObject({
      effect: 'EFFECT_DENY',
      policy: 'principal.ann.vdefault',
      rule: { fqn: 'principal.ann.vdefault#album_rule-001' },
    });
  });

  test('outputs carry the rule’s name, and errors in them are errors of the entry', () => {
    const rules = `    - actions: [view]
      effect: EFFECT_ALLOW
      roles: [user]
      condition: {match: {expr: R.attr.open}}
      output: {when: {ruleActivated: '{"n": [1, P.id]}', conditionNotMet: R.attr.why}}
`;
    const set = compile(album(rules));
    const src = 'resource.album.vdefault#rule-001';
    expect(ask(set, { attr: { open: true } }).outputs).toEqual([
      { src, action: 'view', val: { n: [1, 'ann'] } },
    ]);
    expect(ask(set, { attr: { open: false } }).outputs).toEqual([
      { src, action: 'view', error: 'no such key: why' },
    ]);
  });

  test('a derived role is in effect at the scope whose rules use it, and the decision names it', () => {
    const owners = `derivedRoles:
  name: owners
  definitions:
    - {name: owner, parentRoles: [user], condition: {match: {expr: R.attr.owner == P.id}}}
`;
    const rules = '    - {actions: [view], effect: EFFECT_ALLOW, derivedRoles: [owner]}\n';
    const set = compile(album(rules, '  importDerivedRoles: [owners]\n'), owners);
    const mine = ask(set, { attr: { owner: 'ann' } });
    expect(mine.effectiveDerivedRoles).toEqual(['owner']);
    expect(mine.decision).toMatchObject({ effect: 'EFFECT_ALLOW', rule: { derivedRole: 'owner' } });
    expect(ask(set, { attr: { owner: 'bob' } }).decision.effect).toBe('EFFECT_DENY');
  });

  test('attributes, actions and globals named like parts of objects are data', () => {
    const rules = `    - actions: [__proto__, constructor]
      effect: EFFECT_ALLOW
      roles: [user]
      condition: {match: {expr: '!has(R.attr.toString) && !has(G.valueOf)'}}
`;
    const set = compile(album(rules));
    expect(ask(set, { action: '__proto__' }).decision.effect).toBe('EFFECT_ALLOW');
    expect(ask(set, { action: 'constructor' }).decision.effect).toBe('EFFECT_ALLOW');
    const polluted = JSON.parse('{"__proto__": {"toString": 1}}') as NonNullable<Request['attr']>;
    expect(ask(set, { action: '__proto__', attr: polluted }).decision.effect).toBe('EFFECT_ALLOW');
  });
});

describe('scopes', () => {
  const scoped = (scope: string, rules: string, permissions = '') =>
    album(rules, `  scope: ${scope}\n${permissions}`);
  const consent = '  scopePermissions: SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS\n';

  test('a scope overrides its parents', () => {
    const set = compile(album(deny), scoped('acme', allow));
    expect(ask(set, { scope: 'acme' }).decision).toMatchObject({ effect: 'EFFECT_ALLOW', scope: 'acme' });
    expect(ask(set, { scope: 'acme', action: 'edit' }).decision).toMatchObject({
      effect: 'EFFECT_DENY',
      scope: '',
    });
  });

  test('an ALLOW at a scope may need the consent of the parent scopes', () => {
    expect(ask(compile(album(deny), scoped('acme', allow, consent)), { scope: 'acme' }).decision.effect).toBe(
      'EFFECT_DENY',
    );
    expect(
      ask(compile(album(allow), scoped('acme', allow, consent)), { scope: 'acme' }).decision.effect,
    ).toBe('EFFECT_ALLOW');
  });

  test('a scope that does not exist denies, or falls back if the search is lenient', () => {
    const set = compile(album(allow), scoped('acme', '    []\n').replace('rules:\n    []', 'rules: []'));
    expect(ask(set, { scope: 'acme.hr' }).decision).toMatchObject({
      effect: 'EFFECT_DENY',
      policy: 'NO_MATCH',
    });
    const lenient = ask(set, { scope: 'acme.hr', lenientScopeSearch: true }).decision;
    expect(lenient).toMatchObject({
      effect: 'EFFECT_ALLOW',
      policy: 'resource.album.vdefault/acme',
      scope: '',
    });
  });
});
