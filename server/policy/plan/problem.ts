/** Why no plan can be made; the binary answers such requests with an error as well. */
export class PlanningError extends Error {
  override readonly name = 'PlanningError';
}
