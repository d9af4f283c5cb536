import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../cel';
import { compilePolicySet } from '../compile-set';
import { checkResource } from '../decide/check';
import type { CheckOptions } from '../check-types';
import { album, compile, header } from '../../../test/support/policy/compile';
import { planResources } from './plan-resources';
import { PlanningError } from './problem';

const principal = { id: 'ann', roles: ['user'], attr: { team: 'blue', level: 3 } };

/** The text of the filter for viewing albums. */
function planned(rules: string, attr = {}, options: CheckOptions = {}): string {
  const input = { principal, resource: { kind: 'album', attr }, actions: ['view'] };
  return planResources(compile(album(rules)), input, options).filterText;
}

function rule(effect: 'ALLOW' | 'DENY', condition?: string, roles = 'user'): string {
  const match = condition === undefined ? '' : `\n      condition: {match: {expr: '${condition}'}}`;
  return `    - actions: [view]\n      effect: EFFECT_${effect}\n      roles: [${roles}]${match}\n`;
}

describe('a plan', () => {
  test.each([
    ['without a condition everything is allowed', rule('ALLOW'), '(true)'],
    ['without a rule for the role nothing is', rule('ALLOW', undefined, 'admin'), 'NO_MATCH'],
    [
      'what is known is written in',
      rule('ALLOW', 'R.attr.team == P.attr.team'),
      '(eq request.resource.attr.team "blue")',
    ],
    ['what holds in any case is no condition', rule('ALLOW', 'P.attr.level > 2.0'), '(true)'],
    ['what fails does not hold', rule('ALLOW', 'R.attr.team == P.attr.missing'), '(false)'],
    [
      'a denial narrows what is allowed',
      rule('ALLOW') + rule('DENY', 'R.attr.locked'),
      '(not request.resource.attr.locked)',
    ],
    ['a denial beats what the same role is allowed', rule('ALLOW', 'R.attr.open') + rule('DENY'), '(false)'],
    [
      'rules that allow are alternatives, each once',
      rule('ALLOW', 'R.attr.a') + rule('ALLOW', 'R.attr.b') + rule('ALLOW', 'R.attr.a'),
      '(or request.resource.attr.a request.resource.attr.b)',
    ],
    [
      'what only looks alike is told apart',
      rule('ALLOW') + rule('DENY', 'R.attr.a == null') + rule('DENY', 'R.attr.a == false'),
      '(not (or (eq request.resource.attr.a null) (eq request.resource.attr.a false)))',
    ],
    [
      'a negation wants what is false, and so not what is missing',
      rule('ALLOW', '!R.attr.a && !(R.attr.b == 1)'),
      '(and (eq request.resource.attr.a false) (ne request.resource.attr.b 1))',
    ],
    [
      'has() asks for presence',
      rule('ALLOW', 'has(R.attr.a) && !has(R.attr.b)'),
      '(and (eq request.resource.attr.a request.resource.attr.a) (not (eq request.resource.attr.b request.resource.attr.b)))',
    ],
  ])('the filter of a plan is right: %s', (_, rules, expected) => {
    expect(planned(rules)).toBe(expected);
  });

  test('attributes that are given are known', () => {
    const rules = rule('ALLOW', 'R.attr.open || R.attr.team == P.attr.team');
    expect(planned(rules, { open: true })).toBe('(true)');
    expect(planned(rules, { open: false })).toBe('(eq request.resource.attr.team "blue")');
  });

  test('strict evaluation denies in a plan where a condition fails', () => {
    const rules = rule('ALLOW') + rule('DENY', 'P.attr.missing');
    expect(planned(rules)).toBe('(true)');
    expect(planned(rules, {}, { strictEvaluation: true })).toBe('(false)');
  });

  test('several actions must all be allowed, and each has its matched scope', () => {
    const set = compile(
      album(`    - {actions: [view], effect: EFFECT_ALLOW, roles: [user], condition: {match: {expr: R.attr.a}}}
    - {actions: [edit], effect: EFFECT_ALLOW, roles: [user], condition: {match: {expr: R.attr.b}}}
`),
    );
    const input = { requestId: 'r', principal, resource: { kind: 'album' }, actions: ['view', 'edit'] };
    const { requestId, filterText, matchedScopes } = planResources(set, input);
    expect(requestId).toBe('r');
    expect(filterText).toBe('(and request.resource.attr.a request.resource.attr.b)');
    expect({ ...matchedScopes }).toEqual({ view: '', edit: '' });
    expect(planResources(set, { ...input, actions: ['view', 'delete'] }).filterText).toBe('(false)');
  });

  test('schemas look at the attributes that are given; others may be missing', () => {
    const { set } = compilePolicySet([
      {
        path: 'album.yaml',
        text:
          header +
          album(rule('ALLOW', 'R.attr.a'), '  schemas: {resourceSchema: {ref: "cerbos:///album.json"}}\n'),
      },
      {
        path: '_schemas/album.json',
        text: '{"required": ["a", "b"], "properties": {"b": {"type": "number"}}}',
      },
    ]);
    const of = (attr: JsonObject) =>
      planResources(
        set!,
        { principal, resource: { kind: 'album', attr }, actions: ['view'] },
        { schemaEnforcement: 'reject' },
      );
    expect(of({ b: 1 })).toMatchObject({ filterText: 'request.resource.attr.a', validationErrors: [] });
    expect(of({ b: 'x' })).toMatchObject({
      filterText: '(false)',
      validationErrors: [{ path: '/b', source: 'SOURCE_RESOURCE' }],
    });
  });

  test('no filter can be made from some conditions', () => {
    expect(() => planned(rule('ALLOW', 'cel.bind(x, R.attr.a, x == 1)'))).toThrow(PlanningError);
    expect(() => planned(rule('ALLOW', 'R.attr.?a.orValue(1) == 2'))).toThrow(PlanningError);
  });

  test('a condition that cannot be evaluated is noted', () => {
    const input = { principal, resource: { kind: 'album' }, actions: ['view'] };
    const { evaluationErrors } = planResources(compile(album(rule('ALLOW', 'P.attr.missing'))), input);
    expect(evaluationErrors).toEqual([{ expression: 'P.attr.missing', message: 'no such key: missing' }]);
  });
});

