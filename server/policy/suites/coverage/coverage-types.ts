import type { SourceLocation } from '../../position';

export interface Share {
  readonly covered: number;
  readonly total: number;
}

/** The parts of a policy set that a run of suites exercised. Plain data. */
export interface Coverage {
  /** The files with rules or derived roles, sorted by path. */
  readonly files: readonly FileCoverage[];
  readonly totals: CoverageTotals;
}

export interface CoverageTotals {
  /** The rules that applied at least once. */
  readonly rules: Share;
  /** The derived roles that a principal had at least once. One that no rule uses is never covered. */
  readonly derivedRoles: Share;
  /** The outcomes of conditions and their parts. Each has two: held, and not held. */
  readonly outcomes: Share;
}

export interface FileCoverage {
  readonly file: string;
  /** In the order of the file. */
  readonly rules: readonly RuleCoverage[];
  readonly derivedRoles: readonly DerivedRoleCoverage[];
  readonly totals: CoverageTotals;
}

/**
 * The number of times that a rule had each outcome. A rule is evaluated once for each action and role that it matches;
 * one that never was has only zeros.
 */
export interface RuleCoverage {
  readonly name: string;
  /** `resource.album.vdefault#name` */
  readonly fqn: string;
  readonly location: SourceLocation;
  readonly activated: number;
  readonly conditionNotMet: number;
  readonly derivedRoleNotEffective: number;
  /** Under strict evaluation: the rule could not be evaluated. */
  readonly errored: number;
  /** The rule matched, but the decision was made before. */
  readonly notReached: number;
  readonly condition?: ConditionCoverage;
}

/** The number of times that a derived role had each outcome: once for each request and scope whose rules use it. */
export interface DerivedRoleCoverage {
  readonly name: string;
  readonly location: SourceLocation;
  readonly effective: number;
  readonly conditionNotMet: number;
  readonly noParentRole: number;
  readonly errored: number;
  readonly condition?: ConditionCoverage;
}

/**
 * The number of times that a condition, or a part of one, had each outcome. Parts that the outcome did not need are not
 * counted.
 */
export interface ConditionCoverage {
  readonly kind: 'expr' | 'all' | 'any' | 'none';
  /** The expression of a condition of kind `expr`, and its place. */
  readonly source?: string;
  readonly location?: SourceLocation;
  readonly held: number;
  readonly notHeld: number;
  readonly errored: number;
  /** The parts of `all`, `any` and `none`. */
  readonly of: readonly ConditionCoverage[];
}
