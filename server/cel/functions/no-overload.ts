import { fail } from '../evaluator/failure';
import type { Failure } from '../evaluator/failure';
import { typeNameOf } from '../values/kinds';
import type { CelValue } from '../values/value';

/** Types whose values cel-go asks first whether they know the function; their answer names no function. */
const receivers = new Set([
  'string',
  'google.protobuf.Timestamp',
  'google.protobuf.Duration',
  'cerbos.lib.hierarchy',
  'cerbos.lib.spiffeID',
  'cerbos.lib.spiffeTrustDomain',
  'cerbos.lib.spiffeMatcher',
]);

/** The failure of a function whose first argument is of a type that it is not for. */
export function noOverload(name: string, first: CelValue): Failure {
  return fail(receivers.has(typeNameOf(first)) ? 'no such overload' : `no such overload: ${name}`);
}
