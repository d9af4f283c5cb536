import type { ParsedFile, SuiteResult, TestCaseResult, TestSuite } from '../../policy';

type Tables = NonNullable<TestSuite['tests']>['value'];

/** The tests of a suite as written, in order. */
export function tablesOf(file: ParsedFile): Tables {
  return file.documents.find((each) => each.kind === 'suite')?.suite.tests?.value ?? [];
}

/** Which of a suite's tests a result is about, counted from 0; -1 if it is about none. */
export function testAt(file: ParsedFile, tables: Tables, { location }: TestCaseResult): number {
  const offset = file.lines.offset(location.range.start);
  return tables.findIndex(({ span, value }) => (value.name?.span ?? span).start === offset);
}

/** Results by the place of the test in the file. A test that tries nothing has none. */
export function resultsByTest(
  file: ParsedFile,
  result: SuiteResult | undefined,
): ReadonlyMap<number, TestCaseResult> {
  const tables = tablesOf(file);
  return new Map((result?.tests ?? []).map((test) => [testAt(file, tables, test), test]));
}
