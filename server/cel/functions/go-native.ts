import { Duration } from '../values/time/duration';
import { isList, isMap, typeNameOf } from '../values/kinds';
import { Optional } from '../values/optional';
import { Timestamp } from '../values/time/timestamp';
import { TypeValue } from '../values/type-value';
import type { CelValue } from '../values/value';

/** The message of cel-go for a value that it cannot convert to the type that Go code expects. */
export function goKindName(value: CelValue, wanted: string): string {
  if (isList(value)) {
    return `type conversion error from list to '${wanted}'`;
  }
  if (isMap(value)) {
    return `type conversion error from map to '${wanted}'`;
  }
  if (value instanceof Timestamp) {
    return `type conversion error from 'Timestamp' to '${wanted}'`;
  }
  if (value instanceof Duration) {
    return `type conversion error from 'Duration' to '${wanted}'`;
  }
  switch (typeof value) {
    case 'boolean':
      return `type conversion error from bool to '${wanted}'`;
    case 'number':
      return `type conversion error from Double to '${wanted}'`;
    case 'bigint':
      return `unsupported type conversion from 'int' to ${wanted}`;
    default:
      if (value === null) {
        return `type conversion error from 'null_type' to '${wanted}'`;
      }
      if (value instanceof Uint8Array) {
        return `type conversion error from Bytes to '${wanted}'`;
      }
      return value instanceof Optional || value instanceof TypeValue
        ? `type conversion not supported for '${typeNameOf(value)}'`
        : `unsupported type conversion from '${typeNameOf(value)}' to ${wanted}`;
  }
}
