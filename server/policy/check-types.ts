import type { JsonObject, JsonValue, Timestamp } from '../cel';
import type { AuxDataInput } from './aux-data/types';
import type { Effect } from './model/policy';
import type { SourceLocation } from './position';

/** Who asks: a principal of a request to check (Cerbos documentation, "Request and response formats"). */
export interface PrincipalInput {
  readonly id: string;
  readonly roles: readonly string[];
  readonly attr?: JsonObject;
  readonly policyVersion?: string;
  readonly scope?: string;
}

/** The object of the actions: a resource of a request to check (Cerbos documentation, "Request and response formats"). */
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
  /** The claims of verified tokens. Expressions read them as `request.auxData`. */
  readonly auxData?: AuxDataInput;
}

/** How to check. Options that are left out have the defaults of Cerbos' configuration (`engine`, `schema`). */
export interface CheckOptions {
  /** True: an expression that cannot be evaluated denies the action. False, the default: it counts as false. */
  readonly strictEvaluation?: boolean;
  /** True: a scope without policies falls back to its nearest ancestor that has some. False, the default: it denies. */
  readonly lenientScopeSearch?: boolean;
  readonly globals?: JsonObject;
  /** The time that `now()` gives, the same for the whole check. Without it, `now()` and `timeSince()` are errors. */
  readonly now?: Date | Timestamp;
  /** The version of principals and resources that name none; `default` if left out. */
  readonly defaultPolicyVersion?: string;
  readonly defaultScope?: string;
  /** `none` if left out, as in Cerbos. */
  readonly schemaEnforcement?: SchemaEnforcement;
}

/** The decisions on one resource. */
export interface CheckOutput {
  readonly requestId?: string;
  readonly resourceId: string;
  /** One entry for each action of the input. The object has no prototype, so any action name is a key. */
  readonly actions: Readonly<Record<string, ActionDecision>>;
  /** The derived roles that matching rules use and that the principal has on the resource, sorted. */
  readonly effectiveDerivedRoles: readonly string[];
  readonly outputs: readonly OutputEntry[];
  readonly validationErrors: readonly ValidationError[];
  /** The expressions that could not be evaluated, sorted. */
  readonly evaluationErrors: readonly EvaluationError[];
}

export interface ActionDecision {
  readonly effect: Effect;
  /**
   * The policy that decided, as Cerbos names it: `resource.album.vdefault/acme`; `NO_MATCH` if no policy exists for the
   * request.
   */
  readonly policy: string;
  /** The scope of the rule that decided; empty if no rule did. */
  readonly scope: string;
  /**
   * True if something denied: a DENY rule that applies, a role policy that does not list the action, a schema, or
   * strict evaluation of an expression that cannot be evaluated. False for an ALLOW, and for the denial that follows
   * when no rule matched.
   */
  readonly explicit: boolean;
  /** Absent if no rule decided. */
  readonly rule?: DecidingRule;
  /** The evaluation error that denied under strict evaluation, or the message of the schema that rejected. */
  readonly error?: string;
  /** Present if a schema rejected the request. No rule was evaluated then. */
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
  /** The fully qualified name of the rule whose output this is: `resource.album.vdefault#name`. */
  readonly src: string;
  readonly action: string;
  /** A number in it may be infinite or NaN, which JSON does not have; `jsonProblem` finds those. */
  readonly val?: JsonValue;
  readonly error?: string;
}

/** An attribute that violates a schema (Cerbos documentation, "Schemas"). */
export interface ValidationError {
  /** A JSON pointer (RFC 6901) into the attributes; `/` for the attributes as a whole. */
  readonly path: string;
  readonly message: string;
  readonly source: 'SOURCE_PRINCIPAL' | 'SOURCE_RESOURCE';
}

/**
 * The effect of a schema violation: `none`, no effect; `warn`, an entry in `validationErrors`; `reject`, that entry,
 * and every action is denied.
 */
export type SchemaEnforcement = 'none' | 'warn' | 'reject';

export interface EvaluationError {
  readonly expression: string;
  readonly message: string;
}
