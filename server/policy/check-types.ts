import type { JsonObject, JsonValue, Timestamp } from '../cel';
import type { AuxDataInput } from './aux-data/types';
import type { Effect } from './model/policy';
import type { SourceLocation } from './position';

export interface PrincipalInput {
  readonly id: string;
  readonly roles: readonly string[];
  readonly attr?: JsonObject;
  readonly policyVersion?: string;
  readonly scope?: string;
}

export interface ResourceInput {
  readonly kind: string;
  readonly id: string;
  readonly attr?: JsonObject;
  readonly policyVersion?: string;
  readonly scope?: string;
}

/** One principal, one resource, and the actions that the principal wants to perform on it. */
export interface CheckInput {
  readonly requestId?: string;
  readonly principal: PrincipalInput;
  readonly resource: ResourceInput;
  readonly actions: readonly string[];
  /** What expressions read as `request.auxData`. */
  readonly auxData?: AuxDataInput;
}

export interface CheckOptions {
  /** An expression that cannot be evaluated denies the action. Cerbos' default, and ours, is that it counts as false. */
  readonly strictEvaluation?: boolean;
  /** A scope without policies falls back to its ancestors; without this, it denies. */
  readonly lenientScopeSearch?: boolean;
  readonly globals?: JsonObject;
  /** What `now()` is, the same for the whole check. Without it, an expression that reads the clock is an error. */
  readonly now?: Date | Timestamp;
  /** `default` if left out. */
  readonly defaultPolicyVersion?: string;
  readonly defaultScope?: string;
  /** What schemas do; `none`, as in Cerbos, if left out. */
  readonly schemaEnforcement?: SchemaEnforcement;
}

export interface CheckOutput {
  readonly requestId?: string;
  readonly resourceId: string;
  /** By action; a null-prototype object, so any action name is a key. */
  readonly actions: Readonly<Record<string, ActionDecision>>;
  /** Sorted. */
  readonly effectiveDerivedRoles: readonly string[];
  readonly outputs: readonly OutputEntry[];
  readonly validationErrors: readonly ValidationError[];
  /** Expressions that could not be evaluated, sorted. */
  readonly evaluationErrors: readonly EvaluationError[];
}

export interface ActionDecision {
  readonly effect: Effect;
  /** As Cerbos names it: `resource.album.vdefault/acme`, or `NO_MATCH`. */
  readonly policy: string;
  /** The scope of the rule that decided; empty if no rule did. */
  readonly scope: string;
  /**
   * Whether something said no: a DENY rule that applies, a role policy that does not list the action, strict evaluation
   * of an expression that cannot be evaluated, or a schema. False for an allowance, and when no rule matched.
   */
  readonly explicit: boolean;
  /** The rule that decided; absent if none did. */
  readonly rule?: DecidingRule;
  /** With strict evaluation the error that denied; where a schema rejects, what it rejects. */
  readonly error?: string;
  /** A schema does not allow the request, so that no rule was looked at. */
  readonly bySchema?: true;
}

export interface DecidingRule {
  readonly name: string;
  /** Fully qualified, as in outputs: `resource.album.vdefault#name`. */
  readonly fqn: string;
  readonly location: SourceLocation;
  /** The derived role through which the rule applied. */
  readonly derivedRole?: string;
}

export interface OutputEntry {
  /** The rule's fully qualified name. */
  readonly src: string;
  readonly action: string;
  /** Its numbers may be infinite or none, which JSON does not have: `jsonProblem` finds them. */
  readonly val?: JsonValue;
  readonly error?: string;
}

/** An attribute that is not as a schema wants it. */
export interface ValidationError {
  /** A JSON pointer into the attributes; `/` for all of them. */
  readonly path: string;
  readonly message: string;
  readonly source: 'SOURCE_PRINCIPAL' | 'SOURCE_RESOURCE';
}

/**
 * What becomes of attributes that a policy's schemas do not allow: nothing, a note in the answer, or a denial of all
 * actions.
 */
export type SchemaEnforcement = 'none' | 'warn' | 'reject';

export interface EvaluationError {
  readonly expression: string;
  readonly message: string;
}
