import type { JsonValue } from '../../cel';
import type { ActionDecision, CheckOptions, OutputEntry } from '../check-types';
import type { EngineTrace } from '../explain/engine-trace';
import type { PolicyIssue } from '../issues';
import type { Effect } from '../model/policy';
import type { TestSuite } from '../model/suite';
import type { ParsedFile } from '../parse/parsed';
import type { SourceLocation } from '../position';
import type { Pattern } from '../schemas/formats/pattern';
import type { Coverage } from './coverage/coverage-types';
import type { Fixtures } from './fixtures';
import type { ResultPlaces } from './places';
import type { PlannedTest } from './plan';

/** A test suite with the fixtures of the `testdata` folder beside it. */
export interface Suite {
  readonly file: ParsedFile;
  /** Undefined if the file could not be read as a suite. */
  readonly suite?: TestSuite;
  readonly fixtures: Fixtures;
  /** The mistakes of the suite as a whole. Those of its files are in {@link ParsedFile.issues}. */
  readonly issues: readonly PolicyIssue[];
  /** One for each principal and resource of each test. */
  readonly tests: readonly PlannedTest[];
  /** The reason, in the words of `cerbos 0.55`, why the suite cannot run. It is reported as errored. */
  readonly error?: string;
}

export type TestResult = 'skipped' | 'passed' | 'failed' | 'errored';

export interface RunOptions extends Pick<CheckOptions, 'strictEvaluation'> {
  readonly filter?: SuiteFilter;
  /** The deprecated `--run`: only tests whose full name matches run. Made by {@link parseTestPattern}. */
  readonly pattern?: Pattern;
  /** True: each action is decided by a check of its own. False: all actions of a test by one check. */
  readonly skipBatching?: boolean;
  /** True: schemas are not enforced. False: a schema violation denies, as `cerbos compile` does. */
  readonly ignoreSchemas?: boolean;
  /** True: results carry the engine's trace. The run takes several times as long. */
  readonly trace?: boolean;
  /** True: the results include coverage. The run takes several times as long. */
  readonly coverage?: boolean;
  /** Called repeatedly during the run. */
  readonly onProgress?: (progress: RunProgress) => void;
}

/** The progress of a run. A test here is one principal with one resource. */
export interface RunProgress {
  readonly suites: number;
  readonly ofSuites: number;
  readonly tests: number;
  readonly ofTests: number;
}

/**
 * The tests to run, by globs. A name passes if one of the globs of its dimension matches; an empty or missing list lets
 * every name pass.
 */
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
  /** Present exactly if {@link RunOptions.coverage} is set. */
  readonly coverage?: Coverage;
}

export interface Summary {
  readonly result: TestResult | 'none';
  /** The number of actions that were decided. */
  readonly tests: number;
  readonly counts: Readonly<Partial<Record<TestResult, number>>>;
}

export interface SuiteResult {
  readonly file: string;
  readonly name: string;
  readonly description?: string;
  readonly skipReason?: string;
  /** The place of the suite's name. */
  readonly location: SourceLocation;
  readonly summary: Summary;
  /** The reason why no test could run. */
  readonly error?: string;
  readonly tests: readonly TestCaseResult[];
}

export interface TestCaseResult {
  readonly name: string;
  /** The place of the test's name. */
  readonly location: SourceLocation;
  readonly summary: Summary;
  /** One for each principal, resource and action, in the order of execution. */
  readonly actions: readonly ActionResult[];
}

export interface ActionResult {
  readonly principal: string;
  readonly resource: string;
  readonly action: string;
  readonly result: TestResult;
  /**
   * The place of the expected effect, of the action's name in `input`, or of the expected output: what the result is
   * about.
   */
  readonly location: SourceLocation;
  readonly places: ResultPlaces;
  readonly expected: Effect;
  /** Missing if the test was skipped or errored. */
  readonly actual?: ActionDecision;
  readonly outputs: readonly OutputEntry[];
  readonly outputFailures: readonly OutputFailure[];
  readonly skipReason?: string;
  /** True if the filter left the action out; it does not count then. */
  readonly filtered?: boolean;
  readonly error?: string;
  /** The trace of the check that decided the action, if {@link RunOptions.trace} is set. */
  readonly trace?: readonly EngineTrace[];
}

/** An expected output that is missing, differs, or could not be evaluated. */
export interface OutputFailure {
  readonly src: string;
  readonly kind: 'missing' | 'mismatched' | 'errored';
  readonly expected?: JsonValue;
  readonly actual?: JsonValue;
  readonly error?: string;
  readonly location: SourceLocation;
}
