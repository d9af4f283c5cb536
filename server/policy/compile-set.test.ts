import { describe, expect, test } from 'vitest';
import { tableOf } from './compile/policy-set';
import { checkResource, compilePolicySet, parsePolicyFile } from './index';
import type { CompiledPolicies } from './index';

const header = 'apiVersion: api.cerbos.dev/v1\n';
const album = `${header}resourcePolicy:
  resource: album
  version: default
  importDerivedRoles: [owners]
  rules:
    - actions: ["view"]
      effect: EFFECT_ALLOW
      derivedRoles: [owner]
`;
const owners = `${header}derivedRoles:
  name: owners
  definitions:
    - name: owner
      parentRoles: [user]
      condition:
        match:
          expr: R.attr.owner == P.id
`;
const file = (path: string, text: string) => ({ path, text });

describe('compiling a policy set', () => {
  test('compiling gives a policy set exactly if there is no error', () => {
    const good = compilePolicySet([file('album.yaml', album), file('owners.yaml', owners)]);
    expect(good.issues).toEqual([]);
    expect(good.set?.kinds).toEqual(['album']);
    const bad = compilePolicySet([file('album.yaml', album)]);
    expect(bad.set).toBeUndefined();
    expect(bad.issues).toMatchObject([{ code: 'missing-import', file: 'album.yaml', line: 5, column: 24 }]);
  });

  test('compiling finds the policies at ancestor scopes, whatever characters are in a name', () => {
    const bob = (scope: string) =>
      file(`bob${scope}.yaml`, `${header}principalPolicy:\n  principal: /bob\n  version: default\n${scope}`);
    const scoped = bob('  scope: acme\n');
    expect(compilePolicySet([bob(''), scoped]).issues).toEqual([]);
    const message =
      'scoped policy principal./bob.vdefault is not found but is required by descendant policy principal./bob.vdefault/acme';
    expect(compilePolicySet([scoped]).issues).toMatchObject([{ code: 'missing-scope', message }]);
  });

  test('a broken file hides nothing in others', () => {
    const { issues } = compilePolicySet([
      file('album.yaml', album.replace('[owner]', '[owner, nobody]')),
      file('owners.yaml', owners.replace('R.attr.owner', 'R.owner')),
      file('broken.yaml', 'apiVersion: [\n'),
    ]);
    const codes = issues.map(({ file: name, code }) => `${name} ${code}`);
    expect(codes).toContain('album.yaml unknown-derived-role');
    expect(codes).toContain('owners.yaml invalid-expression');
    expect(codes.some((code) => code.startsWith('broken.yaml'))).toBe(true);
  });

  test('a half-typed import is one error in the importing file, not one for every derived role', () => {
    const { issues } = compilePolicySet([
      file('album.yaml', album),
      file('owners.yaml', `${owners}    - na`),
    ]);
    const own = issues.filter(({ file: name }) => name === 'album.yaml');
    expect(own).toMatchObject([{ code: 'missing-import' }]);
    expect(own[0]?.message).toContain('owners.yaml defines it but has errors');
  });

  test('an issue has the exact range of the text, and the position that cerbos 0.55 reports', () => {
    const { issues } = compilePolicySet([
      file('album.yaml', album),
      file('owners.yaml', owners.replace('R.attr.owner == P.id', 'R.attr.owner == V.me')),
    ]);
    expect(issues).toMatchObject([
      {
        code: 'undefined-variable',
        line: 9,
        column: 11,
        range: { start: { line: 8, character: 32 }, end: { line: 8, character: 36 } },
      },
    ]);
  });

  test('compiling parsed files gives the same as compiling their texts', () => {
    const files = [file('album.yaml', album), file('owners.yaml', owners)];
    const parsed = files.map(parsePolicyFile);
    const again = compilePolicySet(parsed);
    expect(again.files).toEqual(parsed);
    expect(again.set).toBeDefined();
  });

  test('a mistake in a policy that nothing imports is a warning', () => {
    const { set, issues } = compilePolicySet([file('owners.yaml', owners.replace('R.attr.owner', 'foo'))]);
    expect(set).toBeDefined();
    expect(issues).toMatchObject([{ code: 'invalid-expression', severity: 'warning' }]);
  });

  test('a missing schema is an error at the reference in the policy, unless schemas are ignored', () => {
    const files = [
      file(
        'album.yaml',
        album.replace('  rules', '  schemas:\n    principalSchema: {ref: "cerbos:///x.json"}\n  rules'),
      ),
      file('owners.yaml', owners),
    ];
    const { set, issues } = compilePolicySet(files);
    expect(set).toBeUndefined();
    expect(issues).toMatchObject([
      {
        code: 'invalid-schema',
        line: 7,
        column: 23,
        message: 'Failed to load principal schema "cerbos:///x.json": schema _schemas/x.json does not exist',
      },
    ]);
    expect(compilePolicySet(files, undefined, { ignoreSchemas: true })).toMatchObject({ issues: [] });
  });

  test('where cerbos 0.55 overlooks that policies of one scope disagree, there is a warning, and the stricter permission holds', () => {
    const rules = '  rules:\n    - {actions: ["*"], effect: EFFECT_ALLOW, roles: ["*"]}\n';
    const policy = (kind: string, before: string) =>
      `${header}resourcePolicy:\n  resource: ${kind}\n  version: default\n  scope: acme\n${before}${rules}`;
    const root = (kind: string) =>
      `${header}resourcePolicy:\n  resource: ${kind}\n  version: default\n  rules: []\n`;
    const consent = '  scopePermissions: SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS\n';
    const { set, issues } = compilePolicySet([
      file('a.yaml', policy('a', '')),
      file('b.yaml', policy('b', consent)),
      file('c.yaml', root('a')),
      file('d.yaml', root('b')),
    ]);
    expect(issues).toMatchObject([{ code: 'scope-permissions-conflict', severity: 'warning' }]);
    const input = {
      principal: { id: 'ann', roles: ['user'] },
      resource: { kind: 'a', id: '1', scope: 'acme' },
      actions: ['view'],
    };
    expect(set && checkResource(set, input).actions['view']?.effect).toBe('EFFECT_DENY');
  });

  test('definitions that depend on each other without end are an error, not a crash', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => `    v${index}: V.v${index + 1}`);
    const text = `${header}resourcePolicy:\n  resource: x\n  version: default\n  variables:\n    local:\n${chain
      .map((line) => `  ${line}`)
      .join('\n')}\n      v20000: "true"\n  rules: []\n`;
    const { set, issues } = compilePolicySet([file('x.yaml', text)]);
    expect(set === undefined).toBe(issues.some(({ severity }) => severity === 'error'));
  }, 60_000);
});

