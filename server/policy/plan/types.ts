import type { JsonObject } from '../../cel';
import type { AuxDataInput } from '../aux-data/types';
import type { EvaluationError, PrincipalInput, ValidationError } from '../check-types';
import type { Filter } from './filter';

/** Resources of one kind, as far as they have something in common. */
export interface ResourceQueryInput {
  readonly kind: string;
  /** Attributes that are known already; the filter is about the others. */
  readonly attr?: JsonObject;
  readonly policyVersion?: string;
  readonly scope?: string;
}

/** On which resources of a kind may a principal perform all of these actions? */
export interface PlanInput {
  readonly requestId?: string;
  readonly principal: PrincipalInput;
  readonly resource: ResourceQueryInput;
  readonly actions: readonly string[];
  /** The value of `request.auxData` in expressions. */
  readonly auxData?: AuxDataInput;
}

export interface PlanOutput {
  readonly requestId?: string;
  readonly filter: Filter;
  /** The filter as one line; `NO_MATCH` if no policy says anything. */
  readonly filterText: string;
  /** By action, the most general scope whose rules have a say and the last word; a null-prototype object. */
  readonly matchedScopes: Readonly<Record<string, string>>;
  readonly validationErrors: readonly ValidationError[];
  /** Expressions that could not be evaluated, sorted. */
  readonly evaluationErrors: readonly EvaluationError[];
}
