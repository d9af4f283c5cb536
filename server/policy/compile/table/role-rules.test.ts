import { describe, expect, test } from 'vitest';
import { RoleRules } from './role-rules';
import { noParams } from './rows';
import type { RoleEntry, RolePolicyHead } from './rows';

const location = () => ({
  file: 'editor.yaml',
  line: 1,
  column: 1,
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
});
const head = (role: string): RolePolicyHead => ({ role, policy: `role.${role}.vdefault`, location });
const entry = (role: string, resource: string, name: string): RoleEntry => ({
  role,
  resource,
  actions: ['view'],
  key: {},
  rule: { name, fqn: name, policy: '', params: noParams, location },
});

describe('the rules of role policies', () => {
  const rules = new RoleRules();
  rules.add(head('editor'), [
    entry('editor', 'al*', 'glob'),
    entry('editor', 'album', 'first'),
    entry('editor', 'photo', 'other'),
    entry('editor', 'album', 'second'),
    entry('editor', '*', 'all'),
  ]);
  rules.add(head('viewer'), [entry('viewer', 'video', 'only')]);
  const about = (role: string, resource: string) => rules.about(role, resource).map(({ rule }) => rule.name);

  test('entries of role policies are found by role and resource, names and globs alike, in the order of the policy', () => {
    expect(about('editor', 'album')).toEqual(['glob', 'first', 'second', 'all']);
    expect(about('editor', 'photo')).toEqual(['other', 'all']);
    expect(about('viewer', 'album')).toEqual([]);
    expect(about('nobody', 'album')).toEqual([]);
  });

  test('the rules of role policies tell which resources any role policy mentions', () => {
    const exact = new RoleRules();
    exact.add(head('viewer'), [entry('viewer', 'video', 'only'), entry('viewer', 'pho*', 'glob')]);
    expect(['video', 'photo', 'album', 'vide'].map((kind) => exact.speaksOf(kind))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('the rules of role policies tell the policy of a role', () => {
    expect(rules.head('editor')?.policy).toBe('role.editor.vdefault');
    expect(rules.head('nobody')).toBeUndefined();
    expect(rules.entries).toHaveLength(6);
  });
});
