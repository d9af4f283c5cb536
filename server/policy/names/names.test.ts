import { describe, expect, test } from 'vitest';
import { ancestorScopes, identifierProblem, resourcePolicyName, rolePolicyName, sanitize } from './names';

describe('names', () => {
  test.each([
    ['resource_name', 'resource_name'],
    ['my-resource@some.domain-name/path', 'my_resource_some.domain_name_path'],
    ['my-resource@@@@some.domain-name//path', 'my_resource_some.domain_name_path'],
    ['mcp:tool', 'mcp_tool'],
    ['arn:aws:sns:us-east-1:123456789012:topic-foo', 'arn:aws:sns:us-east-1:123456789012:topic-foo'],
    ['x y', 'x y'],
  ])('%s is known as %s', (name, sanitized) => {
    expect(sanitize(name)).toBe(sanitized);
  });

  test('the name of a policy has its version and scope', () => {
    expect(resourcePolicyName('album', 'default', 'acme.hr')).toBe('resource.album.vdefault/acme.hr');
    expect(rolePolicyName('clerk', '', '')).toBe('role.clerk.vdefault');
  });

  test('the ancestors of a scope are listed from the nearest to the empty scope', () => {
    expect(ancestorScopes('a.b.c')).toEqual(['a.b', 'a', '']);
    expect(ancestorScopes('a')).toEqual(['']);
    expect(ancestorScopes('')).toEqual([]);
    expect(ancestorScopes('.')).toEqual(['']);
  });

  test('the name of a variable must be an identifier', () => {
    expect(identifierProblem('ok_1')).toBeUndefined();
    expect(identifierProblem('in')).toMatch(/reserved keyword/);
    expect(identifierProblem('1st')).toMatch(/not a valid identifier/);
  });

  test('a long name is turned into a policy’s name in linear time', () => {
    expect(sanitize(`${'a:'.repeat(50_000)}!`)).toContain('!');
  });
});
