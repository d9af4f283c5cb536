import { fail } from '../values/failure';
import type { Failure } from '../values/failure';
import { isList, isMap, typeNameOf } from '../values/kinds';
import { CelMessage } from './message';
import { Optional } from '../values/optional';
import { CelRecord } from '../values/record';
import { TypeValue } from '../values/type-value';
import { Uint } from '../values/uint';
import { CelObject } from '../values/value';
import type { CelValue } from '../values/value';

/**
 * The name under which JSON has what a map has under a key. Numbers and bools are refused, while addresses and SPIFFE
 * identifiers are written as their text. Failures have cel-go's words.
 */
export function jsonKey(key: CelValue): string | Failure {
  if (typeof key === 'string') {
    return key;
  }
  if (key instanceof Optional) {
    return key.value === undefined ? fail('optional.none() dereference') : jsonKey(key.value);
  }
  const text = key instanceof CelObject ? key.toJson() : undefined;
  return typeof text === 'string' ? text : fail(keyProblem(key));
}

function keyProblem(key: CelValue): string {
  if (typeof key === 'bigint') {
    return "unsupported type conversion from 'int' to string";
  }
  if (typeof key === 'number' || typeof key === 'boolean') {
    return `type conversion error from ${typeof key === 'number' ? 'Double' : 'bool'} to 'string'`;
  }
  if (key instanceof Uint) {
    return "unsupported type conversion from 'uint' to string";
  }
  if (key instanceof TypeValue) {
    return "type conversion not supported for 'type'";
  }
  return `type conversion error from ${nameOf(key)} to 'string'`;
}

function nameOf(key: CelValue): string {
  if (isList(key) || isMap(key)) {
    return typeNameOf(key);
  }
  if (key instanceof CelMessage) {
    return "'*dynamicpb.Message'";
  }
  const native = key instanceof CelRecord ? key.goPointerName() : undefined;
  return `'${native ?? typeNameOf(key).replace('google.protobuf.', '')}'`;
}
