import { describe, expect, test } from 'vitest';
import { checkResource, compilePolicySet, explainResource, renderExplanation } from '../index';
import type { CheckExplanation, CheckInput, CheckOptions, PolicySet } from '../index';
import { album, compile, header } from '../../../test/support/policy/compile';

type Attributes = NonNullable<CheckInput['resource']['attr']>;

interface Request extends CheckOptions {
  readonly actions?: readonly string[];
  readonly roles?: readonly string[];
  readonly attr?: Attributes;
  readonly scope?: string;
}

function why(set: PolicySet, question: Request = {}): CheckExplanation {
  const { actions = ['view'], roles = ['user'], attr = {}, scope = '', ...options } = question;
  const input = {
    principal: { id: 'ann', roles },
    resource: { kind: 'album', id: '1', attr, scope },
    actions,
  };
  const explained = explainResource(set, input, options);
  expect(explained.output).toEqual(checkResource(set, input, options));
  return explained;
}

function outcomes({ actions }: CheckExplanation): readonly string[] {
  return actions.flatMap(({ rules }) =>
    rules.map(({ rule, role, scope, outcome }) =>
      [rule.name, role, scope, outcome].filter(Boolean).join(' '),
    ),
  );
}

const allow = '    - {name: readers, actions: [view], effect: EFFECT_ALLOW, roles: [user]}\n';
const forbid = '    - {name: nobody, actions: ["*"], effect: EFFECT_DENY, roles: ["*"]}\n';
const owners = `derivedRoles:
  name: owners
  definitions:
    - {name: owner, parentRoles: [user], condition: {match: {expr: R.attr.owner == P.id}}}
    - {name: boss, parentRoles: [manager]}
`;

describe('how rules come out', () => {
  test('the explanation marks the rule that decided, and the rules that were not reached', () => {
    const more = '    - {name: also, actions: [view], effect: EFFECT_DENY, roles: [user]}\n';
    expect(outcomes(why(compile(album(forbid + more))))).toEqual([
      'nobody user decided',
      'also user not-reached',
    ]);
  });

  test('an ALLOW that a DENY beats is marked as overridden', () => {
    expect(outcomes(why(compile(album(allow + forbid))))).toEqual([
      'readers user overridden',
      'nobody user decided',
    ]);
  });

  test('a DENY for one role that an ALLOW for another role beats is marked as overridden', () => {
    const deny = '    - {name: guests, actions: [view], effect: EFFECT_DENY, roles: [guest]}\n';
    expect(outcomes(why(compile(album(allow + deny)), { roles: ['guest', 'user'] }))).toEqual([
      'guests guest overridden',
      'readers user decided',
    ]);
  });

  test('a rule decides for the role for which it does, not for one that is denied all the same', () => {
    const anybody = allow.replace('[user]', '["*"]');
    const deny = '    - {name: guests, actions: [view], effect: EFFECT_DENY, roles: [guest]}\n';
    expect(outcomes(why(compile(album(anybody + deny)), { roles: ['guest', 'user'] }))).toEqual([
      'readers guest activated',
      'guests guest overridden',
      'readers user decided',
    ]);
  });

  test('rules of the roles and scopes after the decision are marked as not reached', () => {
    const scoped = album(allow).replace('version: default', 'version: default\n  scope: acme');
    const set = compile(album(allow.replace('[user]', '["*"]')), scoped);
    expect(outcomes(why(set, { roles: ['user', 'guest'], scope: 'acme' }))).toEqual([
      'readers user acme decided',
      'readers user not-reached',
      'readers guest not-reached',
    ]);
  });

  test('an ALLOW that no parent scope consents to is marked as needing consent', () => {
    const consent = 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS';
    const scoped = album(allow).replace(
      'version: default',
      `version: default\n  scope: acme\n  scopePermissions: ${consent}`,
    );
    const other = album('    - {name: other, actions: [edit], effect: EFFECT_ALLOW, roles: [user]}\n');
    expect(outcomes(why(compile(other, scoped), { scope: 'acme' }))).toEqual([
      'readers user acme needs-consent',
    ]);
  });

  test('a rule is marked if its condition does not hold, or if its derived role is not effective', () => {
    const set = compile(
      album(
        `    - {name: public, actions: [view], effect: EFFECT_ALLOW, roles: ["*"], condition: {match: {expr: R.attr.public}}}
    - {name: own, actions: [view], effect: EFFECT_ALLOW, derivedRoles: [owner]}
`,
        '  importDerivedRoles: [owners]\n',
      ),
      owners,
    );
    const explained = why(set, { attr: { public: false, owner: 'bob' } });
    expect(outcomes(explained)).toEqual([
      'public user condition-not-met',
      'own user derived-role-not-effective',
    ]);
    expect(explained.actions[0]?.rules[1]?.derivedRoleCondition).toMatchObject({ held: false });
  });

  test('under strict evaluation, a rule that cannot be evaluated denies and is marked as an error', () => {
    const set = compile(
      album(
        `    - {name: broken, actions: [view], effect: EFFECT_DENY, roles: ["*"], condition: {match: {expr: R.attr.x > 1}}}\n`,
      ),
    );
    expect(outcomes(why(set, { strictEvaluation: true }))).toEqual(['broken user decided']);
    expect(outcomes(why(set))).toEqual(['broken user condition-not-met']);
  });

  test('a rule that is met again has the condition’s result from the first time', () => {
    const set = compile(
      album(
        `    - {name: both, actions: [view, edit], effect: EFFECT_ALLOW, roles: [user], condition: {match: {expr: R.attr.x == 1}}}\n`,
      ),
    );
    const [view, edit] = why(set, { actions: ['view', 'edit'], attr: { x: 1 } }).actions;
    expect(view?.rules[0]?.rememberedFrom).toBeUndefined();
    expect(edit?.rules[0]).toMatchObject({
      outcome: 'decided',
      rememberedFrom: 'resource.album.vdefault#both',
      condition: { held: true },
    });
  });

  test('a role policy that does not list the action denies, in its own name', () => {
    const role = `rolePolicy:
  role: user
  version: default
  rules:
    - {resource: album, allowActions: [edit]}
`;
    const explained = why(compile(album(allow), role));
    expect(explained.actions[0]?.rules[0]).toMatchObject({
      policy: 'role.user.vdefault',
      effect: 'EFFECT_DENY',
      outcome: 'decided',
      rule: { location: { file: '1.yaml' } },
    });
  });
});

