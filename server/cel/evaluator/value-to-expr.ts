import type { Expr, LiteralValue } from '../ast';
import { formatDuration } from '../values/time/duration-text';
import { Duration } from '../values/time/duration';
import { isMap, mapGet, mapKeys } from '../values/kinds';
import { Timestamp } from '../values/time/timestamp';
import { formatTimestamp } from '../values/time/timestamp-text';
import { Uint } from '../values/uint';
import type { CelValue } from '../values/value';

/**
 * An expression that gives a value; undefined if there is none.
 * @param like the node that the expression replaces: it takes over its id and range
 * @param others makes the expressions of values that are not literals, times, lists or maps
 */
export function valueToExpr(
  value: CelValue,
  like: Expr,
  others: (value: CelValue, like: Expr) => Expr | undefined = () => undefined,
): Expr | undefined {
  const base = { id: like.id, range: like.range, position: like.position };
  const call = (name: string, text: string): Expr => ({
    ...base,
    kind: 'call',
    name,
    nameRange: like.range,
    args: [{ ...base, kind: 'literal', value: text }],
  });
  if (isLiteralValue(value)) {
    return Number.isFinite(value) || typeof value !== 'number'
      ? { ...base, kind: 'literal', value }
      : call('double', Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity');
  }
  if (value instanceof Timestamp) {
    return call('timestamp', formatTimestamp(value));
  }
  if (value instanceof Duration) {
    return call('duration', formatDuration(value));
  }
  if (Array.isArray(value)) {
    const elements = (value as readonly CelValue[]).map((element) => valueToExpr(element, like, others));
    return elements.every((element) => element !== undefined)
      ? { ...base, kind: 'list', elements, optional: [] }
      : undefined;
  }
  if (isMap(value)) {
    const entries = mapKeys(value).map((key) => ({
      key: valueToExpr(key, like, others),
      value: valueToExpr(mapGet(value, key) ?? null, like, others),
      optional: false,
    }));
    return entries.every(
      (entry): entry is { key: Expr; value: Expr; optional: boolean } => !!entry.key && !!entry.value,
    )
      ? { ...base, kind: 'map', entries }
      : undefined;
  }
  return others(value, like);
}

function isLiteralValue(value: CelValue): value is LiteralValue & CelValue {
  return typeof value !== 'object' || value === null || value instanceof Uint || value instanceof Uint8Array;
}
