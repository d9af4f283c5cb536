import { describe, expect, test } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver';
import type { TestsNotice } from '../protocol';
import { Analysis } from './analysis';
import { albumFiles, albumWith } from '../../test/support/language/album';
import { setText, testRoot, workspaceOf } from '../../test/support/language/fixture-workspace';
import type { Workspace } from './workspace/workspace';

interface Heard {
  readonly workspace: Workspace;
  readonly analysis: Analysis;
  readonly notices: TestsNotice[];
  readonly diagnostics: Map<string, readonly Diagnostic[]>;
}

/** An analysis of a set with two suites, after all of it is known. */
async function analyzed(files: Readonly<Record<string, string>> = albumFiles): Promise<Heard> {
  const second = albumFiles['album_test.yaml'].replace('name: Albums', 'name: Second');
  const workspace = workspaceOf({ ...files, 'second_test.yaml': second });
  const notices: TestsNotice[] = [];
  const diagnostics = new Map<string, readonly Diagnostic[]>();
  const analysis = new Analysis(workspace, {
    publishDiagnostics: (uri, found) => void diagnostics.set(uri, found),
    publishTests: (notice) => void notices.push(notice),
    resultsChanged: () => undefined,
    log: (error) => {
      throw error;
    },
  });
  analysis.touch();
  await analysis.settled();
  return { workspace, analysis, notices, diagnostics };
}

const never = (): boolean => false;
const uri = `file://${testRoot}/album_test.yaml`;

describe('a run by hand', () => {
  test('a run by hand answers with all suites, or with the one', async () => {
    const { analysis } = await analyzed();
    expect((await analysis.rerun({}, never)).map(({ name }) => name)).toEqual(['Albums', 'Second']);
    expect((await analysis.rerun({ uri }, never)).map(({ name }) => name)).toEqual(['Albums']);
  });

  test('a run of one test by hand keeps the results of the others', async () => {
    const { analysis } = await analyzed(
      albumWith('album_test.yaml', (text) => text.replace('delete: EFFECT_ALLOW', 'delete: EFFECT_DENY')),
    );
    const [report] = await analysis.rerun({ uri, tests: [1] }, never);
    expect(report?.tests.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'owners failed',
      'moderators passed',
    ]);
  });

  test('a run by hand that is stopped answers with the results so far', async () => {
    const { analysis } = await analyzed();
    let asked = 0;
    // Once during the first suite and once behind it.
    const reports = await analysis.rerun({}, () => ++asked > 2);
    expect(reports.map(({ name }) => name)).toEqual(['Albums']);
    expect(await analysis.rerun({}, () => true)).toEqual([]);
    expect([...analysis.results(testRoot).keys()]).toEqual(['album_test.yaml', 'second_test.yaml']);
  });
});

describe('an edit', () => {
  test('an edit reports those suites only whose results changed', async () => {
    const { workspace, analysis, notices } = await analyzed();
    expect(notices.map(({ changed }) => changed.map(({ name }) => name))).toEqual([['Albums', 'Second']]);
    setText(workspace, `${testRoot}/album_test.yaml`, albumFiles['album_test.yaml'].replace('bob', 'alice'));
    analysis.touch();
    await analysis.settled();
    expect(notices.at(-1)?.changed.map(({ name }) => name)).toEqual(['Albums']);
  });

  test('an edit that is taken back takes its diagnostics back', async () => {
    const { workspace, analysis, diagnostics } = await analyzed();
    const file = `${testRoot}/album.yaml`;
    setText(workspace, file, albumFiles['album.yaml'].replace('[owner]', '[owners]'));
    analysis.touch();
    await analysis.settled();
    expect(diagnostics.get(`file://${file}`)).toMatchObject([{ code: 'unknown-derived-role' }]);
    setText(workspace, file, albumFiles['album.yaml']);
    analysis.touch();
    await analysis.settled();
    expect(diagnostics.get(`file://${file}`)).toEqual([]);
  });
});
