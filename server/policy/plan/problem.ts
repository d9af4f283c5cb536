/** Thrown if no plan can be made. `cerbos 0.55` answers these requests with an error as well. */
export class PlanningError extends Error {
  override readonly name = 'PlanningError';
}
