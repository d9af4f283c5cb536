import { describe, expect, test } from 'vitest';
import { scopeOf } from './scope';

describe('the scope of a server', () => {
  test.each([
    ['github', 'github'],
    ['my_server-2', 'my_server-2'],
    ['github.evil', 'github_x2e_evil'],
    ['io.github/files', 'io_x2e_github_x2f_files'],
    ['my server', 'my_x20_server'],
    ['é😀', 's_x__xe9__x1f600_'],
    ['_a', 's_x__x5f_a'],
    ['-a', 's_x__x2d_a'],
    ['a_x2e_b', 'a_x5f_x2e_b'],
    ['', 's_x_'],
  ])('the scope of the server %j is %s', (name, scope) => {
    expect(scopeOf(name)).toBe(scope);
  });

  test('the scope of a server is one that Cerbos takes, and another for another name', () => {
    const names = [
      'a.b',
      'a_x2e_b',
      'a_x5f_x2e_b',
      '_',
      '-',
      '.',
      's_x2e_',
      'a',
      'A',
      '',
      'x'.repeat(500),
      'x'.repeat(501),
    ];
    const scopes = names.map(scopeOf);
    expect(new Set(scopes).size).toBe(names.length);
    expect(scopes.filter((scope) => !/^[0-9a-zA-Z][\w-]*$/.test(scope))).toEqual([]);
  });
});
