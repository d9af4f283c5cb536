import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** The architecture's table: who may import whom. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  cel: [],
  policy: ['cel', 'protocol'],
  guard: ['policy', 'cel', 'protocol'],
  language: ['policy', 'cel', 'protocol'],
  cli: ['guard', 'language', 'policy', 'cel', 'protocol'],
  client: ['protocol'],
};
const layers = Object.keys(mayImport);
const withPublicApi = ['cel', 'policy', 'protocol'];
/** The modules of public APIs, and those that programs start with. */
const entryPoints = ['index', 'folder', 'tokens', 'decision-points', 'main', 'extension'].map(
  (name) => `${name}.ts`,
);

const folderOf = (layer: string): string =>
  path.join(root, layer === 'client' ? 'client' : `server/${layer}`);

/** The file of a layer that others may import. */
function entryOf(layer: string): string {
  return withPublicApi.includes(layer) ? path.join(folderOf(layer), 'index.ts') : innerFileOf(layer);
}

/** Some file of a layer that is no part of its public API. */
function innerFileOf(layer: string): string {
  const names = readdirSync(folderOf(layer), { recursive: true, encoding: 'utf8' });
  const name = names.find(
    (each) => each.endsWith('.ts') && !each.endsWith('.test.ts') && !entryPoints.includes(each),
  );
  if (name === undefined) {
    throw new Error(`The layer ${layer} has no module.`);
  }
  return path.join(folderOf(layer), name);
}

// Only the rules in question, and without the types that they do not need.
const eslint = new ESLint({
  cwd: root,
  overrideConfig: [{ languageOptions: { parserOptions: { projectService: false, project: null } } }],
  ruleFilter: ({ ruleId }) => ruleId.startsWith('boundaries/') || ruleId.startsWith('no-restricted-'),
});

/** Lints a module of a layer that has one line: an import. */
async function lintImport(
  layer: string,
  imported: string,
  inFolder = '.',
  file = 'planted.ts',
): Promise<string[]> {
  const filePath = path.join(folderOf(layer), inFolder, file);
  const relative = path.relative(path.dirname(filePath), imported).split(path.sep).join('/');
  const specifier = (path.isAbsolute(imported) ? relative : imported).replace(/(\/index)?\.ts$/, '');
  const dotted = path.isAbsolute(imported) && !specifier.startsWith('.') ? `./${specifier}` : specifier;
  const results = await eslint.lintText(`import { planted } from '${dotted}';\nplanted();\n`, { filePath });
  return results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => ruleId ?? message));
}

const pairs = layers.flatMap((from) => layers.filter((to) => to !== from).map((to) => [from, to] as const));
const permitted = pairs.filter(([from, to]) => mayImport[from]!.includes(to));
const forbidden = pairs.filter(([from, to]) => !mayImport[from]!.includes(to));

