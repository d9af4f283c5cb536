import { compile } from '../../cel';
import type { Bindings, Program } from '../../cel';
import { cerbosEnvironment, requestBindings, requestRecords } from '../index';
import { describe, expect, test } from 'vitest';

const records = requestRecords({
  principal: { id: 'ann', roles: ['user'], attr: { team: 'red', limit: 3 } },
  resource: { kind: 'album', id: '1', attr: { owner: 'ann', tags: ['a', 'b'], nested: { team: 'red' } } },
});

const bindings: Readonly<Record<string, Bindings>> = {
  'a request': requestBindings(records, {
    variables: (name) => ({ flag: true, list: [1, 'a'], text: 'red' })[name],
  }),
  'maps instead of records': { R: { id: '1', attr: { owner: 'ann' } }, P: { id: 'ann', attr: {} } },
  'no attributes': requestBindings(
    requestRecords({ principal: { id: '', roles: [] }, resource: { kind: 'album', id: '1' } }),
  ),
  'a list instead of attributes': { R: { attr: ['a'] }, P: { attr: 1n } },
  nothing: {},
};

const expressions = [
  'R.attr.owner == P.id',
  'P.attr.team == R.attr.nested.team',
  'R.attr.nope',
  'R.attr.toString',
  'P.attr.constructor == null || P.attr.team == "red"',
  'has(R.attr.owner) && !has(R.attr.nope)',
  'R.kind + P.id + R.scope + P.policyVersion',
  'P.roles.exists(R, R == "user")',
  '[P.attr, R.attr].map(P, P.team)',
  'R.attr.?owner.orValue("nobody")',
  'R.attr.tags[0] == "a" && R.attr["owner"] == "ann"',
  'request.resource.attr.owner == request.principal.id',
  'R == request.resource && P != request.principal',
  'size(R.attr) + size(P.attr)',
  'V.flag && variables.text == P.attr.team',
  'V.list[1] == "a"',
  'V.nope || R.attr.owner == "ann"',
  'has(V.flag) && !has(V.nope)',
];

function programOf(expression: string): Program {
  const { program, issues } = compile(expression, cerbosEnvironment());
  if (!program) {
    throw new Error(`${expression}: ${issues[0]?.message ?? ''}`);
  }
  return program;
}

/** The least limit with which a way to evaluate is not cut short. */
function costOf(
  evaluate: (costLimit: number) => { readonly kind: string; readonly message?: string },
): number {
  for (let limit = 0; ; limit++) {
    if (!evaluate(limit).message?.startsWith('operation cancelled')) {
      return limit;
    }
  }
}

describe.each(Object.keys(bindings))('with %s', (name) => {
  const bound = bindings[name] ?? {};

  test.each(expressions)('reading %s in one step gives the same as step by step', (expression) => {
    const program = programOf(expression);
    // An explanation goes through every step.
    expect(program.evaluate(bound)).toEqual(program.explain(bound).result);
    expect(costOf((costLimit) => program.evaluate(bound, { costLimit }))).toBe(
      costOf((costLimit) => program.explain(bound, { costLimit }).result),
    );
  });
});

test('a loop’s variable hides the request’s of the same name', () => {
  const program = programOf('[{"attr": {"owner": "eve"}}].exists(R, R.attr.owner == "eve")');
  expect(program.test(requestBindings(records), {})).toBe(true);
});

describe('a condition', () => {
  const held = (expression: string, unknowns: readonly string[] = []) =>
    programOf(expression).test(requestBindings(records), { unknowns });

  test.each([
    ['P.id == "ann"', true],
    ['P.id == "eve"', false],
    ['P.id', false],
    ['optional.of(P.id == "ann")', true],
    ['optional.of(P.id)', false],
    ['optional.none()', false],
  ])('the condition %s holds: %s', (expression, holds) => {
    expect(held(expression)).toBe(holds);
    expect(held(expression, ['R.attr.nope'])).toBe(holds);
  });

  test('a condition that cannot be evaluated is an error at its place', () => {
    expect(held('true && R.attr.nope')).toEqual({
      kind: 'error',
      message: 'no such key: nope',
      range: { start: 8, end: 19 },
    });
  });

  test('a condition on an unknown is unknown', () => {
    expect(held('R.attr.owner == "ann"', ['R.attr.owner'])).toMatchObject({ kind: 'unknown' });
    expect(held('R.attr.owner == "ann" || true', ['R.attr.owner'])).toBe(true);
  });
});
