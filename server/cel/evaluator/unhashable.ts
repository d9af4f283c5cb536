import { Hierarchy } from '../values/hierarchy';
import { SpiffeMatcher } from '../values/spiffe';
import type { CelValue } from '../values/value';
import { goTypeName } from './go-types';

/**
 * Makes sure that a value can be the key of a map.
 * @throws Error for those that Go's maps panic at, which ends the evaluation whatever surrounds it
 */
export function assertHashable(key: CelValue): void {
  if (key instanceof Uint8Array || key instanceof Hierarchy || key instanceof SpiffeMatcher) {
    throw new Error(`runtime error: hash of unhashable type ${goTypeName(key)}`);
  }
}
