import type { JsonValue, Range } from '../../cel';
import type { ActionDecision, CheckOutput, DecidingRule, OutputEntry, ValidationError } from '../check-types';
import type { Effect } from '../model/policy';
import type { SourceLocation } from '../position';

/** The result of an expression, or of a part of one. */
export type TracedResult =
  | {
      readonly kind: 'value';
      /** The value as a CEL expression. */
      readonly text: string;
      /** Missing if the value has no JSON form. */
      readonly value?: JsonValue;
    }
  | {
      readonly kind: 'error';
      readonly message: string;
      /** The sub-expression that failed. */
      readonly range: Range;
    }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'not-reached' };

/** One evaluation of a part of an expression. In a loop there is one entry per round. */
export interface TracedPart {
  /** UTF-16 offsets into the expression's text. */
  readonly range: Range;
  readonly text: string;
  readonly result: TracedResult;
}

export interface ExpressionTrace {
  readonly source: string;
  /** The place of the expression; missing for variables, which policies with the same definitions share. */
  readonly location?: SourceLocation;
  readonly result: TracedResult;
  /**
   * The results of the parts that say more than the whole (no literals, no `R.attr` of `R.attr.owner`), in the order in
   * which they were evaluated.
   */
  readonly parts: readonly TracedPart[];
}

/** The result of a condition. `held` is undefined if the condition was not reached, or if strict evaluation failed. */
export type ConditionTrace =
  | { readonly kind: 'expr'; readonly held: boolean | undefined; readonly expression: ExpressionTrace }
  | {
      readonly kind: 'all' | 'any' | 'none';
      readonly held: boolean | undefined;
      readonly of: readonly ConditionTrace[];
    };

export interface VariableTrace {
  readonly name: string;
  readonly expression: ExpressionTrace;
}

/**
 * The outcome of a rule:
 * - `decided`: the decision is this rule's;
 * - `activated`: it applies with the same effect as the decision, or has outputs only;
 * - `overridden`: it applies, but a stronger rule has another effect;
 * - `needs-consent`: it allows, but no parent scope consents;
 * - `condition-not-met`, `derived-role-not-effective`;
 * - `error`: strict evaluation could not evaluate it;
 * - `not-reached`: the decision was made before.
 */
export type RuleOutcome =
  | 'decided'
  | 'activated'
  | 'overridden'
  | 'needs-consent'
  | 'condition-not-met'
  | 'derived-role-not-effective'
  | 'error'
  | 'not-reached';

/** A rule whose action and role match. */
export interface ConsideredRule {
  readonly rule: DecidingRule;
  /** `resource.album.vdefault/acme` */
  readonly policy: string;
  /** Undefined for a rule that only has outputs. A denial that follows from a role policy is an `EFFECT_DENY`. */
  readonly effect?: Effect;
  readonly policyKind: 'principal' | 'resource';
  readonly scope: string;
  /** The role of the principal for which the rule was evaluated. */
  readonly role: string;
  readonly outcome: RuleOutcome;
  /**
   * The fully qualified name of the rule whose condition was evaluated, if the outcome was known from an earlier
   * evaluation.
   */
  readonly rememberedFrom?: string;
  readonly condition?: ConditionTrace;
  /** The condition of the derived role through which the rule matches. */
  readonly derivedRoleCondition?: ConditionTrace;
  /** The variables that the rule's expressions can read; empty if it was not reached. */
  readonly variables: readonly VariableTrace[];
  readonly outputs: readonly OutputEntry[];
}

export interface ActionExplanation {
  readonly action: string;
  readonly decision: ActionDecision;
  /** In the order of evaluation; rules that were not reached come last in their scope. */
  readonly rules: readonly ConsideredRule[];
  /** The schemas that reject the request. No rule was evaluated then. */
  readonly rejectedBy?: readonly Pick<SchemaExplanation, 'ref' | 'location'>[];
}

/** A derived role that rules at a scope use, and its outcome for the principal. */
export interface DerivedRoleExplanation {
  readonly name: string;
  /** `derived_roles.owners` */
  readonly policy: string;
  readonly location: SourceLocation;
  readonly scope: string;
  readonly parentRoles: readonly string[];
  readonly outcome: 'effective' | 'condition-not-met' | 'no-parent-role' | 'error';
  readonly condition?: ConditionTrace;
  readonly variables: readonly VariableTrace[];
}

/** The result of validating the attributes of the principal or resource by a schema of the policy. */
export interface SchemaExplanation {
  readonly whose: 'principal' | 'resource';
  /** The reference in the policy: `cerbos:///album.json`. */
  readonly ref: string;
  /** The path of the schema's file in the policy set. */
  readonly file?: string;
  /** The place of the reference in the policy. */
  readonly location: SourceLocation;
  /**
   * `valid`; `reported`: invalid, but no action is denied; `rejected`: invalid, and every action is denied; `ignored`:
   * not validated, since `ignoreWhen` matches every action of the request.
   */
  readonly outcome: 'valid' | 'reported' | 'rejected' | 'ignored';
  /** The globs of `ignoreWhen`. */
  readonly ignoreWhen: readonly string[];
  /** The actions of the request that `ignoreWhen` does not match. The schema is validated because of them. */
  readonly lookedAtFor: readonly string[];
  readonly errors: readonly ValidationError[];
}

/** A decision with everything that led to it. Plain data. */
export interface CheckExplanation {
  readonly output: CheckOutput;
  /** The schemas of the policy that are enforced. */
  readonly schemas: readonly SchemaExplanation[];
  /** Sorted by scope, then name. */
  readonly derivedRoles: readonly DerivedRoleExplanation[];
  readonly actions: readonly ActionExplanation[];
}
