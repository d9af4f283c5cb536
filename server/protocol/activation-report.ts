import type { LayerName } from './state/active';

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

/** A layer that differs from what is in force. */
export interface LayerChange {
  readonly layer: LayerName;
  readonly files: readonly FileChange[];
  /** Errors among them keep everything from being activated. */
  readonly issues: readonly LayerIssue[];
  /** A human has accepted exactly these files before. */
  readonly acceptedBefore: boolean;
}

/** What `gatehouse activate --json` says of the differences between what was edited and what is in force. */
export interface ActivationReport {
  /** Of all changes together: what is activated must still have it. */
  readonly digest: string;
  readonly changes: readonly LayerChange[];
}
