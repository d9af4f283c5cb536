import { describe, expect, test } from 'vitest';
import { checkResource, compilePolicySet, isDeniedOutright } from '../index';

const policy = (rules: string, scope = '') => `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: mcp:tool
  version: default
${scope && `  scope: ${scope}\n`}  rules:
${rules}`;

const rule = (effect: string, action: string, role: string, more = '') =>
  `    - {actions: ["${action}"], effect: EFFECT_${effect}, roles: ["${role}"]${more}}\n`;

function outright(files: readonly string[], action: string, scope = ''): boolean {
  const { set, issues } = compilePolicySet(files.map((text, index) => ({ path: `${index}.yaml`, text })));
  if (!set) throw new Error(JSON.stringify(issues));
  const denied = isDeniedOutright(set, { kind: 'mcp:tool', action, scope, roles: ['agent'] });
  if (denied) {
    // Whatever the attributes: a denial that nothing can lift.
    const input = {
      principal: { id: 'a', roles: ['agent'] },
      resource: { kind: 'mcp:tool', id: 'x', scope },
    };
    const { actions } = checkResource(set, { ...input, actions: [action] }, { lenientScopeSearch: true });
    expect(actions[action]?.effect).toBe('EFFECT_DENY');
  }
  return denied;
}

describe('an action is denied outright', () => {
  test.each([
    [
      'by an unconditional DENY for its role',
      [rule('ALLOW', '*', 'agent'), rule('DENY', 'drop_*', 'agent')],
      true,
    ],
    ['by one for every role', [rule('DENY', '*', '*')], true],
    ['not by one for another role', [rule('DENY', '*', 'admin')], false],
    ['not by one with a condition', [rule('DENY', '*', '*', ', condition: {match: {expr: "true"}}')], false],
    ['not because no rule matches', [rule('ALLOW', 'view', 'agent')], false],
  ])('%s', (_, rules, expected) => {
    expect(outright([policy(rules.join(''))], 'drop_table')).toBe(expected);
  });

  test('by a parent scope, unless a more specific scope may allow it', () => {
    const root = policy(rule('DENY', '*', '*'));
    expect(outright([root, policy(rule('ALLOW', 'view', 'agent'), 'github')], 'drop', 'github')).toBe(true);
    expect(outright([root, policy(rule('ALLOW', '*', 'agent'), 'github')], 'drop', 'github')).toBe(false);
    expect(outright([root], 'drop', 'anything')).toBe(true);
  });
});
