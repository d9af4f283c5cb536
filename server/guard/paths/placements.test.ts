import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { benignArguments, benignTexts } from '../../../test/support/guard/benign-texts';
import { hostilePlacements } from '../../../test/support/guard/hostile-placements';
import { plantTree } from '../../../test/support/guard/tree';
import type { Tree } from '../../../test/support/guard/tree';

let tree: Tree;
beforeAll(() => {
  tree = plantTree();
});
afterAll(() => tree.remove());

describe('a path that is handed over is seen', () => {
  test.each(hostilePlacements.map(({ args, expected, what }) => [what, expected, args] as const))(
    'a text that is handed over as a path, %s, is %s',
    (_, expected, args) => {
      expect(tree.placed(args)).toBe(expected);
    },
  );

  test('a path that is handed over is seen in as many ways as the tables promise', () => {
    expect(hostilePlacements.length).toBeGreaterThanOrEqual(60);
    expect(benignTexts.length).toBeGreaterThanOrEqual(60);
    expect(new Set(hostilePlacements.map(({ args }) => JSON.stringify(args))).size).toBe(
      hostilePlacements.length,
    );
  });
});

describe('a text that speaks of a path is left alone', () => {
  test.each(benignTexts)('a text that speaks of a path is left alone: %j', (text) => {
    const flagged = benignArguments.filter(
      (name) => !['none', 'inside'].includes(tree.placed({ [name]: text })),
    );
    expect(flagged).toEqual([]);
    expect(tree.placed({ path: 'src/a.ts', content: text })).toBe('inside');
    expect(tree.placed({ path: 'src/a.ts', edits: [{ oldText: 'x', newText: text }] })).toBe('inside');
  });
});
