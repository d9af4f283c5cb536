import type { JsonValue, Range } from '../../cel';
import type { ActionDecision, CheckOutput, DecidingRule, OutputEntry, ValidationError } from '../check-types';
import type { Effect } from '../model/policy';
import type { SourceLocation } from '../position';

/** What an expression, or a part of one, came to. */
export type TracedResult =
  | {
      readonly kind: 'value';
      /** As a CEL expression that gives the value. */
      readonly text: string;
      /** Missing if the value has no JSON form. */
      readonly value?: JsonValue;
    }
  | {
      readonly kind: 'error';
      readonly message: string;
      /** The part of the expression at fault. */
      readonly range: Range;
    }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'not-reached' };

/** A part of an expression. In a loop there is one for each round. */
export interface TracedPart {
  /** Offsets into the expression's text. */
  readonly range: Range;
  readonly text: string;
  readonly result: TracedResult;
}

export interface ExpressionTrace {
  readonly source: string;
  /** Where it is written; missing for variables, which policies with the same definitions share. */
  readonly location?: SourceLocation;
  readonly result: TracedResult;
  /** Parts that say something beyond the whole, in the order in which they were worked out: no literals, no `R.attr` of `R.attr.owner`. */
  readonly parts: readonly TracedPart[];
}

/** A condition with what it came to; `held` is undefined if it was not reached, or if strict evaluation failed. */
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
 * How a rule came out: `decided` (the decision is this rule's), `activated` (it applies and says the same, or only has
 * outputs), `overridden` (it applies but something stronger says otherwise), `needs-consent` (it allows, but no parent
 * scope agrees), `condition-not-met`, `derived-role-not-effective`, `error` (strict evaluation could not evaluate it),
 * `not-reached` (the decision fell before).
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
  /** The principal's role on whose behalf the rule was looked at. */
  readonly role: string;
  readonly outcome: RuleOutcome;
  /** The rule whose condition was evaluated, if the outcome was known from an earlier look. */
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
  /** In the order in which they were looked at; those that were not reached come last in their scope. */
  readonly rules: readonly ConsideredRule[];
  /** The schemas that do not allow the request, so that no rule was looked at. */
  readonly rejectedBy?: readonly Pick<SchemaExplanation, 'ref' | 'location'>[];
}

/** A derived role that rules at a scope use. */
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

/** What came of validating the attributes of principal or resource by the schema that the policy demands. */
export interface SchemaExplanation {
  readonly whose: 'principal' | 'resource';
  /** As the policy refers to it: `cerbos:///album.json`. */
  readonly ref: string;
  /** The schema's file in the policy set. */
  readonly file?: string;
  /** Where the policy refers to it. */
  readonly location: SourceLocation;
  /**
   * `valid`; `reported` (not valid, which denies nothing); `rejected` (not valid, which denies all actions); `ignored`
   * (not looked at, since `ignoreWhen` names all actions of the request).
   */
  readonly outcome: 'valid' | 'reported' | 'rejected' | 'ignored';
  /** What `ignoreWhen` names, as globs. */
  readonly ignoreWhen: readonly string[];
  /** The request's actions that `ignoreWhen` does not name, because of which the schema is looked at. */
  readonly lookedAtFor: readonly string[];
  readonly errors: readonly ValidationError[];
}

/** A decision with all that led to it. Data only. */
export interface CheckExplanation {
  readonly output: CheckOutput;
  /** Those of the policy that are enforced. */
  readonly schemas: readonly SchemaExplanation[];
  /** By scope, then name. */
  readonly derivedRoles: readonly DerivedRoleExplanation[];
  readonly actions: readonly ActionExplanation[];
}
