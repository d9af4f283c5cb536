import type { Explanation } from '../../cel';
import type {
  Candidate,
  CompiledCondition,
  CompiledExpression,
  DerivedRole,
  Params,
} from '../compile/table/rows';
import type { Effect } from '../model/policy';
import type { Entry } from './lookup/scope-entry';
import type { DecidingRule, OutputEntry } from '../check-types';

/** An expression, and all that its evaluation went through. */
interface ExpressionStep {
  readonly kind: 'expression';
  readonly expression: CompiledExpression;
  readonly explanation: Explanation;
}

/** A condition of several parts; those that were not needed are not among the steps. */
interface GroupStep {
  readonly kind: 'group';
  readonly condition: Exclude<CompiledCondition, { kind: 'expr' }>;
  readonly steps: Step[];
  /** Undefined if a part could not be evaluated. */
  held?: boolean;
}

/** The variables that expressions of a policy read. They are worked out once, before the first that reads them. */
export interface VariablesStep {
  readonly kind: 'variables';
  readonly params: Params;
  /** One for each of the variables, in their order. */
  readonly steps: ExpressionStep[];
}

/** The evaluation of one derived role. */
export interface DerivedRoleStep {
  readonly kind: 'derivedRole';
  readonly role: DerivedRole;
  readonly scope: string;
  readonly steps: Step[];
  /** Undefined if the principal has none of the parent roles. */
  outcome?: 'effective' | 'condition-not-met' | 'error';
}

/** A lookup at one scope on behalf of one role. */
export interface ScopeStep {
  readonly kind: 'scope';
  readonly policyKind: 'principal' | 'resource';
  readonly scope: string;
  readonly role: string;
  /** Every rule that matches, also those that are not reached. */
  readonly entries: readonly Entry[];
  readonly steps: Step[];
  /** The effect at this scope. If it is missing, or `needs-consent`, the next scope is evaluated. */
  outcome?: Effect | 'needs-consent';
}

/** A rule that matches role, resource and action. */
export interface RuleStep {
  readonly kind: 'rule';
  readonly candidate: Candidate;
  readonly steps: Step[];
  /** Undefined while it is not known. */
  outcome?: 'activated' | 'condition-not-met' | 'derived-role-not-effective' | 'error';
  /** True if the outcome was known: the rule was met before with another role or action. */
  remembered?: boolean;
}

/** The condition of the derived role through which a rule matches. */
interface ThroughStep {
  readonly kind: 'through';
  readonly role: DerivedRole;
  readonly steps: Step[];
}

interface OutputStep {
  readonly kind: 'output';
  readonly candidate: Candidate;
  readonly steps: Step[];
  entry?: OutputEntry;
}

export interface ActionStep {
  readonly kind: 'action';
  readonly action: string;
  readonly steps: Step[];
  /** The rule that decided, and the role for which it did. */
  decidedBy?: { readonly rule: DecidingRule; readonly role: string };
  effect?: Effect;
}

/** Everything that deciding does, in order, and what it does for what. */
export type Step =
  | ActionStep
  | ScopeStep
  | RuleStep
  | ThroughStep
  | GroupStep
  | ExpressionStep
  | VariablesStep
  | DerivedRoleStep
  | OutputStep;

type Parent = Extract<Step, { readonly steps: unknown }>;
type ParentOf<K extends Parent['kind']> = Extract<Parent, { readonly kind: K }>;

/** Takes notes while a request is decided. Deciding asks it nothing, so that it decides the same without. */
export class Recorder {
  readonly steps: Step[] = [];
  /** The policy that Cerbos' traces name: that of the resource, or of the principal if scopes leave none. */
  policy = '';
  readonly #open: Parent[] = [];

  /** Notes a step that others are part of, until {@link close}. */
  open<K extends Parent['kind']>(kind: K, parts: Omit<ParentOf<K>, 'kind' | 'steps'>): ParentOf<K> {
    const step = { kind, steps: [], ...parts } as unknown as ParentOf<K>;
    this.add(step);
    this.#open.push(step);
    return step;
  }

  close(): void {
    this.#open.pop();
  }

  add(step: Step): void {
    const steps = (this.#open.at(-1)?.steps as Step[] | undefined) ?? this.steps;
    steps.push(step);
  }
}
