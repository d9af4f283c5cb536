import type { BaseMode, LayerName } from './state/active';

/** A file that differs between what was edited and what is in force. */
export interface FileChange {
  readonly change: 'added' | 'changed' | 'removed';
  /** Within the layer. */
  readonly path: string;
  /** Absolute path of the copy in force; absent for an added file. */
  readonly active?: string;
  /** Absolute path of the edited file; absent for a removed one. */
  readonly edited?: string;
  /** Text of the copy in force; absent for an added file, and for one whose copy is damaged. */
  readonly activeText?: string;
  /** Text that activating puts into force; goes into the report's digest. Absent for a removed file. */
  readonly editedText?: string;
}

/** A diagnostic of an edited file. */
export interface LayerIssue {
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** An expectation of a test suite that does not come true. */
export interface FailedExpectation {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** The suite and the test, then what was expected and what came out. */
  readonly message: string;
}

/** Results of a layer's test suites, run against the edited policies of that layer. */
export interface LayerTests {
  readonly passed: number;
  /** Expectations that do not come true, those included that could not be tried. */
  readonly failed: number;
  /** The first of those that failed. */
  readonly failures: readonly FailedExpectation[];
}

/** The effect of an activation on the built-in base policies. */
export interface BaseChange {
  readonly mode: BaseMode;
  /** If they are replaced: the rules that are given up, each with its policy. */
  readonly givenUp: readonly string[];
  /** If they are replaced: results of the base's test suites against the policies that take its place. */
  readonly tests?: LayerTests;
}

/** A layer that differs from what is in force. */
export interface LayerChange {
  readonly layer: LayerName;
  readonly files: readonly FileChange[];
  /** Errors among them keep everything from being activated. */
  readonly issues: readonly LayerIssue[];
  /** Missing for servers, and for policies that do not compile. */
  readonly tests?: LayerTests;
  /** Present for the user's policies, if there are any. */
  readonly base?: BaseChange;
  /** A human has accepted exactly these files before. */
  readonly acceptedBefore: boolean;
}

/** The output of `gatehouse activate --json`: how the edited files differ from those in force. */
export interface ActivationReport {
  /** Digest of all changes. Activation fails if the files no longer have the digest that a person has seen. */
  readonly digest: string;
  readonly changes: readonly LayerChange[];
}

/** How many expectations of the edited policies' own test suites fail, in all layers. */
export function failedTests({ changes }: ActivationReport): number {
  return changes.reduce((sum, { tests }) => sum + (tests?.failed ?? 0), 0);
}
