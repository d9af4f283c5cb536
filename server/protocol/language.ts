import { NotificationType, RequestType } from 'vscode-jsonrpc/node';

// Messages between the language server and its client beyond the Language Server Protocol. Ranges are LSP's.

/** A place in a text as LSP counts: 0-based line, 0-based UTF-16 character. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

/** A stretch of a text, end exclusive. */
export interface TextRange {
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** `blocked`: the policies that it depends on have errors, so it could not run. */
export type TestOutcome = 'passed' | 'failed' | 'errored' | 'skipped' | 'blocked';

/** How many expectations came out how. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly errored: number;
  readonly skipped: number;
}

/** An expectation that did not come true, or could not be tried. */
export interface TestFailure {
  /** In the suite's file. */
  readonly range: TextRange;
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  /** The rule that decided. */
  readonly decidedBy?: { readonly name: string; readonly uri: string; readonly range: TextRange };
}

/** One test of a suite. */
export interface TestReport {
  readonly name: string;
  readonly range: TextRange;
  readonly outcome: TestOutcome;
  readonly counts: TestCounts;
  readonly skipReason?: string;
  readonly failures: readonly TestFailure[];
}

/** A suite with its tests and their latest results. */
export interface SuiteReport {
  readonly uri: string;
  readonly name: string;
  readonly range: TextRange;
  readonly outcome: TestOutcome;
  readonly counts: TestCounts;
  /** Why no test could run. */
  readonly error?: string;
  /** In the order of the file. */
  readonly tests: readonly TestReport[];
}

/** The suites that changed since the last notice. */
export interface TestsNotice {
  /** Suites that are new or came out differently. */
  readonly changed: readonly SuiteReport[];
  /** The files of suites that are gone. */
  readonly removed: readonly string[];
}

/** Server → client: suites and their results, whenever they change. */
export const testsNotice = new NotificationType<TestsNotice>('gatehouse/tests');

/** Which suites to run: all, if there is no `uri`. */
export interface RunTestsParams {
  readonly uri?: string;
  /** Which tests of that suite, counted from 0 in the order of the file; all, if left out. */
  readonly tests?: readonly number[];
}

/** Client → server: run suites anew and answer with what came out; if cancelled, with what came out until then. */
export const runTestsRequest = new RequestType<RunTestsParams, readonly SuiteReport[], undefined>(
  'gatehouse/runTests',
);

/** One outcome that something can have, and how often it had it. */
export interface CoveredBranch {
  readonly label: string;
  readonly range: TextRange;
  readonly count: number;
}

/** A rule or a derived role, and how often it applied. */
export interface CoveredRule {
  readonly range: TextRange;
  readonly count: number;
  /** Both outcomes of each part of its condition. */
  readonly branches: readonly CoveredBranch[];
}

/** How often tests reached each rule of one policy file. */
export interface PolicyCoverage {
  readonly uri: string;
  /** In the order of the file. */
  readonly rules: readonly CoveredRule[];
}

/** Client → server: what these tests exercise; nothing, if cancelled. */
export const coverageRequest = new RequestType<
  readonly RunTestsParams[],
  readonly PolicyCoverage[],
  undefined
>('gatehouse/coverage');

/** Which test to explain. */
export interface ExplainTestParams {
  readonly uri: string;
  /** Counted from 0, in the order of the file. */
  readonly test: number;
}

/** A document to be shown read-only. */
export interface Explanation {
  readonly title: string;
  /** Markdown. Places in it are written `path:line`, with paths relative to `root`. */
  readonly text: string;
  /** URI of the folder that the paths are relative to. */
  readonly root: string;
}

/** Client → server: why a test's decisions came out as they did; null if there is no such test. */
export const explainTestRequest = new RequestType<ExplainTestParams, Explanation | null, undefined>(
  'gatehouse/explainTest',
);

/** The commands that the server's code lenses name; a client registers them. Arguments: {@link RunTestsParams} and
 * {@link ExplainTestParams}. */
export const testCommands = { run: 'gatehouse.runTest', explain: 'gatehouse.explainTest' } as const;
