import type { SourceLocation } from '../position';

/** So many of so many. */
export interface Share {
  readonly covered: number;
  readonly total: number;
}

/** What a run of suites exercised of a policy set. Data only. */
export interface Coverage {
  /** Those with rules or derived roles, by path. */
  readonly files: readonly FileCoverage[];
  readonly totals: CoverageTotals;
}

export interface CoverageTotals {
  /** Rules that applied at least once. */
  readonly rules: Share;
  /** Derived roles that somebody had at least once. Nobody has one that no rule uses. */
  readonly derivedRoles: Share;
  /** Outcomes of conditions and their parts: each can hold, and can fail to. */
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
 * How often a rule came out how. It is looked at once for each action and role that it matches; one that never was has
 * nothing but zeros.
 */
export interface RuleCoverage {
  readonly name: string;
  /** `resource.album.vdefault#name` */
  readonly fqn: string;
  readonly location: SourceLocation;
  readonly activated: number;
  readonly conditionNotMet: number;
  readonly derivedRoleNotEffective: number;
  /** With strict evaluation: it could not be evaluated. */
  readonly errored: number;
  /** It matched, but the decision fell before. */
  readonly notReached: number;
  readonly condition?: ConditionCoverage;
}

/** How often a derived role came out how: once for each request and scope whose rules use it. */
export interface DerivedRoleCoverage {
  readonly name: string;
  readonly location: SourceLocation;
  readonly effective: number;
  readonly conditionNotMet: number;
  readonly noParentRole: number;
  readonly errored: number;
  readonly condition?: ConditionCoverage;
}

/** How often a condition, or a part of one, came out how. What was not needed for the outcome is not counted. */
export interface ConditionCoverage {
  readonly kind: 'expr' | 'all' | 'any' | 'none';
  /** The expression, and where it stands. */
  readonly source?: string;
  readonly location?: SourceLocation;
  readonly held: number;
  readonly notHeld: number;
  readonly errored: number;
  /** The parts of `all`, `any` and `none`. */
  readonly of: readonly ConditionCoverage[];
}