describe('what conditions come to', () => {
  const rules = `    - name: recent
      actions: [view]
      effect: EFFECT_ALLOW
      roles: [user]
      condition:
        match:
          all:
            of:
              - expr: V.small
              - any:
                  of:
                    - expr: >-
                        R.attr.tags.exists(tag,
                        tag == "open")
                    - expr: R.attr.never
`;
  const variables = '  variables: {local: {small: R.attr.size < V.limit, limit: 3, other: R.attr.none}}\n';

  test('every part of a condition has a value, has an error, or was not reached', () => {
    const attr = { size: 2, tags: ['shut', 'open'] };
    const [action] = why(compile(album(rules, variables)), { attr }).actions;
    const condition = action?.rules[0]?.condition;
    expect(condition).toMatchObject({
      kind: 'all',
      held: true,
      of: [
        {
          kind: 'expr',
          held: true,
          expression: { source: 'V.small', result: { text: 'true', value: true } },
        },
        {
          kind: 'any',
          held: true,
          of: [{ held: true }, { expression: { result: { kind: 'not-reached' } } }],
        },
      ],
    });
    const any = condition?.kind === 'all' ? condition.of[1] : undefined;
    const exists = any?.kind === 'any' ? any.of[0] : undefined;
    const parts = exists?.kind === 'expr' ? exists.expression.parts : [];
    expect(
      parts.map(({ text, result }) => [text, result.kind === 'value' ? result.text : result.kind]),
    ).toEqual([
      ['R.attr.tags', '["shut", "open"]'],
      ['tag', '"shut"'],
      ['tag == "open"', 'false'],
      ['tag', '"open"'],
      ['tag == "open"', 'true'],
    ]);
  });

  test('an expression knows its place, also in a folded scalar', () => {
    const [action] = why(compile(album(rules, variables)), { attr: { size: 2, tags: [] } }).actions;
    const condition = action?.rules[0]?.condition;
    const any = condition?.kind === 'all' ? condition.of[1] : undefined;
    const exists = any?.kind === 'any' ? any.of[0] : undefined;
    const place = exists?.kind === 'expr' ? exists.expression.location : undefined;
    expect(place).toMatchObject({
      file: '0.yaml',
      line: 18,
      range: { start: { line: 17 }, end: { line: 20 } },
    });
  });

  test('the explanation has the variables’ values that the rule read', () => {
    const [action] = why(compile(album(rules, variables)), { attr: { size: 5 } }).actions;
    const seen = action?.rules[0]?.variables.map(({ name, expression: { result } }) => [name, result]);
    expect(seen).toMatchObject([
      ['limit', { value: 3 }],
      ['small', { value: false }],
    ]);
  });

  test('an error has the range of the sub-expression that failed', () => {
    const set = compile(
      album(
        `    - {name: n, actions: [view], effect: EFFECT_ALLOW, roles: [user], condition: {match: {expr: "R.attr.a.b == 1 || P.id == 'x'"}}}\n`,
      ),
    );
    const condition = why(set, { attr: { a: {} } }).actions[0]?.rules[0]?.condition;
    expect(condition).toMatchObject({
      held: false,
      expression: { result: { kind: 'error', message: 'no such key: b', range: { start: 0, end: 10 } } },
    });
  });
});

