import { describe, expect, test } from 'vitest';
import { checkResource, compilePolicySet } from './index';

const header = 'apiVersion: api.cerbos.dev/v1\n';
const policy = (fields: string) =>
  `${header}resourcePolicy:\n  resource: album\n  version: default\n${fields}\n`;
const rules = (condition: string) =>
  policy(
    `  rules:\n    - actions: [view]\n      effect: EFFECT_ALLOW\n      roles: [user]\n      condition:\n${condition}`,
  );
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

/** Every level is ten times the one before. */
const bomb = lines(12, (level) =>
  level === 0
    ? '      a0: &a0 [x, x, x, x, x, x, x, x, x, x]'
    : `      a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`,
);
const merges = lines(12, (level) =>
  level === 0
    ? '      m0: &m0 {x: 1}'
    : `      m${level}: &m${level}\n${lines(10, () => `        <<: *m${level - 1}`)}`,
);
const nested = (depth: number) =>
  `        match: ${'{all: {of: ['.repeat(depth)}{expr: "true"}${']}}'.repeat(depth)}`;

describe('a policy made to do harm is refused, with an error at a place', () => {
  test.each([
    ['aliases that stand for billions of values', policy(`  constants:\n    local:\n${bomb}`)],
    ['merge keys that stand for billions of entries', policy(`  constants:\n    local:\n${merges}`)],
    ['an alias that holds itself', policy('  rules: &a [*a]')],
    ['a merge key that holds itself', policy('  constants:\n    local:\n      a: &a {<<: *a}')],
    ['conditions in conditions, deeper than any tree', rules(nested(5000))],
    ['conditions in conditions, as deep as a tree may be', rules(nested(90))],
    ['brackets without end', policy(`  rules: ${'['.repeat(100_000)}`)],
    [
      'an expression deeper than a parser goes',
      rules(`        match: {expr: '${'('.repeat(5000)}1${')'.repeat(5000)}'}`),
    ],
    ['an expression that is never done', rules(`        match: {expr: '${'1 + '.repeat(50_000)}1'}`)],
    ['a file that is too large', `${policy('  rules: []')}${'#\n'.repeat(3 * 1024 * 1024)}`],
    ['thousands of documents', lines(5000, () => `---\n${policy('  rules: []')}`)],
    [
      'variables in a circle of thousands',
      policy(
        `  variables:\n    local:\n${lines(2000, (index) => `      v${index}: V.v${(index + 1) % 2000}`)}`,
      ),
    ],
    ['a thousand mistakes', policy(lines(1000, (index) => `  field${index}: 1`))],
    ['a name that would be an object’s own', policy('  __proto__: {polluted: true}')],
    ['text that is not text', `${header}\u0000\uffff\ud800`],
  ])('a hostile policy is refused with an error at a place: %s', (_, text) => {
    const { set, issues } = compilePolicySet([{ path: 'album.yaml', text }]);
    expect(set).toBeUndefined();
    const errors = issues.filter(({ severity }) => severity === 'error');
    expect(errors.length).toBeGreaterThan(0);
    for (const { file, line, column } of errors) {
      expect(file).toBe('album.yaml');
      expect(line).toBeGreaterThan(0);
      expect(column).toBeGreaterThan(0);
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('a policy made to do harm does not keep the policies beside it from being read', () => {
    const { issues, names } = compilePolicySet([
      { path: 'album.yaml', text: policy(`  rules: ${'['.repeat(100_000)}`) },
      { path: 'photo.yaml', text: policy('  rules: []').replace('album', 'photo') },
    ]);
    expect(new Set(issues.map(({ file }) => file))).toEqual(new Set(['album.yaml']));
    expect([...names.policies.keys()]).toEqual(['resource.photo.vdefault']);
  });
});

test('names of JavaScript’s own are names like any other, as in cerbos 0.55', () => {
  const text = policy(`  constants:
    local: {constructor: 1, toString: 2}
  rules:
    - actions: [view]
      effect: EFFECT_ALLOW
      roles: [user]
      condition: {match: {expr: "C.constructor + C.toString == 3.0"}}`).replace('album', '__proto__');
  const { set, issues } = compilePolicySet([{ path: 'a.yaml', text }]);
  expect(issues).toEqual([]);
  if (!set) {
    throw new Error('the policies do not compile');
  }
  const { actions } = checkResource(set, {
    principal: { id: 'anna', roles: ['user'] },
    resource: { kind: '__proto__', id: '1' },
    actions: ['view', '__proto__', 'constructor'],
  });
  expect(Object.entries(actions).map(([action, { effect }]) => [action, effect])).toEqual([
    ['view', 'EFFECT_ALLOW'],
    ['__proto__', 'EFFECT_DENY'],
    ['constructor', 'EFFECT_DENY'],
  ]);
});
