import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { normalized } from './normalize';
import { plantTree } from '../../../test/support/guard/tree';
import type { Tree } from '../../../test/support/guard/tree';
import { Work, workLimits } from './work';

let tree: Tree;
beforeAll(() => {
  tree = plantTree();
});
afterAll(() => tree.remove());

/** The pieces of texts that cost much to programs that read them carelessly. */
const units = [
  ...['a/', './', '../', 'a/../', 'out/', 'sub/../', '~/', '\\', '*/', 'a*/', '/*', 'é/', '/proc/self/root'],
  ...[':\n', ',', ';\n', 'a:', 'a,/etc/x,', '/etc/passwd\n', '/etc/passwd ', 'a ', '. ', ')  '],
  ...['{', '{.', '{..', '[', '(', '<', '<a ', '<a b=', '"', "'", '`', '"a" ', '{"a":', '[['],
  ...['$a', '${a', '$(', '%', '%2e/', '&#1;', '\0', '-', '@', 'x=', '*', 'file:', 'fs:a:', 'cat /etc '],
  ...['--- a\n+++ b\n', 'diff --git a b\n', '*** Update File: a\n', '<<<<<<< \n', ' and ', '-m "a" '],
];
const places = ['path', 'x', 'text', 'command', 'source', 'uri'];

/** All that was counted for a text, in each kind of argument. */
function workFor(text: string): readonly Work[] {
  return places.map((name) => {
    const work = new Work();
    tree.placed({ [name]: text }, {}, work);
    return work;
  });
}

describe('the work for an argument', () => {
  test.each(units)('the work for an argument grows no faster than a text of %j, and has an end', (unit) => {
    const small = workFor(unit.repeat(Math.ceil(15_000 / unit.length)));
    const large = workFor(unit.repeat(Math.ceil(30_000 / unit.length)));
    const huge = workFor(unit.repeat(Math.ceil(600_000 / unit.length)));
    for (const [at, work] of large.entries()) {
      const before = small[at] ?? new Work();
      expect(work.characters).toBeLessThanOrEqual(2 * before.characters + 70_000);
      expect(work.pathCharacters).toBeLessThanOrEqual(2 * before.pathCharacters + 70_000);
      expect(work.fileCalls).toBeLessThanOrEqual(2 * before.fileCalls + 100);
    }
    for (const work of huge) {
      expect(work.characters).toBeLessThanOrEqual(workLimits.characters);
      expect(work.pathCharacters).toBeLessThanOrEqual(workLimits.pathCharacters);
      expect(work.fileCalls).toBeLessThanOrEqual(workLimits.fileCalls);
      expect(work.candidates).toBeLessThanOrEqual(workLimits.candidates);
    }
  });

  test.each(['path', 'source', 'command', 'x'])(
    'the work for an argument is not done for a path that no system takes: it is outside where a path may be expected, in "%s"',
    (name) => {
      const work = new Work();
      const long = `src/${'a/'.repeat(15_000)}`;
      expect(tree.placed({ [name]: long }, {}, work)).toBe(name === 'x' ? 'none' : 'outside');
      expect(work.fileCalls).toBeLessThan(20);
    },
  );

  test('the work for an argument is a look at each place of the disk, not one for each reading', () => {
    const work = new Work();
    expect(tree.placed({ paths: Array.from({ length: 300 }, () => 'docs/guide.md') }, {}, work)).toBe(
      'inside',
    );
    expect(work.fileCalls).toBeLessThan(20);
  });

  test('the work for an argument is little for an ordinary call', () => {
    const work = new Work();
    tree.placed(
      {
        owner: 'acme',
        repo: 'shop',
        title: 'Read /etc/passwd no more',
        body: 'It is a link.',
        labels: ['bug'],
      },
      {},
      work,
    );
    expect(work.fileCalls).toBeLessThanOrEqual(16);
    expect(work.characters).toBeLessThanOrEqual(1_000);
  });
});

describe('over the bound', () => {
  const inside = { paths: ['src/a.ts', 'docs/guide.md', 'sub/b.ts'] };

  test('an argument over the bound of calls of the file system is outside', () => {
    expect(tree.placed(inside, {}, new Work(workLimits))).toBe('inside');
    expect(tree.placed(inside, {}, new Work({ ...workLimits, fileCalls: 8 }))).toBe('outside');
    expect(tree.placed({ path: '.mcp.json' }, {}, new Work({ ...workLimits, fileCalls: 0 }))).toBe(
      'protected',
    );
  });

  test.each(['characters', 'pathCharacters', 'candidates', 'strings'] as const)(
    'an argument over the bound of %s may be anything',
    (kind) => {
      expect(tree.placed(inside, {}, new Work({ ...workLimits, [kind]: 3 }))).toBe('protected');
    },
  );

  test('an argument over its own bound may be anything; but content is no path, however long', () => {
    const list = 'a,/etc/passwd,(b)'.repeat(20_000);
    expect(tree.placed({ x: list })).toBe('protected');
    expect(tree.placed({ path: 'src/a.ts', content: list })).toBe('inside');
    expect(tree.placed({ x: 'It reads the file, and then it stops. '.repeat(20_000) })).toBe('none');
  });

  test('an argument over the bound of one list may be anything', () => {
    const lines = Array.from({ length: 600 }, (_, at) => `/etc/${at}`).join('\n');
    expect(tree.placed({ x: lines })).toBe('protected');
  });
});

describe('dots taken by name', () => {
  test.each([
    ['/a/../b', '/b'],
    ['/../../a', '/a'],
    ['a/../../b', '../b'],
    ['../../a/..', '../..'],
    ['./a//b/./', 'a/b'],
    ['a/..', '.'],
    ['/', '/'],
    ['', '.'],
  ])('the dots of %j, taken by name, leave %j', (text, expected) => {
    expect(normalized(text)).toBe(expected);
  });
});
