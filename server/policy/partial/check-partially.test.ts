import { describe, expect, test } from 'vitest';
import { checkPartially, compilePolicySet } from '../index';
import type { CheckInput, PartialDecision, PartialOptions } from '../index';

const policy = (rules: string, more = ''): string => `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: mcp:tool
  version: default
${more}  rules:
${rules}`;

const rule = (effect: string, action: string, role: string, more = ''): string =>
  `    - {actions: ["${action}"], effect: EFFECT_${effect}, roles: ["${role}"]${more}}\n`;
const when = (condition: string): string => `, condition: {match: {expr: '${condition}'}}`;
const scope = (name: string): string => `  scope: ${name}\n`;

interface Request extends Partial<PartialOptions> {
  readonly scope?: string;
  readonly attr?: NonNullable<CheckInput['resource']['attr']>;
}

function decide(files: readonly string[], question: Request = {}): PartialDecision | undefined {
  const { set, issues } = compilePolicySet(files.map((text, index) => ({ path: `${index}.yaml`, text })));
  if (!set) {
    throw new Error(JSON.stringify(issues));
  }
  const { attr = {}, scope: at = '', unknowns = ['resource.attr.arguments'], ...options } = question;
  const input = {
    principal: { id: 'ann', roles: ['agent'] },
    resource: { kind: 'mcp:tool', id: 'x', scope: at, attr },
    actions: ['drop'],
  };
  return checkPartially(set, input, { lenientScopeSearch: true, ...options, unknowns }).actions['drop'];
}

describe('certain denials', () => {
  const certain = { effect: 'EFFECT_DENY', explicit: true };

  test('an unconditional DENY for the role or for every role denies, whatever the unknown values are', () => {
    expect(decide([policy(rule('ALLOW', '*', 'agent') + rule('DENY', 'dr*', 'agent'))])).toEqual(certain);
    expect(decide([policy(rule('DENY', '*', '*'))])).toEqual(certain);
  });

  test('a condition that holds without the unknown values denies', () => {
    const rules = rule('DENY', '*', '*', when('R.attr.arguments.path == "x" || R.id == "x"'));
    expect(decide([policy(rules)])).toEqual(certain);
  });

  test('a parent scope denies, unless a more specific scope may allow', () => {
    const root = policy(rule('DENY', '*', '*'));
    const github = (rules: string): string => policy(rules, scope('github'));
    expect(decide([root, github(rule('ALLOW', 'view', 'agent'))], { scope: 'github' })).toEqual(certain);
    expect(
      decide([root, github(rule('ALLOW', '*', 'agent', when('R.attr.arguments.ok')))], { scope: 'github' }),
    ).toMatchObject({
      effect: 'undetermined',
      text: 'R.attr.arguments.ok',
    });
    expect(decide([root, github(rule('ALLOW', '*', 'agent'))], { scope: 'github' })).toEqual({
      effect: 'EFFECT_ALLOW',
    });
  });

  test('an action is denied, but not explicitly, because nothing allows it', () => {
    expect(decide([policy(rule('ALLOW', 'view', 'agent'))])).toEqual({
      effect: 'EFFECT_DENY',
      explicit: false,
    });
  });
});

