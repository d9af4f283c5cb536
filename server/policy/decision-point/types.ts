import type {
  CheckResourceRequest,
  CheckResourcesRequest,
  CheckResourcesResponse,
  CheckResourcesResult,
  IsAllowedRequest,
  PlanResourcesRequest,
  PlanResourcesResponse,
  RequestOptions,
} from '@cerbos/core';

/**
 * Whatever decides, in the terms of Cerbos' own clients, so that this engine, a Cerbos Hub bundle and a central policy
 * decision point can stand in for each other.
 */
export interface DecisionPoint {
  /** Decides one principal's actions on one resource. */
  checkResource(request: CheckResourceRequest, options?: RequestOptions): Promise<CheckResourcesResult>;
  /** Decides one principal's actions on several resources; answers in their order. */
  checkResources(request: CheckResourcesRequest, options?: RequestOptions): Promise<CheckResourcesResponse>;
  /** Decides one action on one resource. */
  isAllowed(request: IsAllowedRequest, options?: RequestOptions): Promise<boolean>;
}

/** Whatever says for which resources of a kind something is allowed, in the terms of Cerbos' own clients. */
export interface QueryPlanner {
  /** Plans one principal's actions on resources that are known only in part; the filter is about the rest. */
  planResources(request: PlanResourcesRequest, options?: RequestOptions): Promise<PlanResourcesResponse>;
}

/** What every decision point is built on: the one method that the others follow from. */
export type CheckResources = DecisionPoint['checkResources'];

/** What a decision point that is somewhere else may take, and who hears when it does not answer. */
export interface AvailabilityOptions {
  /** After so long it counts as unavailable. */
  readonly timeoutMs?: number;
  /** Told why nothing was decided and all was denied. */
  readonly onUnavailable?: (error: unknown) => void;
}