describe('derived roles', () => {
  test('derived roles are listed with place, outcome and condition, even if no rule was reached through them', () => {
    const rules = '    - {name: own, actions: [edit], effect: EFFECT_ALLOW, derivedRoles: [owner, boss]}\n';
    const set = compile(album(rules, '  importDerivedRoles: [owners]\n'), owners);
    expect(why(set, { attr: { owner: 'ann' } }).derivedRoles).toMatchObject([
      { name: 'boss', outcome: 'no-parent-role', parentRoles: ['manager'], policy: 'derived_roles.owners' },
      {
        name: 'owner',
        outcome: 'effective',
        location: { file: '1.yaml', line: 5 },
        condition: { held: true, expression: { source: 'R.attr.owner == P.id' } },
      },
    ]);
  });
});

describe('schemas', () => {
  const { set: found } = compilePolicySet([
    {
      path: 'album.yaml',
      text:
        header +
        album(
          allow,
          `  schemas:
    principalSchema: {ref: "cerbos:///user.json"}
    resourceSchema: {ref: "cerbos:///album.json", ignoreWhen: {actions: ["v*", list]}}
`,
        ),
    },
    { path: '_schemas/user.json', text: '{"required": ["team"]}' },
    { path: '_schemas/album.json', text: '{"properties": {"size": {"type": "integer"}}}' },
  ]);
  const set = found!;
  const explained = (
    actions: readonly string[],
    schemaEnforcement: 'none' | 'warn' | 'reject',
    size = 1.5,
  ) => {
    const resource = { kind: 'album', id: '1', attr: { size } };
    const input = { principal: { id: 'ann', roles: ['user'] }, resource, actions };
    const explanation = explainResource(set, input, { schemaEnforcement });
    expect(explanation.output).toEqual(checkResource(set, input, { schemaEnforcement }));
    return explanation;
  };

  test('schemas that reject a request are listed with file, place and errors', () => {
    const { actions, schemas } = explained(['view', 'edit'], 'reject');
    expect(schemas).toMatchObject([
      {
        whose: 'principal',
        ref: 'cerbos:///user.json',
        file: '_schemas/user.json',
        location: { file: 'album.yaml', line: 6, column: 23 },
        outcome: 'rejected',
        errors: [{ path: '/', message: "missing properties: 'team'", source: 'SOURCE_PRINCIPAL' }],
      },
      {
        whose: 'resource',
        file: '_schemas/album.json',
        location: { line: 7 },
        outcome: 'rejected',
        ignoreWhen: ['v*', 'list'],
        lookedAtFor: ['edit'],
        errors: [{ path: '/size', message: 'expected integer, but got number', source: 'SOURCE_RESOURCE' }],
      },
    ]);
    expect(actions).toMatchObject([
      {
        action: 'view',
        rules: [],
        rejectedBy: [{ ref: 'cerbos:///user.json' }, { ref: 'cerbos:///album.json' }],
      },
      { action: 'edit', rules: [] },
    ]);
  });

  test('the explanation tells schemas that only report, are valid, or are ignored, and lists none without enforcement', () => {
    const outcomesOf = (...given: Parameters<typeof explained>) =>
      explained(...given).schemas.map(({ outcome }) => outcome);
    expect(outcomesOf(['edit'], 'warn')).toEqual(['reported', 'reported']);
    expect(outcomesOf(['edit'], 'reject', 2)).toEqual(['rejected', 'valid']);
    expect(outcomesOf(['view', 'list'], 'reject')).toEqual(['rejected', 'ignored']);
    expect(outcomesOf(['edit'], 'none')).toEqual([]);
    expect(explained(['view'], 'warn').actions).toMatchObject([{ rules: [{ outcome: 'decided' }] }]);
    expect(explained(['view'], 'warn').actions[0]).not.toHaveProperty('rejectedBy');
  });

  test('explanations of schemas are rendered as lines', () => {
    expect(
      renderExplanation(explained(['view', 'edit'], 'reject'), { format: 'text', action: 'edit' }),
    ).toEqual([
      'edit: denied by schemas cerbos:///user.json (album.yaml:6) and cerbos:///album.json (album.yaml:7)',
      '  No rule was looked at: a schema denies the request as a whole.',
      'Schemas',
      '  ✗ principal: cerbos:///user.json (_schemas/user.json, album.yaml:6): the attributes are not as it wants them, which denies all actions',
      "    /: missing properties: 'team'",
      '  ✗ resource: cerbos:///album.json (_schemas/album.json, album.yaml:7): the attributes are not as it wants them, which denies all actions',
      '    ignoreWhen names v*, list, but the request is also about edit',
      '    /size: expected integer, but got number',
    ]);
    expect(renderExplanation(explained(['view'], 'warn'), { format: 'markdown' }).slice(-3)).toEqual(
      [
        '  - ! principal: `cerbos:///user.json` (`_schemas/user.json`, `album.yaml:6`): the attributes are not as it wants them, which is only reported',
        "    - `/`: `missing properties: 'team'`",
        '  - · resource: `cerbos:///album.json` (`_schemas/album.json`, `album.yaml:7`): not looked at',
      ]
        .concat(['    - ignoreWhen names all actions of the request: `v*`, `list`'])
        .slice(-3),
    );
  });
});