describe('undetermined decisions', () => {
  test('the residual condition has known values folded and variables written out', () => {
    const variables = '  variables: {local: {small: R.attr.arguments.size < R.attr.limit}}\n';
    const rules =
      rule('ALLOW', 'drop', 'agent', when('V.small')) +
      rule('DENY', '*', '*', when('R.attr.arguments.force'));
    expect(decide([policy(rules, variables)], { attr: { limit: 3 } })).toMatchObject({
      effect: 'undetermined',
      text: '(!(R.attr.arguments.force)) && (R.attr.arguments.size < 3.0)',
    });
  });

  test('a decision that needs the time is undetermined if that is not given', () => {
    const rules = rule('ALLOW', 'drop', 'agent', when('now() > timestamp("2026-01-01T00:00:00Z")'));
    expect(decide([policy(rules)])).toMatchObject({ effect: 'undetermined' });
    expect(decide([policy(rules)], { now: new Date('2026-02-01') })).toEqual({ effect: 'EFFECT_ALLOW' });
  });

  test('strict evaluation leaves a decision undetermined if unknown values may fail, even where they change nothing', () => {
    const rules =
      rule('ALLOW', 'drop', 'agent') + rule('ALLOW', 'drop', 'agent', when('R.attr.arguments.a == 1'));
    expect(decide([policy(rules)])).toEqual({ effect: 'EFFECT_ALLOW' });
    expect(decide([policy(rules)], { strictEvaluation: true })).toMatchObject({ effect: 'undetermined' });
  });

  test('a decision is undetermined if the principal may be one of whom a policy speaks', () => {
    const principal = `apiVersion: api.cerbos.dev/v1
principalPolicy:
  principal: bob
  version: default
  rules: [{resource: mcp:tool, actions: [{action: "*", effect: EFFECT_ALLOW}]}]
`;
    const files = [policy(rule('DENY', '*', '*')), principal];
    expect(decide(files)).toMatchObject({ effect: 'EFFECT_DENY' });
    expect(decide(files, { unknowns: ['principal.id'] })).toMatchObject({ effect: 'undetermined' });
  });
});

test('what selects policies must be known', () => {
  expect(() => decide([policy(rule('DENY', '*', '*'))], { unknowns: ['principal.roles'] })).toThrow(
    TypeError,
  );
  expect(() => decide([policy(rule('DENY', '*', '*'))], { unknowns: ['R'] })).toThrow('selects policies');
});

test('what is decided by derived roles is open, if finding these out may fail', () => {
  const roles = `apiVersion: api.cerbos.dev/v1
derivedRoles:
  name: bosses
  definitions:
    - {name: boss, parentRoles: [agent], condition: {match: {any: {of: [{expr: R.attr.arguments.big}, {expr: R.id == "x"}]}}}}
`;
  const rules =
    rule('ALLOW', 'drop', 'agent', when('"boss" in runtime.effectiveDerivedRoles')) +
    '    - {actions: [other], effect: EFFECT_ALLOW, derivedRoles: [boss]}\n';
  const files = [policy(rules, '  importDerivedRoles: [bosses]\n'), roles];
  expect(decide(files)).toEqual({ effect: 'EFFECT_ALLOW' });
  expect(decide(files, { strictEvaluation: true })).toMatchObject({ effect: 'undetermined' });
});

test('a denial says so where it depends on what is not known whether a rule denies', () => {
  const perhaps = { effect: 'EFFECT_DENY', explicit: false, mayBeExplicit: true };
  expect(decide([policy(rule('DENY', '*', '*', when('R.attr.arguments.force')))])).toEqual(perhaps);
  expect(decide([policy(rule('DENY', '*', '*', when('R.id == "y"')))])).toEqual({
    effect: 'EFFECT_DENY',
    explicit: false,
  });
});

test('outputs that rules may hand back are known unless they read what is not', () => {
  const output = (source: string): string => `, output: {when: {ruleActivated: '${source}'}}`;
  const rules =
    rule('ALLOW', '*', 'agent', when('R.attr.arguments.ok') + output('{"n": 1}')) +
    rule('ALLOW', 'drop', 'agent', output('R.attr.arguments.name')) +
    rule('ALLOW', 'drop', 'agent', output('R.attr.none')) +
    rule('ALLOW', 'view', 'agent', output('2'));
  const { set } = compilePolicySet([{ path: 'a.yaml', text: policy(rules) }]);
  const input = {
    principal: { id: 'ann', roles: ['agent'] },
    resource: { kind: 'mcp:tool', id: 'x', attr: {} },
    actions: ['drop'],
  };
  const { outputs } = checkPartially(set!, input, { unknowns: ['resource.attr.arguments'] });
  expect(outputs.map(({ val }) => val)).toEqual([{ n: 1 }, undefined, undefined]);
});
