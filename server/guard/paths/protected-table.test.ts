import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { protectedTable } from './protected-table';
import type { ProtectedRow } from './protected-table';
import { plantTree } from '../../../test/support/guard/tree';
import type { Tree } from '../../../test/support/guard/tree';

let tree: Tree;
beforeAll(() => {
  tree = plantTree();
});
afterAll(() => tree.remove());

/** A path of that place: something in a folder, any name for `*`. */
function example(place: string): string {
  return place.replace('*', 'any').replace(/\/$/, '/deep/file');
}

const places = protectedTable.flatMap(({ places: each, program }) =>
  each.map((place) => [program, place] as const),
);

describe('what programs run or obey', () => {
  test.each(places)(
    'the file of %s, %s, is protected wherever it lies, in any case, also for reading',
    (_, place) => {
      const path = example(place);
      for (const [folder, readOnly] of [
        ['', false],
        ['packages/a/', true],
        ['~/', false],
        ['ROOT/other/', true],
      ] as const) {
        expect(tree.placed({ path: folder + path }, { readOnly })).toBe('protected');
        expect(tree.placed({ path: folder + path.toUpperCase() }, { readOnly })).toBe('protected');
      }
    },
  );

  test.each(places)('the file of %s, %s, can be replaced neither by its folder nor by a link', (_, place) => {
    const parts = place.replace(/\/$/, '').split('/');
    if (parts.length > 1 && parts[0]?.startsWith('.')) {
      const path = parts.slice(0, -1).join('/').replace('*', 'any');
      const shared = ['.config', '.local', '.github', '.aws'].includes(path);
      expect(tree.placed({ path }, { readOnly: true })).not.toBe('protected');
      expect(tree.placed({ path })).toBe(shared ? 'inside' : 'protected');
    }
  });

  test('every protected file is named once, with the address of its documentation', () => {
    expect(new Set(places.map(([, place]) => place.toLowerCase())).size).toBe(places.length);
    for (const { program, source, what } of protectedTable) {
      expect(source).toMatch(program === 'Gatehouse' ? /^settings\.md$/ : /^https:\/\/[\w.-]+\.\w+\/\S*$/);
      expect(what).toMatch(/^\S.*[^.]$/);
    }
  });

  test.each([
    'README.md',
    'CLAUDE.md',
    '.gitignore',
    '.gitattributes',
    '.git/HEAD',
    '.github/workflows/ci.yml',
    '.github/CODEOWNERS',
    '.vscode/extensions.json',
    '.kiro/specs/a/tasks.md',
    '.claude/skills/a/SKILL.md',
    '.config/app/settings.json',
    '.idea/vcs.xml',
    'tasks.json',
    'settings.json',
    'rules/a.md',
    'src/.gitkeep',
    'hooks/pre-commit',
    'agents/a.md',
    'digit/config',
  ])('%s is an ordinary file', (path) => {
    expect(tree.placed({ path })).toBe('inside');
  });
});

describe('the documentation', () => {
  const page = join(import.meta.dirname, '../../../docs/protected-paths.md');

  test('the documentation lists exactly these (written anew with GATEHOUSE_WRITE_DOCS=1)', () => {
    const before = readFileSync(page, 'utf8');
    const start = before.indexOf('| program |');
    const after = `${before.slice(0, start)}${markdown(protectedTable)}\n`;
    if (process.env['GATEHOUSE_WRITE_DOCS'] === '1') {
      mkdirSync(dirname(page), { recursive: true });
      writeFileSync(page, after);
    }
    expect(readFileSync(page, 'utf8')).toBe(after);
  });
});

function markdown(rows: readonly ProtectedRow[]): string {
  const lines = rows.map(({ places: each, program, source, what }) => {
    const listed = each.map((place) => `\`${place}\``).join(' ');
    return `| [${program}](${source}) | ${what} | ${listed} |`;
  });
  return ['| program | what | places |', '|---|---|---|', ...lines].join('\n');
}
