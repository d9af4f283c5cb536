import { compareBytes } from '../bytes';
import { Duration } from '../time/duration';
import { compareNumbers, isNumeric } from '../numbers';
import { compareText } from '../text';
import { Timestamp } from '../time/timestamp';
import type { CelValue } from '../value';

/**
 * Orders two values (CEL specification, "Ordering").
 * @returns negative, zero or positive; NaN if one of them is NaN; undefined if the types have no order between them
 */
export function compare(a: CelValue, b: CelValue): number | undefined {
  if (isNumeric(a)) {
    return isNumeric(b) ? compareNumbers(a, b) : undefined;
  }
  if (typeof a === 'string') {
    return typeof b === 'string' ? compareText(a, b) : undefined;
  }
  if (typeof a === 'boolean') {
    return typeof b === 'boolean' ? Number(a) - Number(b) : undefined;
  }
  if (a instanceof Timestamp) {
    return b instanceof Timestamp ? a.seconds - b.seconds || a.nanos - b.nanos : undefined;
  }
  if (a instanceof Duration) {
    return b instanceof Duration ? compareNumbers(a.nanos, b.nanos) : undefined;
  }
  if (a instanceof Uint8Array) {
    return b instanceof Uint8Array ? compareBytes(a, b) : undefined;
  }
  return undefined;
}

/** False for the types that `<` does not take. */
export function isOrdered(value: CelValue): boolean {
  return (
    isNumeric(value) ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    value instanceof Timestamp ||
    value instanceof Duration ||
    value instanceof Uint8Array
  );
}
