import { describe, expect, test } from 'vitest';
import { compilePolicySet } from '../../compile-set';
import { runSuites } from '../run';
import type { ConditionCoverage, Coverage } from './coverage-types';

const header = 'apiVersion: api.cerbos.dev/v1\n';
const album = `${header}resourcePolicy:
  resource: album
  version: default
  importDerivedRoles: [owners]
  rules:
    - name: view
      actions: [view]
      effect: EFFECT_ALLOW
      roles: [user]
      condition:
        match:
          any:
            of:
              - expr: R.attr.public
              - expr: R.attr.owner == P.id
    - name: own
      actions: [edit]
      effect: EFFECT_ALLOW
      derivedRoles: [owner]
    - name: never
      actions: [shred]
      effect: EFFECT_DENY
      roles: [user]
`;
const owners = `${header}derivedRoles:
  name: owners
  definitions:
    - name: owner
      parentRoles: [user]
      condition: {match: {expr: R.attr.owner == P.id}}
`;

function suite(resources: string, actions: string): string {
  const [resource = ''] = resources.split(',');
  const [action = ''] = actions.split(',');
  return `name: Suite
principals:
  ann: {id: ann, roles: [user]}
  clark: {id: clark, roles: [clerk]}
resources:
  open: {kind: album, id: open, attr: {public: true}}
  hers: {kind: album, id: hers, attr: {public: false, owner: ann}}
  none: {kind: album, id: none, attr: {public: false, owner: bob}}
  consent: {kind: album, id: consent, scope: consent, attr: {public: true}}
tests:
  - name: one
    input: {principals: [ann, clark], resources: [${resources}], actions: [${actions}]}
    expected: [{principal: ann, resource: ${resource}, actions: {${action}: EFFECT_ALLOW}}]
`;
}

function cover(files: Readonly<Record<string, string>>): Coverage {
  const compiled = compilePolicySet(Object.entries(files).map(([path, text]) => ({ path, text })));
  if (!compiled.set) {
    throw new Error(compiled.issues.map(({ message }) => message).join('\n'));
  }
  const { coverage, suites } = runSuites(compiled.set, compiled.suites, { coverage: true });
  for (const { error } of suites) {
    if (error !== undefined) {
      throw new Error(error);
    }
  }
  if (!coverage) {
    throw new Error('no coverage');
  }
  return coverage;
}

/** Held, not held and errored, of a condition and its parts. */
function counts({ held, notHeld, errored, of }: ConditionCoverage): unknown {
  const own = `${held}/${notHeld}/${errored}`;
  return of.length === 0 ? own : [own, ...of.map(counts)];
}

