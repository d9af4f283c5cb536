import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeLenses } from './features/code-lens';
import { complete } from './features/completion';
import { definition } from './features/definition';
import { diagnostics } from './features/diagnostics';
import { documentSymbols } from './features/document-symbols';
import { explainTest } from './features/explain-test';
import { hover } from './features/hover';
import { inlayHints } from './features/inlay-hints';
import { reportSuite } from './results/report';
import type { SetResults } from './results/results';
import { rerun } from './results/run';
import { albumFiles } from '../../test/support/language/album';
import { atOnce, runAll } from '../../test/support/language/analyze';
import { fileIn, setText, testRoot, workspaceOf } from '../../test/support/language/fixture-workspace';
import type { Workspace } from './workspace/workspace';

// Whatever a file holds while somebody types: every feature answers, and in time. A run looks at some of the states,
// always the same ones; `GATEHOUSE_SEED=NUMBER` chooses others, and `GATEHOUSE_ROBUSTNESS=long` takes (nearly) all.

const isLong = process.env['GATEHOUSE_ROBUSTNESS'] === 'long';
const seed = Number(process.env['GATEHOUSE_SEED'] ?? 20_260);
/** How many beginnings of each file a short run looks at, about. */
const prefixes = 25;
const edits = isLong ? 2_000 : 250;

const repository = path.resolve(import.meta.dirname, '../..');
/** The most that all features together may take for one state of one file, on a machine that is busy; milliseconds. */
const patience = 120_000;

/** The files of a policy set on disk, by relative path. */
function filesIn(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(path.join(repository, folder), { recursive: true, encoding: 'utf8' })) {
    if (/\.ya?ml$/.test(name)) {
      files[name.replaceAll('\\', '/')] = readFileSync(path.join(repository, folder, name), 'utf8');
    }
  }
  return files;
}

/** Asks every feature about a file, at an offset; returns what the suites came out as. */
function everything(workspace: Workspace, file: string, offset: number, before?: SetResults): SetResults {
  const started = performance.now();
  const found = fileIn(workspace, file);
  const { set } = found;
  const position = found.file.lines.position(offset);
  const results = runAll(set, before);
  for (const each of set.files.keys()) {
    diagnostics(set, each, results);
  }
  complete(found, position, true);
  hover(found, position);
  definition(found, position);
  documentSymbols(found.file);
  codeLenses(found.file, 'file:///x');
  inlayHints(found.file, results);
  explainTest(found, results, 0);
  for (const [path, outcome] of results) {
    reportSuite(set, path, outcome);
    if (path === file) {
      atOnce(rerun(set, path, outcome, [0]));
    }
  }
  expect(performance.now() - started).toBeLessThan(patience);
  return results;
}

/** The policy sets of the repository. */
const sets: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'policies/base': filesIn('policies/base'),
  'policies/guardrails': filesIn('policies/guardrails'),
  'the demo’s policies': filesIn('demo/.gatehouse/policies'),
  'the album': albumFiles,
  'a policy in JSON': {
    'album.json': JSON.stringify(
      {
        apiVersion: 'api.cerbos.dev/v1',
        resourcePolicy: {
          resource: 'album',
          version: 'default',
          variables: { local: { open: "R.attr.tags.exists(tag, tag == 'open')" } },
          rules: [
            {
              name: 'public',
              actions: ['view', '*'],
              effect: 'EFFECT_ALLOW',
              roles: ['user'],
              condition: {
                match: { all: { of: [{ expr: 'V.open' }, { expr: 'P.attr.team == "design"' }] } },
              },
            },
          ],
        },
      },
      undefined,
      1,
    ),
  },
};

describe.each(Object.entries(sets))('%s', (_, files) => {
  test.each(Object.entries(files))(
    'the server survives prefixes of %s',
    { timeout: 300_000 },
    (file, text) => {
      // The file stands alone: the others do not change with it.
      const workspace = workspaceOf({ [file]: text, 'anchor.yaml': albumFiles['shared.yaml'] });
      let results: SetResults | undefined;
      for (const length of lengthsOf(text)) {
        setText(workspace, `${testRoot}/${file}`, text.slice(0, length));
        try {
          results = everything(workspace, file, length, results);
        } catch (error) {
          throw new Error(`The first ${length} characters of ${file}`, { cause: error });
        }
      }
    },
  );
});

/** Where to cut a text, from its start to its end. */
function lengthsOf(text: string): readonly number[] {
  const random = generator(seed);
  // Fixtures and suites are long and all alike, so that for them every few letters do.
  const stride = text.includes('api.cerbos.dev') ? 1 : 17;
  const widest = isLong ? 1 : Math.ceil((2 * text.length) / prefixes / stride);
  const lengths: number[] = [];
  for (let length = 0; length < text.length; length += stride * (1 + random(widest))) {
    lengths.push(length);
  }
  return [...lengths, text.length];
}

describe('random edits', () => {
  test(`the server survives ${edits} random edits, with seed ${seed}`, { timeout: 300_000 }, () => {
    const random = generator(seed);
    const paths = Object.keys(albumFiles) as (keyof typeof albumFiles)[];
    const workspace = workspaceOf(albumFiles);
    const texts: Record<string, string> = { ...albumFiles };
    let results: SetResults | undefined;
    for (let round = 0; round < edits; round++) {
      const file = paths[random(paths.length)] ?? 'album.yaml';
      // Every so often the file is whole again, so that edits do not all fall into rubble.
      const before = random(8) === 0 ? albumFiles[file] : (texts[file] ?? '');
      const at = random(before.length + 1);
      const after =
        before.slice(0, at) +
        (pieces[random(pieces.length)] ?? '') +
        before.slice(at + random(4) * random(12));
      texts[file] = after;
      setText(workspace, `${testRoot}/${file}`, after);
      try {
        results = everything(workspace, file, Math.min(after.length, at + random(6)), results);
      } catch (error) {
        throw new Error(`Seed ${seed}, round ${round}, ${file} at ${at}:\n${after}`, { cause: error });
      }
    }
  });
});

const pieces = [
  '',
  '',
  '\n',
  '\n  ',
  '\n      ',
  ' ',
  ':',
  ': ',
  '- ',
  '\n- ',
  '[',
  ']',
  '{',
  '}',
  ',',
  '"',
  "'",
  '#',
  '|',
  '>-\n',
  '&a ',
  '*a',
  '<<: *a',
  '---\n',
  '\t',
  '\r\n',
  '!',
  '%',
  '@',
  '\\',
  '\u0000',
  '\ud83d',
  'é',
  '😀',
  '(',
  ')',
  '.',
  '.?',
  '&&',
  '||',
  '!',
  'P.attr.',
  'V.',
  'C.x',
  'R.attr.x',
  '.all(x, x.',
  '?',
  'name: ',
  'rules:',
  'expr: ',
  'EFFECT_ALLOW',
  'apiVersion: api.cerbos.dev/v1\n',
  'resourcePolicy:\n',
  'derivedRoles: [',
  'import: [',
  'tests:\n',
  'principal: ',
  '__proto__: ',
  'constructor: 1',
  '1e999',
  '"\\ud800"',
  '[[[[',
  '{{{{',
];

/** A linear congruential generator: the same numbers everywhere. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
