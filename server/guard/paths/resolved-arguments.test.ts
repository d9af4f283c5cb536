import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PathContext } from './context';
import { isPlain, placeOfReplacement, resolvedArguments, withReplacements } from './resolved-arguments';
import { plantTree } from '../../../test/support/guard/tree';
import type { Tree } from '../../../test/support/guard/tree';

let tree: Tree;
beforeAll(() => {
  tree = plantTree();
  symlinkSync('src', join(tree.root, 'ws/in'));
  symlinkSync('a.ts', join(tree.root, 'ws/src/latest.ts'));
  mkdirSync(join(tree.root, 'ws2/in'), { recursive: true });
  writeFileSync(join(tree.root, 'ws2/in/latest.ts'), 'x');
});
afterAll(() => tree.remove());

/** The path that is forwarded in place of a path; ROOT stands for the tree. */
function forwarded(text: string, changes: Partial<PathContext> = {}): string {
  const args = { path: text.replaceAll('ROOT', tree.root) };
  const found = resolvedArguments(args, { ...tree.context, ...changes });
  const { path } = withReplacements(args, found);
  return typeof path === 'string' ? path.replaceAll(tree.root, 'ROOT') : '';
}

describe('a path through a link is forwarded without it', () => {
  test.each([
    ['absolute', 'ROOT/ws/in/a.ts', 'ROOT/ws/src/a.ts'],
    ['relative', 'in/a.ts', 'ROOT/ws/src/a.ts'],
    ['with a link at the end', 'src/latest.ts', 'ROOT/ws/src/a.ts'],
    ['to a file that is not there yet', 'in/new/b.ts', 'ROOT/ws/src/new/b.ts'],
    ['that leaves the workspace', 'out/file', 'ROOT/other/file'],
    ['with dots that mean the same either way', 'in/./a.ts', 'ROOT/ws/src/a.ts'],
    ['to a folder', 'in/', 'ROOT/ws/src'],
  ])('a path through a link is forwarded without it: %s', (_, text, expected) => {
    expect(forwarded(text)).toBe(expected);
  });

  test('a path is forwarded with a link at its end, where the link itself is taken away', () => {
    expect(forwarded('src/latest.ts', { takesTrees: true })).toBe('src/latest.ts');
    expect(forwarded('in/latest.ts', { takesTrees: true })).toBe('ROOT/ws/src/latest.ts');
  });

  test('a path through a link is forwarded without it wherever it is in the arguments, and nothing else is touched', () => {
    const args = {
      edits: [{ path: 'in/a.ts', oldText: 'in/a.ts' }],
      files: ['src/a.ts', 'in/a.ts'],
      count: 1,
    };
    const found = resolvedArguments(args, tree.context);
    const real = join(tree.root, 'ws/src/a.ts');
    expect(found.map(placeOfReplacement)).toEqual(['edits[0].path', 'files[1]']);
    expect(withReplacements(args, found)).toEqual({
      edits: [{ path: real, oldText: 'in/a.ts' }],
      files: ['src/a.ts', real],
      count: 1,
    });
  });
});

describe('a path is forwarded as it was sent', () => {
  test.each([
    ['without a link', 'src/a.ts'],
    ['without a link, absolute', 'ROOT/ws/src/a.ts'],
    ['with dots but no link', 'src/../src/a.ts'],
    ['with dots that mean two things', 'out/../file'],
    ['that can not be resolved', '/proc/self/cwd/in/a.ts'],
    ['as a pattern', 'in/*.ts'],
    ['as a URI', 'file://ROOT/ws/in/a.ts'],
    ['with a home', '~/in/a.ts'],
    ['with a variable', '$HOME/in/a.ts'],
    ['with a percent sign', 'in/%61.ts'],
    ['with quotes', '"in/a.ts"'],
    ['with a backslash', 'in\\a.ts'],
    ['as a list', 'in/a.ts,in/b.ts'],
    ['with a line break', 'in/a.ts\n'],
    ['with a space at its end', 'in/a.ts '],
    ['as an option', '-in/a.ts'],
    ['with nothing in it', ''],
  ])('a path is forwarded as it was sent: %s', (_, text) => {
    expect(forwarded(text)).toBe(text);
  });

  test('a path is forwarded as it was sent where several folders might be meant', () => {
    const bases = [join(tree.root, 'ws'), join(tree.root, 'ws2')];
    expect(forwarded('in/a.ts', { bases })).toBe('ROOT/ws/src/a.ts');
    expect(forwarded('in/a.ts', { bases: [...bases, join(tree.root, 'ws/.')] })).toBe('ROOT/ws/src/a.ts');
    expect(forwarded('in/latest.ts', { bases })).toBe('in/latest.ts');
    expect(forwarded('in/new.ts', { bases })).toBe('in/new.ts');
  });

  test.each(['content', 'query', 'command', 'source', 'x'])(
    'a path is forwarded as it was sent in an argument "%s", which is not named as a path',
    (name) => {
      expect(resolvedArguments({ [name]: 'in/a.ts' }, tree.context)).toEqual([]);
    },
  );
});

describe('a plain path', () => {
  test.each<[string, NodeJS.Platform, boolean]>([
    ['a/b c.ts', 'linux', true],
    ['/a/b', 'linux', true],
    ['//server/share', 'linux', false],
    ['C:\\a', 'linux', false],
    ['C:\\a\\b', 'win32', true],
    ['a\\b', 'win32', true],
    ['C:a', 'win32', false],
    ['a.txt:stream', 'win32', false],
    // Looking at these would log in on another machine.
    ['\\\\server\\share', 'win32', false],
    ['//server/share', 'win32', false],
    ['\\\\?\\C:\\a', 'win32', false],
  ])('the path %j on %s is plain: %s', (text, platform, expected) => {
    expect(isPlain(text, platform)).toBe(expected);
  });
});