test('a filter is in the JSON of Cerbos’ API', () => {
  const rules = rule('ALLOW', 'R.attr.tags.exists(t, t in ["a", "b"])');
  const input = { principal, resource: { kind: 'album' }, actions: ['view'] };
  expect(planResources(compile(album(rules)), input).filter).toEqual({
    kind: 'KIND_CONDITIONAL',
    condition: {
      expression: {
        operator: 'exists',
        operands: [
          { variable: 'request.resource.attr.tags' },
          {
            expression: {
              operator: 'lambda',
              operands: [
                { expression: { operator: 'in', operands: [{ variable: 't' }, { value: ['a', 'b'] }] } },
                { variable: 't' },
              ],
            },
          },
        ],
      },
    },
  });
});

test('a role that is allowed beats the denial of another', () => {
  const set = compile(album(rule('DENY', undefined, 'guest') + rule('ALLOW', 'R.attr.a')));
  const resource = { kind: 'album' };
  const of = (...roles: string[]) =>
    planResources(set, { principal: { ...principal, roles }, resource, actions: ['view'] }).filterText;
  expect(of('guest', 'user')).toBe('request.resource.attr.a');
  expect(of('guest')).toBe('(false)');
  const attr = { a: true };
  const input = {
    principal: { ...principal, roles: ['guest', 'user'] },
    resource: { ...resource, id: '1', attr },
  };
  expect(checkResource(set, { ...input, actions: ['view'] }).actions['view']?.effect).toBe('EFFECT_ALLOW');
});
