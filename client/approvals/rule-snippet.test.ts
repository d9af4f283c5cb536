import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ApprovalRequest } from '../../server/protocol';
import { ruleSnippet } from './rule-snippet';

const request = {
  kind: 'mcp:tool',
  server: { name: 'my.files', origin: 'user', fingerprint: 'f00' },
  tool: { name: 'write_file' },
  arguments: { path: "/w/it's.txt", count: 3, deep: { a: 1 }, 'odd "name"\u202E': true },
  request: { resource: { scope: 'my_x2e_files' }, actions: ['write_file'] },
} as unknown as ApprovalRequest;

interface Policy {
  resourcePolicy: {
    scope: string;
    rules: {
      name: string;
      actions: string[];
      condition: { match: { all: { of: { expr: string }[] } } };
    }[];
  };
}

describe('ruleSnippet', () => {
  const { resourcePolicy } = parse(ruleSnippet(request, '/home/alice/.gatehouse/policies')) as Policy;

  test('the snippet is a policy in the server’s scope, with one rule for exactly the tool', () => {
    expect(resourcePolicy).toMatchObject({ resource: 'mcp:tool', version: 'default', scope: 'my_x2e_files' });
    expect(resourcePolicy.rules).toHaveLength(1);
    expect(resourcePolicy.rules[0]).toMatchObject({
      name: 'allow-write_file',
      actions: ['write_file'],
      effect: 'EFFECT_ALLOW',
      roles: ['agent'],
    });
  });

  test('the snippet compares the server and every plain argument', () => {
    expect(resourcePolicy.rules[0]!.condition.match.all.of.map(({ expr }) => expr)).toEqual([
      'R.attr.server.fingerprint == "f00"',
      `R.attr.arguments["path"] == "/w/it's.txt"`,
      'R.attr.arguments["count"] == 3.0',
      'R.attr.arguments["odd \\"name\\"\\u202e"] == true',
    ]);
  });

  test('names can’t break out of the snippet, and a star in one does not widen it', () => {
    const odd = "x']\n- name: 'evil*";
    const changed = { ...request, tool: { name: odd }, request: { actions: [odd] } };
    const { resourcePolicy: policy } = parse(ruleSnippet(changed, 'a\nb')) as Policy;
    expect(policy.rules).toHaveLength(1);
    expect(policy.rules[0]).toMatchObject({
      name: 'allow-x---name-evil-',
      actions: ["x'\\]\n- name: 'evil\\*"],
    });
    expect(policy.scope).toBe('my.files');
  });
});