describe('as lines', () => {
  const set = compile(
    album(
      `    - name: own
      actions: [edit]
      effect: EFFECT_ALLOW
      derivedRoles: [owner]
      condition: {match: {all: {of: [{expr: V.small}, {expr: R.attr.x == "<b>"}]}}}
      output: {when: {conditionNotMet: '"too big"'}}
`,
      '  importDerivedRoles: [owners]\n  variables: {local: {small: R.attr.size < 3}}\n',
    ),
    owners,
  );
  const explained = why(set, { actions: ['edit', 'look'], attr: { owner: 'ann', size: 7 } });

  test('an explanation can be rendered as text for a terminal', () => {
    expect(renderExplanation(explained, { format: 'text', action: 'edit' })).toEqual([
      'edit: denied: no rule applies',
      '  ✗ allow resource.album.vdefault#own (0.yaml:8) through owner, role user: its condition does not hold',
      '    all of 2: false',
      '      V.small → false',
      '      R.attr.x == "<b>" → not reached',
      '    variable small = R.attr.size < 3 → false',
      '      R.attr.size → 7.0',
      '    output: "too big"',
      'Derived roles',
      '  ✓ owner (1.yaml:5): in effect',
      '    R.attr.owner == P.id → true',
      '      R.attr.owner → "ann"',
      '      P.id → "ann"',
    ]);
  });

  test('an explanation can be rendered as Markdown, in which nothing from policies or requests is markup', () => {
    const lines = renderExplanation(explained, { format: 'markdown' });
    expect(lines).toContain('      - `R.attr.x == "<b>"` → not reached');
    expect(lines).toContain('- `look`: denied: no rule applies');
    expect(lines.filter((line) => line.includes('<') && !/`[^`]*<[^`]*`/.test(line))).toEqual([]);
  });
});
