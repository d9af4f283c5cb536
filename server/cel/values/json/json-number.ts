import type { JsonValue } from '../value';

/**
 * The reason, in protobuf's words, why JSON cannot hold a value; undefined if it can. Expressions can give infinite
 * numbers and NaN, and Cerbos' outputs hold them until they are written.
 */
export function jsonProblem(value: JsonValue): string | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value)
        ? undefined
        : `proto: google.protobuf.Value.number_value: invalid ${nameOf(value)} value`;
    case 'object':
      return value === null ? undefined : firstProblem(Object.values(value));
    default:
      return undefined;
  }
}

function firstProblem(values: readonly JsonValue[]): string | undefined {
  for (const value of values) {
    const problem = jsonProblem(value);
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}

function nameOf(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
