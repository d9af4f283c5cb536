import { InlayHintKind } from 'vscode-languageserver';
import type { InlayHint, Range } from 'vscode-languageserver';
import type { ParsedFile, Summary, TestCaseResult, TestTable } from '../../policy';
import { resultsByTest, tablesOf } from '../results/by-test';
import type { SetResults } from '../results/results';

/**
 * Results of tests, shown inside a suite: a ✓ behind each expectation that came true, counts behind the names of the
 * suite and its tests. `path` is relative to the set's root.
 */
export function inlayHints(file: ParsedFile, results: SetResults): InlayHint[] {
  const result = results.get(file.path)?.result;
  if (result === undefined || !file.documents.some((each) => each.kind === 'suite')) {
    return [];
  }
  const hints: InlayHint[] = [countHint(result.location.range, result.summary)];
  const tables = tablesOf(file);
  for (const [at, test] of resultsByTest(file, result)) {
    hints.push(countHint(test.location.range, test.summary));
    const table = tables[at]?.value;
    if (table !== undefined) {
      hints.push(...expectationHints(file, table, test));
    }
  }
  return hints;
}

function isWithin(line: number, range: Range): boolean {
  return line >= range.start.line && line <= range.end.line;
}

/** A ✓ where every combination came true. An action without an expectation has no place to show it. */
function expectationHints(file: ParsedFile, table: TestTable, test: TestCaseResult): InlayHint[] {
  const expected = table.expected?.span;
  if (expected === undefined) {
    return [];
  }
  const inside = file.lines.range(expected.start, expected.end);
  const places = new Map<string, { readonly range: Range; passed: boolean }>();
  for (const { location, result } of test.actions) {
    const { start, end } = location.range;
    if (result === 'skipped' || !isWithin(start.line, inside)) {
      continue;
    }
    const key = `${end.line}:${end.character}`;
    const place = places.get(key) ?? { range: location.range, passed: true };
    place.passed &&= result === 'passed';
    places.set(key, place);
  }
  return [...places.values()].filter(({ passed }) => passed).map(({ range }) => hint(range, '✓'));
}

function countHint(range: Range, { counts }: Summary): InlayHint {
  const { passed = 0, failed = 0, errored = 0, skipped = 0 } = counts;
  const parts = [
    ...(failed > 0 ? [`✗ ${failed} of ${passed + failed + errored}`] : []),
    ...(errored > 0 ? [`⚠ ${errored}`] : []),
    ...(passed > 0 && failed + errored === 0 ? [`✓ ${passed}`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return hint(range, parts.length === 0 ? 'no tests' : parts.join(', '));
}

function hint(range: Range, label: string): InlayHint {
  return { position: range.end, label, paddingLeft: true, kind: InlayHintKind.Type };
}
