import { fail, Failure } from '../evaluator/failure';
import { encodeBase64 } from '../values/bytes';
import { Duration } from '../values/duration';
import { formatDuration } from '../values/duration-text';
import { toJson } from '../values/json';
import { isList, isMap, mapGet, mapKeys, stringMap, typeNameOf } from '../values/kinds';
import type { CelMap } from '../values/map';
import { Optional } from '../values/optional';
import { CelRecord } from '../values/record';
import { Timestamp } from '../values/timestamp';
import { formatTimestamp } from '../values/timestamp-text';
import { TypeValue } from '../values/type-value';
import { Uint } from '../values/uint';
import type { CelValue, StringMap } from '../values/value';

const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);

function jsonInteger(value: bigint): CelValue {
  return value <= maxSafe && value >= -maxSafe ? Number(value) : String(value);
}

/**
 * A value as `google.protobuf.Value` holds it: numbers are doubles, ints that a double cannot hold are strings, bytes
 * are base64. Undefined for values that have no such form.
 */
export function jsonValue(value: CelValue): CelValue | Failure | undefined {
  switch (typeof value) {
    case 'boolean':
    case 'string':
    case 'number':
      return value;
    case 'bigint':
      return jsonInteger(value);
    default:
      return value === null ? null : jsonObject(value);
  }
}

function jsonObject(value: CelValue & object): CelValue | Failure | undefined {
  if (isList(value)) {
    return jsonList(value);
  }
  if (isMap(value)) {
    return jsonStruct(value);
  }
  if (value instanceof Uint8Array) {
    return encodeBase64(value);
  }
  if (value instanceof Uint) {
    return jsonInteger(value.value);
  }
  if (value instanceof Timestamp) {
    return formatTimestamp(value);
  }
  if (value instanceof Duration) {
    return formatDuration(value);
  }
  if (value instanceof Optional) {
    return value.value === undefined ? fail('optional.none() dereference') : jsonValue(value.value);
  }
  if (value instanceof TypeValue) {
    return fail("type conversion not supported for 'type'");
  }
  return value instanceof CelRecord ? toJson(value) : undefined;
}

/** A list as `google.protobuf.ListValue` holds it. */
export function jsonList(list: readonly CelValue[]): CelValue | Failure {
  const elements: CelValue[] = [];
  for (const element of list) {
    const json = jsonElement(element);
    if (json instanceof Failure) {
      return json;
    }
    elements.push(json);
  }
  return elements;
}

/** A map as `google.protobuf.Struct` holds it. */
export function jsonStruct(map: StringMap | CelMap): CelValue | Failure {
  const entries: [string, CelValue][] = [];
  for (const key of mapKeys(map)) {
    if (typeof key !== 'string') {
      return fail(keyProblem(key));
    }
    const json = jsonElement(mapGet(map, key) ?? null);
    if (json instanceof Failure) {
      return json;
    }
    entries.push([key, json]);
  }
  return stringMap(entries);
}

function jsonElement(value: CelValue): CelValue | Failure {
  const json = jsonValue(value);
  return json === undefined ? fail(valueProblem(value)) : json;
}

function valueProblem(value: CelValue): string {
  const name = typeNameOf(value);
  return name === 'cerbos.lib.hierarchy'
    ? "unsupported native conversion from hierarchy to '*structpb.Value'"
    : "unsupported type conversion to '*structpb.Value'";
}

function keyProblem(key: CelValue): string {
  switch (typeof key) {
    case 'bigint':
      return "unsupported type conversion from 'int' to string";
    case 'number':
      return "type conversion error from Double to 'string'";
    case 'boolean':
      return "type conversion error from bool to 'string'";
    default:
      return key instanceof Uint
        ? "unsupported type conversion from 'uint' to string"
        : `type conversion error from '${typeNameOf(key)}' to 'string'`;
  }
}
