import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { unusedIn } from '../../scripts/unused.mjs';

let base: string;
beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'gatehouse-unused-'));
});
afterEach(() => {
  rmSync(base, { recursive: true });
});

/** Lists what is unused in a repository whose one program is `server/cli/main.ts`, with these files besides. */
function unusedAmong(files: Readonly<Record<string, string>>): Omit<ReturnType<typeof unusedIn>, 'looked'> {
  const all = { 'esbuild.js': "const entryPoints = ['server/cli/main.ts'];", ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(base, name)), { recursive: true });
    writeFileSync(path.join(base, name), text);
  }
  const { exports, files: unused } = unusedIn(base);
  return { files: unused, exports };
}

test('an export that no other file uses is reported, be it a value, a type or a re-export', () => {
  const { exports, files } = unusedAmong({
    'server/cli/main.ts': "import { used } from './parts';\nimport './again';\nused();",
    'server/cli/again.ts': "export { used } from './parts';",
    'server/cli/parts.ts':
      'export function used(): void {}\nexport const one = 1, two = one;\nexport interface Lone {}\nexport class Own {}\nnew Own();',
  });
  expect(files).toEqual([]);
  expect(exports.toSorted()).toEqual([
    'server/cli/again.ts: used',
    'server/cli/parts.ts: Lone',
    'server/cli/parts.ts: Own',
    'server/cli/parts.ts: one',
    'server/cli/parts.ts: two',
  ]);
});

test('a file that nothing imports is reported, also if only tests import it', () => {
  const { files } = unusedAmong({
    'server/cli/main.ts': '',
    'server/cli/lost.ts': 'export const lost = 1;',
    'client/tested.ts': 'export const tested = 1;',
    'test/tested.test.ts': "import { tested } from '../client/tested';\ntested;",
    'test/support/unused.ts': '',
  });
  expect(files.toSorted()).toEqual(['client/tested.ts', 'server/cli/lost.ts', 'test/support/unused.ts']);
});

test('a test counts as a user of its own layer only', () => {
  const { exports } = unusedAmong({
    'server/cli/main.ts': "import './parts';",
    'server/cli/parts.ts': 'export const near = 1;\nexport const far = 2;\nexport const helped = 3;',
    'server/cli/parts.test.ts': "import { near } from './parts';\nnear;",
    'server/cel/other.test.ts': "import { far } from '../cli/parts';\nfar;",
    'test/support/cli/help.ts':
      "import { helped } from '../../../server/cli/parts';\nexport const help = helped;",
    'test/help.test.ts': "import { help } from './support/cli/help';\nhelp;",
  });
  expect(exports).toEqual(['server/cli/parts.ts: far', 'server/cli/parts.ts: helped']);
});

test('all ways of importing count, and so do paths by which programs are started', () => {
  const { exports, files } = unusedAmong({
    'server/cli/main.ts': `
      import * as all from './all';
      import { a as b } from './renamed';
      const { c } = await import('./taken');
      (await import('./picked')).d;
      type E = import('./typed').E;`,
    'server/cli/all.ts': 'export const x = 1;\nexport const y = 2;',
    'server/cli/renamed.ts': 'export const a = 1;\nexport const b = 2;',
    'server/cli/taken.ts': 'export const c = 1;\nexport const c2 = 2;',
    'server/cli/picked.ts': 'export const d = 1;\nexport const d2 = 2;',
    'server/cli/typed.ts': 'export type E = 1;\nexport type E2 = 2;',
    'server/cel/index.ts': 'export const open = 1;',
    'test/started.test.ts': "start('test/support/program.ts');",
    'test/support/program.ts': '',
  });
  expect(files).toEqual([]);
  expect(exports.toSorted()).toEqual([
    'server/cli/picked.ts: d2',
    'server/cli/renamed.ts: b',
    'server/cli/taken.ts: c2',
    'server/cli/typed.ts: E2',
  ]);
});
