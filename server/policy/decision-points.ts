/**
 * Decision points with the interface of `@cerbos/core`'s client: this engine, a Cerbos server over HTTP, a bundle of
 * Cerbos Hub.
 */
export type { AvailabilityOptions, DecisionPoint, QueryPlanner } from './decision-point/types';
export { Unavailable } from './decision-point/deny-when-unavailable';
export { engineDecisionPoint } from './decision-point/engine';
export type { EngineOptions } from './decision-point/engine';
export { httpDecisionPoint } from './decision-point/http';
export type { HttpOptions } from './decision-point/http';
export { embeddedDecisionPoint } from './decision-point/embedded';
export type { BundleSource, EmbeddedOptions } from './decision-point/embedded';
