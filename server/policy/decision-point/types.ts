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
 * A policy decision point with the methods of Cerbos' own clients (`@cerbos/core`), so that this engine, a Cerbos Hub
 * bundle and a Cerbos server are interchangeable.
 */
export interface DecisionPoint {
  /** Decides one principal's actions on one resource. */
  checkResource(request: CheckResourceRequest, options?: RequestOptions): Promise<CheckResourcesResult>;
  /** Decides one principal's actions on several resources. The results have the order of the request. */
  checkResources(request: CheckResourcesRequest, options?: RequestOptions): Promise<CheckResourcesResponse>;
  /** Decides one action on one resource. */
  isAllowed(request: IsAllowedRequest, options?: RequestOptions): Promise<boolean>;
}

/**
 * A planner with the method of Cerbos' own clients. It tells on which resources of a kind a principal may perform
 * actions (Cerbos documentation, "PlanResources").
 */
export interface QueryPlanner {
  /**
   * Plans one principal's actions on resources of which only some attributes are known. The filter is a condition on
   * the rest.
   */
  planResources(request: PlanResourcesRequest, options?: RequestOptions): Promise<PlanResourcesResponse>;
}

/** Decides one request. The other methods of {@link DecisionPoint} are derived from it. */
export type CheckResources = DecisionPoint['checkResources'];

/** How to treat a decision point that may not answer. */
export interface AvailabilityOptions {
  /** Milliseconds after which the decision point counts as unavailable. */
  readonly timeoutMs?: number;
  /** Called with the cause each time that a request was denied because the decision point did not answer properly. */
  readonly onUnavailable?: (error: unknown) => void;
}
