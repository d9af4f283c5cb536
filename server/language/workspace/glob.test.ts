import { expect, test } from 'vitest';
import { folderGlob } from './glob';

test.each([
  ['**/policies', 'project/policies', true],
  ['**/policies', 'policies', true],
  ['**/policies', 'project/a/.b/policies', true],
  ['**/policies', 'project/policies/more', false],
  ['**/policies/', 'project/policies', true],
  ['**/policies/**', 'project/policies', true],
  ['./project/*/policies', 'project/a/policies', true],
  ['project/*/policies', 'project/a/b/policies', false],
  ['**/{authz,cerbos}/policies', 'project/cerbos/policies', true],
  ['**/{authz,cerbos}/policies', 'project/other/policies', false],
  ['**/cerbos-?', 'project/cerbos-1', true],
  ['**/*pol*', 'project/my-policies', true],
  ['**/*pol*x', 'project/my-policies', false],
])('the glob %s names the folder %s: %s', (glob, path, expected) => {
  expect(folderGlob(glob)(path)).toBe(expected);
});

test('hostile globs take no longer than others', () => {
  const glob = folderGlob(`${'**/'.repeat(40)}x`);
  const started = performance.now();
  expect(glob(`${'a/'.repeat(200)}y`)).toBe(false);
  expect(folderGlob(`${'*a'.repeat(50)}x`)('a'.repeat(2000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(120_000);
});