describe('what suites exercise', () => {
  const files = { 'album.yaml': album, 'owners.yaml': owners };

  test('coverage is counted for each rule, at its place', () => {
    const { files: covered } = cover({ ...files, 'a_test.yaml': suite('open, hers, none', 'view, edit') });
    const rules = covered.find(({ file }) => file === 'album.yaml')?.rules ?? [];
    const seen = rules.map(({ name, location: { line }, activated, conditionNotMet }) => ({
      name,
      line,
      activated,
      conditionNotMet,
    }));
    expect(seen).toEqual([
      { name: 'view', line: 7, activated: 2, conditionNotMet: 1 },
      { name: 'own', line: 17, activated: 1, conditionNotMet: 0 },
      { name: 'never', line: 21, activated: 0, conditionNotMet: 0 },
    ]);
    expect(rules[1]?.derivedRoleNotEffective).toBe(2);
  });

  test('coverage is counted for each part of a condition that was needed for the outcome', () => {
    const { files: covered } = cover({ ...files, 'a_test.yaml': suite('open, hers, none', 'view') });
    const [rule] = covered.find(({ file }) => file === 'album.yaml')?.rules ?? [];
    // Where the first part holds, nobody asks the second.
    expect(rule?.condition && counts(rule.condition)).toEqual(['2/1/0', '1/2/0', '1/1/0']);
    expect(rule?.condition?.of[1]).toMatchObject({ source: 'R.attr.owner == P.id', location: { line: 16 } });
  });

  test('coverage is counted for derived roles', () => {
    const { files: covered } = cover({ ...files, 'a_test.yaml': suite('open, hers', 'edit') });
    const [role] = covered.find(({ file }) => file === 'owners.yaml')?.derivedRoles ?? [];
    expect(role).toMatchObject({ name: 'owner', effective: 1, conditionNotMet: 1, noParentRole: 2 });
    // The open album has no owner, so that the condition cannot be evaluated, which counts as not met.
    expect(role?.condition && counts(role.condition)).toBe('1/0/1');
  });

  test('coverage lists derived roles that no rule uses', () => {
    const unused = `${owners}    - {name: boss, parentRoles: [user], condition: {match: {expr: R.attr.big}}}\n`;
    const other = unused.replace('name: owners', 'name: others');
    const { files: covered, totals } = cover({
      'album.yaml': album,
      'owners.yaml': unused,
      'others.yaml': other,
      'a_test.yaml': suite('hers', 'edit'),
    });
    const rolesOf = (path: string) =>
      covered.find(({ file }) => file === path)?.derivedRoles.map(({ name, effective }) => [name, effective]);
    expect(rolesOf('owners.yaml')).toEqual([
      ['owner', 1],
      ['boss', 0],
    ]);
    expect(rolesOf('others.yaml')).toEqual([
      ['owner', 0],
      ['boss', 0],
    ]);
    expect(totals.derivedRoles).toEqual({ covered: 1, total: 4 });
  });

  test('coverage has totals of rules, derived roles, and both outcomes of each condition', () => {
    const { totals } = cover({ ...files, 'a_test.yaml': suite('open', 'view') });
    expect(totals).toEqual({
      rules: { covered: 1, total: 3 },
      derivedRoles: { covered: 0, total: 1 },
      outcomes: { covered: 2, total: 8 },
    });
  });

  test('coverage is zero without suites, and missing unless it is asked for', () => {
    expect(cover(files).totals.rules).toEqual({ covered: 0, total: 3 });
    const { set, suites } = compilePolicySet([
      { path: 'album.yaml', text: album },
      { path: 'owners.yaml', text: owners },
    ]);
    expect(set && runSuites(set, suites)).not.toHaveProperty('coverage');
  });

  test('coverage is that of the rule as written, though a scope that needs consent inverts it', () => {
    const scoped = `${header}resourcePolicy:
  resource: album
  version: default
  scope: consent
  scopePermissions: SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS
  rules:
    - name: public
      actions: [view]
      effect: EFFECT_ALLOW
      roles: [user]
      condition: {match: {expr: R.attr.public}}
`;
    const { files: covered } = cover({
      ...files,
      'scoped.yaml': scoped,
      'a_test.yaml': suite('consent', 'view'),
    });
    const [rule] = covered.find(({ file }) => file === 'scoped.yaml')?.rules ?? [];
    expect(rule).toMatchObject({ activated: 1, conditionNotMet: 0 });
    expect(rule?.condition && counts(rule.condition)).toBe('1/0/0');
  });

  test('coverage is counted for the entries of role policies, with and without a condition', () => {
    const clerk = `${header}rolePolicy:
  role: clerk
  version: default
  parentRoles: [user]
  rules:
    - {name: always, resource: album, allowActions: [view]}
    - {name: never, resource: album, allowActions: [burn]}
    - {name: open, resource: album, allowActions: [edit], condition: {match: {expr: R.attr.public}}}
`;
    const { files: covered } = cover({
      ...files,
      'clerk.yaml': clerk,
      'a_test.yaml': suite('open, none', 'view, edit'),
    });
    const rules = covered.find(({ file }) => file === 'clerk.yaml')?.rules ?? [];
    const seen = rules.map(({ name, activated, conditionNotMet }) => ({ name, activated, conditionNotMet }));
    expect(seen).toEqual([
      { name: 'always', activated: 2, conditionNotMet: 0 },
      { name: 'never', activated: 0, conditionNotMet: 0 },
      { name: 'open', activated: 1, conditionNotMet: 1 },
    ]);
  });
});