describe('compiling with an earlier compilation at hand', () => {
  const other = `${header}resourcePolicy:
  resource: photo
  version: default
  rules:
    - {actions: ["view"], effect: EFFECT_ALLOW, roles: [user]}
`;
  const suite = 'name: Albums\ntests: []\n';
  const files = [
    file('album.yaml', album),
    file('album_test.yaml', suite),
    file('owners.yaml', owners),
    file('photo.yaml', other),
  ];
  const rulesFor = ({ set }: CompiledPolicies, kind: string) =>
    set && tableOf(set).resources.get(`default\u0000${kind}`)?.get('');

  test('compiling again redoes only the edited file and the policies that import it', () => {
    const before = compilePolicySet(files);
    const changed = file('owners.yaml', owners.replace('==', '!='));
    const after = compilePolicySet(
      files.map((each) => (each.path === changed.path ? changed : each)),
      before,
    );
    expect(rulesFor(after, 'album')).toBeDefined();
    expect(rulesFor(after, 'album')).not.toBe(rulesFor(before, 'album'));
    expect(rulesFor(after, 'photo')).toBe(rulesFor(before, 'photo'));
    expect(after.suites).toEqual(before.suites);
    expect(after.suites[0]).toBe(before.suites[0]);
    const reread = after.files.filter((each) => !before.files.includes(each));
    expect(reread.map(({ path }) => path)).toEqual(['owners.yaml']);
  });

  test('compiling again leaves the earlier compilation unchanged', () => {
    const input = {
      principal: { id: 'ann', roles: ['user'] },
      resource: { kind: 'album', id: '1', attr: { owner: 'ann' } },
      actions: ['view'],
    };
    const effect = ({ set }: CompiledPolicies) => set && checkResource(set, input).actions['view']?.effect;
    const before = compilePolicySet(files);
    const after = compilePolicySet(
      [file('album.yaml', album), file('owners.yaml', owners.replace('==', '!='))],
      before,
    );
    expect([effect(before), effect(after)]).toEqual(['EFFECT_ALLOW', 'EFFECT_DENY']);
  });
});
