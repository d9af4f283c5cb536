import type { JsonValue } from '../../cel';
import type { ActionDecision, CheckOptions, OutputEntry } from '../check-types';
import type { EngineTrace } from '../explain/engine-trace';
import type { PolicyIssue } from '../issues';
import type { Effect } from '../model/policy';
import type { TestSuite } from '../model/suite';
import type { ParsedFile } from '../parsed';
import type { SourceLocation } from '../position';
import type { Pattern } from '../schemas/pattern';
import type { Coverage } from './coverage-types';
import type { Fixtures } from './fixtures';
import type { ResultPlaces } from './places';
import type { PlannedTest } from './plan';

/** A test suite with the fixtures of the `testdata` folder beside it. */
export interface Suite {
  readonly file: ParsedFile;
  /** Undefined if the file could not be read as a suite. */
  readonly suite?: TestSuite;
  readonly fixtures: Fixtures;
  /** What is wrong with the suite as a whole, beyond what its files' own issues say. */
  readonly issues: readonly PolicyIssue[];
  /** Every principal with every resource of every test. */
  readonly tests: readonly PlannedTest[];
  /** Why it cannot run, in `cerbos 0.55`'s words. Such a suite is reported as errored. */
  readonly error?: string;
}

export type TestResult = 'skipped' | 'passed' | 'failed' | 'errored';

export interface RunOptions extends Pick<CheckOptions, 'strictEvaluation'> {
  readonly filter?: SuiteFilter;
  /** Which tests to run, by their full names: the deprecated `--run`, in the form of {@link parseTestPattern}. */
  readonly pattern?: Pattern;
  /** Whether each action is decided by itself, rather than all actions of a test at once. */
  readonly skipBatching?: boolean;
  /** Whether attributes may be anything. Otherwise what a schema does not allow is denied. */
  readonly ignoreSchemas?: boolean;
  /** Whether results carry the engine's trace. Takes several times as long. */
  readonly trace?: boolean;
  /** Whether to find out what the tests exercised. Takes several times as long. */
  readonly coverage?: boolean;
  /** Told again and again how far the run is. */
  readonly onProgress?: (progress: RunProgress) => void;
}

/** How far a run is. A test here is a principal with a resource. */
export interface RunProgress {
  readonly suites: number;
  readonly ofSuites: number;
  readonly tests: number;
  readonly ofTests: number;
}

/** Which tests to run: globs, any of which may match; an empty or missing list matches everything. */
export interface SuiteFilter {
  readonly suite?: readonly string[];
  readonly test?: readonly string[];
  readonly principal?: readonly string[];
  readonly resource?: readonly string[];
  readonly action?: readonly string[];
}

export interface SuiteResults {
  /** Ordered by file. */
  readonly suites: readonly SuiteResult[];
  readonly summary: Summary;
  /** Present exactly if it was asked for. */
  readonly coverage?: Coverage;
}

export interface Summary {
  readonly result: TestResult | 'none';
  /** How many actions were tried. */
  readonly tests: number;
  readonly counts: Readonly<Partial<Record<TestResult, number>>>;
}

export interface SuiteResult {
  readonly file: string;
  readonly name: string;
  readonly description?: string;
  readonly skipReason?: string;
  /** Where the suite's name stands. */
  readonly location: SourceLocation;
  readonly summary: Summary;
  /** Why no test could run. */
  readonly error?: string;
  readonly tests: readonly TestCaseResult[];
}

export interface TestCaseResult {
  readonly name: string;
  /** Where the test's name stands. */
  readonly location: SourceLocation;
  readonly summary: Summary;
  /** One for each principal, resource and action, in the order in which they were tried. */
  readonly actions: readonly ActionResult[];
}

export interface ActionResult {
  readonly principal: string;
  readonly resource: string;
  readonly action: string;
  readonly result: TestResult;
  /** The expected effect, the action's name in `input`, or the expectation's output: whatever the result speaks of. */
  readonly location: SourceLocation;
  readonly places: ResultPlaces;
  readonly expected: Effect;
  /** Missing if the test was skipped or errored. */
  readonly actual?: ActionDecision;
  readonly outputs: readonly OutputEntry[];
  readonly outputFailures: readonly OutputFailure[];
  readonly skipReason?: string;
  /** True if the filter left it out, so that it does not count. */
  readonly filtered?: boolean;
  readonly error?: string;
  /** Of the whole check that decided the action, if the run was to trace. */
  readonly trace?: readonly EngineTrace[];
}

/** An expected output that did not come. */
export interface OutputFailure {
  readonly src: string;
  readonly kind: 'missing' | 'mismatched' | 'errored';
  readonly expected?: JsonValue;
  readonly actual?: JsonValue;
  readonly error?: string;
  readonly location: SourceLocation;
}
