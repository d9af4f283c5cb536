import { CelObject } from '../value';
import type { CelValue } from '../value';
import { goTypeName } from '../go-type-name';

/**
 * Makes sure that a value can be the key of a map.
 * @throws Error for those that Go's maps panic at, which ends the evaluation whatever surrounds it
 */
export function assertHashable(key: CelValue): void {
  if (key instanceof Uint8Array || (key instanceof CelObject && !key.isHashable())) {
    throw new Error(`runtime error: hash of unhashable type ${goTypeName(key)}`);
  }
}
