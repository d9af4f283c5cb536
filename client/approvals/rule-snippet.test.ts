import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ApprovalRequest } from '../../server/protocol';
import { ruleSnippet } from './rule-snippet';

const request = {
  kind: 'mcp:tool',
  server: { name: 'files', origin: 'user', fingerprint: 'f00' },
  tool: { name: 'write_file' },
  arguments: { path: "/w/it's.txt", count: 3, deep: { a: 1 }, 'odd "name"\u202E': true },
} as unknown as ApprovalRequest;

interface Rule {
  name: string;
  actions: string[];
  effect: string;
  condition: { match: { all: { of: { expr: string }[] } } };
}

describe('ruleSnippet', () => {
  const [rule] = parse(ruleSnippet(request, '/home/alice/.gatehouse/policies')) as Rule[];

  it('is one rule for exactly the tool', () => {
    expect(rule).toMatchObject({
      name: 'allow-write_file-of-files',
      actions: ['write_file'],
      effect: 'EFFECT_ALLOW',
      roles: ['agent'],
    });
  });

  it('compares the server and every plain argument', () => {
    expect(rule!.condition.match.all.of.map(({ expr }) => expr)).toEqual([
      'R.attr.server.fingerprint == "f00"',
      `R.attr.arguments["path"] == "/w/it's.txt"`,
      'R.attr.arguments["count"] == 3.0',
      'R.attr.arguments["odd \\"name\\"\\u202e"] == true',
    ]);
  });

  it('can’t be broken out of by names', () => {
    const [odd] = parse(
      ruleSnippet(
        { ...request, tool: { name: "x']\n- name: 'evil" }, server: { ...request.server, name: '\n#' } },
        'a\nb',
      ),
    ) as Rule[];
    expect(odd).toMatchObject({ name: 'allow-x---name-evil-of--', actions: ["x']\n- name: 'evil"] });
  });
});
