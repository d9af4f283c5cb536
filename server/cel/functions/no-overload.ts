import { fail } from '../values/failure';
import type { Failure } from '../values/failure';
import { CelObject } from '../values/value';
import type { CelValue } from '../values/value';

/**
 * The failure of a function whose first argument is of a type that it is not for. A receiver is asked first whether it
 * knows the function, and its answer names no function.
 */
export function noOverload(name: string, first: CelValue): Failure {
  const isReceiver = typeof first === 'string' || (first instanceof CelObject && first.isReceiver());
  return fail(isReceiver ? 'no such overload' : `no such overload: ${name}`);
}
