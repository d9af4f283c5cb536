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
  /** What is in force; absent for an added file, and for one whose copy is damaged. */
  readonly activeText?: string;
  /** What activating puts into force, and what the report's digest is of; absent for a removed file. */
  readonly editedText?: string;
}

/** What is wrong, or may be, with an edited file. */
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

/** What the test suites of a layer come to under the policies beside them. */
export interface LayerTests {
  readonly passed: number;
  /** Expectations that do not come true, those included that could not be tried. */
  readonly failed: number;
  /** The first of those that failed. */
  readonly failures: readonly FailedExpectation[];
}

/** What becomes of the built-in base policies. */
export interface BaseChange {
  readonly mode: BaseMode;
  /** If they are replaced: the rules that are given up, each with its policy. */
  readonly givenUp: readonly string[];
  /** If they are replaced: what their test suites come to under the policies that take their place. */
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

/** What `gatehouse activate --json` says of the differences between what was edited and what is in force. */
export interface ActivationReport {
  /** Of all changes together: what is activated must still have it. */
  readonly digest: string;
  readonly changes: readonly LayerChange[];
}

/** How many expectations of the edited policies' own test suites fail, in all layers. */
export function failedTests({ changes }: ActivationReport): number {
  return changes.reduce((sum, { tests }) => sum + (tests?.failed ?? 0), 0);
}
