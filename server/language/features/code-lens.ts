import type { CodeLens, Command } from 'vscode-languageserver';
import type { ParsedFile } from '../../policy';
import { testCommands } from '../../protocol';
import type { ExplainTestParams, RunTestsParams } from '../../protocol';

/** *Run* above a suite, *Run* and *Why?* above each of its tests. */
export function codeLenses(file: ParsedFile, uri: string): CodeLens[] {
  const suite = file.documents.find((each) => each.kind === 'suite')?.suite;
  if (suite === undefined) {
    return [];
  }
  const run = (title: string, params: RunTestsParams): Command => ({
    title,
    command: testCommands.run,
    arguments: [params],
  });
  const lenses: CodeLens[] = [];
  if (suite.name !== undefined) {
    const { start, end } = suite.name.key ?? suite.name.span;
    lenses.push({ range: file.lines.range(start, end), command: run('Run all', { uri }) });
  }
  suite.tests?.value.forEach(({ value: { name } }, test) => {
    if (name === undefined) {
      return;
    }
    const { start, end } = name.key ?? name.span;
    const range = file.lines.range(start, end);
    const params: ExplainTestParams = { uri, test };
    lenses.push(
      { range, command: run('Run', { uri, tests: [test] }) },
      { range, command: { title: 'Why?', command: testCommands.explain, arguments: [params] } },
    );
  });
  return lenses;
}
