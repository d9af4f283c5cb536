import type { JsonValue, Program, Range } from '../../../cel';
import type { Effect } from '../../model/policy';
import type { SourceLocation } from '../../position';

/** An expression, ready to run. */
export interface CompiledExpression {
  readonly source: string;
  readonly program: Program;
  /** Where the expression, or a stretch of its text, stands in its file. Worked out when asked for. */
  readonly locate?: (range?: Range) => SourceLocation;
}

/** A condition that is one expression. */
export interface ConditionLeaf {
  readonly kind: 'expr';
  readonly expression: CompiledExpression;
  /** The expression's, at hand: with many policies, each object that is looked at takes time. */
  readonly program: Program;
}

/** A condition, ready to run. */
export type CompiledCondition =
  ConditionLeaf | { readonly kind: 'all' | 'any' | 'none'; readonly of: readonly CompiledCondition[] };

interface CompiledVariable {
  readonly name: string;
  /** The expression's. */
  readonly program: Program;
  readonly expression: CompiledExpression;
}

/**
 * The variables and constants that expressions read. Two policies with the same ones share one object, and a check works
 * out the variables of each object once.
 */
export interface Params {
  readonly constants: ReadonlyMap<string, JsonValue>;
  /** Each after those that it reads. */
  readonly variables: readonly CompiledVariable[];
  /**
   * True if the variable mentions `runtime`, the only value that changes while a request is decided. A variable that
   * does not can be evaluated at another time, and once instead of twice.
   */
  readonly readsRuntime: boolean;
}

/** Those of a rule that has none. */
export const noParams: Params = { constants: new Map(), variables: [], readsRuntime: false };

/** True if an expression may read a variable or a constant; true also for such a word in a string or comment. */
export function mentionsParams(source: string): boolean {
  return /\b(V|variables|C|constants)\b/.test(source);
}

/** True also for the word in a string or comment, which costs only speed. */
export function mentionsRuntime(source: string): boolean {
  return source.includes('runtime');
}

export interface CompiledOutput {
  readonly ruleActivated?: CompiledExpression;
  readonly conditionNotMet?: CompiledExpression;
}

/** A rule's effect, condition and outputs, shared by its rows. */
export interface Rule {
  readonly name: string;
  /** `resource.album.vdefault#name` */
  readonly fqn: string;
  /** The policy, without the rule. */
  readonly policy: string;
  readonly effect: Effect;
  readonly condition?: CompiledCondition;
  readonly params: Params;
  readonly output?: CompiledOutput;
  /**
   * True if effect and condition are the opposite of those in the policy: an ALLOW became a DENY for the case that its
   * condition, the only part of this one, does not hold.
   */
  readonly inverted?: boolean;
  /** Worked out when asked for. Rules have a function each, which all their candidates share. */
  readonly location: () => SourceLocation;
}

export interface DerivedRole {
  readonly name: string;
  /** Exact names, or `*`. */
  readonly parentRoles: ReadonlySet<string>;
  readonly condition?: CompiledCondition;
  readonly params: Params;
  /** The set that defines it: `derived_roles.owners` */
  readonly policy: string;
  /** Worked out when asked for. */
  readonly location: () => SourceLocation;
}

/** A rule that may apply to a request, once its conditions are looked at. */
export interface Candidate extends Omit<Rule, 'effect'> {
  /** Undefined for one that only hands back outputs. */
  readonly effect: Effect | undefined;
  readonly derivedRole?: DerivedRole;
  /**
   * Candidates with the same key share the outcome of their conditions within a check: those of one rule, apart for each
   * derived role. Those without a key have no condition.
   */
  readonly key?: object;
  /** True if the rule comes from a role policy. A denial then names that policy. */
  readonly fromRolePolicy: boolean;
}

/** One way in which a rule can match: an action and a role. */
export interface Row {
  /** Rows of one scope are tried in this order. */
  readonly order: number;
  readonly action: string;
  readonly role: string;
  readonly candidate: Candidate;
}

/** One entry of a role policy: the actions that the role may perform on a kind of resource. */
export interface RoleEntry {
  readonly role: string;
  /** A name or a glob. */
  readonly resource: string;
  /** Names or globs. */
  readonly actions: readonly string[];
  readonly rule: Omit<Rule, 'effect'>;
  /** Entries with the same key share the outcome of their conditions within a check. */
  readonly key: object;
}

/** A role policy. */
export interface RolePolicyHead {
  readonly role: string;
  /** `role.editor.vdefault` */
  readonly policy: string;
  readonly location: () => SourceLocation;
}