describe('layers', () => {
  test.each(permitted)('%s may import %s', async (from, to) => {
    expect(await lintImport(from, entryOf(to))).toEqual([]);
  });

  test.each(forbidden)('%s may not import %s', async (from, to) => {
    expect(await lintImport(from, entryOf(to))).toEqual(['boundaries/dependencies']);
    expect(await lintImport(from, entryOf(to), 'deep/inside')).toEqual(['boundaries/dependencies']);
  });

  const reachers = permitted.filter(([, to]) => withPublicApi.includes(to));
  test.each(reachers)('%s may not reach past the index.ts of %s', async (from, to) => {
    expect(await lintImport(from, innerFileOf(to))).toEqual(['boundaries/dependencies']);
  });

  test.each(['folder', 'tokens', 'decision-points'])('others may import the %s of policy', async (name) => {
    expect(await lintImport('cli', path.join(folderOf('policy'), `${name}.ts`))).toEqual([]);
  });

  test.each(layers)('modules inside %s import each other directly', async (layer) => {
    expect(await lintImport(layer, innerFileOf(layer))).toEqual([]);
  });

  test.each(layers.filter((layer) => layer !== 'client'))("%s never imports 'vscode'", async (layer) => {
    expect(await lintImport(layer, 'vscode')).toEqual(['no-restricted-imports']);
  });

  test("client may import 'vscode'", async () => {
    expect(await lintImport('client', 'vscode')).toEqual([]);
  });

  test.each([
    ['decide', ['no-restricted-globals']],
    ['relay', ['no-restricted-globals']],
    ['upstream', []],
  ])('code in server/guard/%s that names the process: %j', async (folder, expected) => {
    const filePath = path.join(folderOf('guard'), folder, 'planted.ts');
    const results = await eslint.lintText('export const found = process.platform;\n', { filePath });
    expect(results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId))).toEqual(expected);
  });

  const testCode = layers.flatMap((layer) =>
    ['test/tools.ts', 'test/support/policy/compile.ts', 'test/support/client/person.ts'].map(
      (file) => [layer, file] as const,
    ),
  );
  test.each(testCode)('the product code of %s may not import %s', async (layer, file) => {
    expect(existsSync(path.join(root, file))).toBe(true);
    expect(await lintImport(layer, path.join(root, file))).not.toEqual([]);
  });

  test.each(layers)('a test of %s may import test/support, and no layer that %s may not', async (layer) => {
    const lintTest = (imported: string): Promise<string[]> =>
      lintImport(layer, imported, 'deep', 'planted.test.ts');
    expect(await lintTest(path.join(root, 'test/support/policy/compile.ts'))).toEqual([]);
    const refused = forbidden.filter(([from]) => from === layer).map(([, to]) => entryOf(to));
    for (const entry of refused) {
      expect(await lintTest(entry)).toEqual(['boundaries/dependencies']);
    }
  });

  /** Lints a file under test/ that imports a file of the repository. */
  const lintOutside = (file: string, imported: string): Promise<string[]> =>
    lintImport(
      'protocol',
      path.join(root, imported),
      path.relative(folderOf('protocol'), path.join(root, path.dirname(file))),
      path.basename(file),
    );

  test.each(layers)('a test under test/ may not reach inside %s', async (layer) => {
    const inside = path.relative(root, innerFileOf(layer));
    expect(await lintOutside('test/deep/planted.test.ts', inside)).toEqual(['boundaries/dependencies']);
    expect(await lintOutside('test/deep/planted.ts', inside)).toEqual(['boundaries/dependencies']);
    expect(await lintOutside('test/support/deep/planted.ts', inside)).toEqual([]);
  });

  const open = [
    ...withPublicApi.map((layer) => `server/${layer}/index.ts`),
    ...['guard', 'language', 'cli'].map((layer) => `server/${layer}/main.ts`),
    ...['server/policy/tokens.ts', 'client/extension.ts', 'test/tools.ts', 'test/support/client/person.ts'],
  ];
  test.each(open)('a test under test/ may import %s', async (imported) => {
    expect(existsSync(path.join(root, imported))).toBe(true);
    expect(await lintOutside('test/deep/planted.test.ts', imported)).toEqual([]);
  });
});

describe('circles', () => {
  /** The circles that scripts/cycles.mjs finds among some files. */
  function circlesOf(files: Readonly<Record<string, string>>, graphs = '[graph]'): unknown {
    const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-circles-'));
    try {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
        writeFileSync(path.join(folder, name), text);
      }
      const checker = pathToFileURL(path.join(root, 'scripts/cycles.mjs')).href;
      const script = `
        import { cyclesOf, folderGraphs, importGraph } from ${JSON.stringify(checker)};
        const graph = importGraph(process.argv.slice(1));
        console.log(JSON.stringify(${graphs}.flatMap(cyclesOf)));`;
      const paths = Object.keys(files).map((name) => path.join(folder, name));
      const arguments_ = ['--input-type=module', '-e', script, ...paths];
      const { stdout } = spawnSync(process.execPath, arguments_, { encoding: 'utf8' });
      const circles = JSON.parse(stdout) as string[][];
      return circles.map((circle) => circle.map((file) => path.basename(file)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test('a circle of modules is found, through a type too', () => {
    const circles = circlesOf({
      'a.ts': "import { b } from './b';",
      'b.ts': "import type { C } from './c';",
      'c.ts': "export { a } from './a';",
    });
    expect(circles).toEqual([['a.ts', 'b.ts', 'c.ts', 'a.ts']]);
  });

  const folders = '[...folderGraphs(graph).values()]';

  test('a circle of folders beside each other is found, where no modules form one', () => {
    const files = {
      'part/one/a.ts': "import '../two/b';",
      'part/two/b.ts': '',
      'part/two/c.ts': "import type { D } from '../one/d';",
      'part/one/d.ts': '',
    };
    expect(circlesOf(files)).toEqual([]);
    expect(circlesOf(files, folders)).toEqual([['one', 'two', 'one']]);
  });

  test('folders may import each other in tests, and modules beside folders', () => {
    const files = {
      'part/one/a.ts': "import '../two/b';",
      'part/two/b.ts': "import '../names';",
      'part/two/b.test.ts': "import '../one/a';",
      'part/names.ts': '',
      'part/all.ts': "import './one/a';",
    };
    expect(circlesOf(files, folders)).toEqual([]);
  });

  test('a diamond is no circle', () => {
    const circles = circlesOf({
      'a.ts': "import './b'; import './c';",
      'b.ts': "import './d';",
      'c.ts': "import './d';",
      'd.ts': "import 'node:fs';",
    });
    expect(circles).toEqual([]);
  });
});
