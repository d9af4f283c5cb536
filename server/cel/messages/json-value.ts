import { fail, Failure } from '../values/failure';
import { encodeBase64 } from '../values/bytes';
import { Duration } from '../values/time/duration';
import { formatDuration } from '../values/time/duration-text';
import { toJson } from '../values/json/json';
import { jsonProblem } from '../values/json/json-number';
import { isList, isMap, mapGet, mapKeys, stringMap } from '../values/kinds';
import type { CelMap } from '../values/map';
import { CelMessage } from './message';
import { Optional } from '../values/optional';
import { CelRecord } from '../values/record';
import { Timestamp } from '../values/time/timestamp';
import { formatTimestamp } from '../values/time/timestamp-text';
import { TypeValue } from '../values/type-value';
import { Uint } from '../values/uint';
import { Unreadable } from '../values/unreadable';
import { CelObject } from '../values/value';
import type { CelValue, JsonValue, StringMap } from '../values/value';
import { jsonKey } from './json-key';

const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);

function jsonInteger(value: bigint): JsonValue {
  return value <= maxSafe && value >= -maxSafe ? Number(value) : String(value);
}

/**
 * Converts a value to JSON as `google.protobuf.Value` holds it: numbers are doubles, infinite ones and NaN included;
 * ints that a double cannot hold exactly become strings; bytes become base64.
 * @returns a failure in cel-go's words for a value that cannot be converted
 */
export function jsonValue(value: CelValue): JsonValue | Failure {
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

function jsonObject(value: CelValue & object): JsonValue | Failure {
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
  return value instanceof CelRecord ? jsonRecord(value) : fail(valueProblem(value));
}

function jsonRecord(record: CelRecord): JsonValue | Failure {
  if (record.isOpen()) {
    return jsonStruct(stringMap(record.fields().map((name) => [name, record.get(name) ?? null] as const)));
  }
  const problem = record instanceof CelMessage ? messageProblem(record) : undefined;
  return problem === undefined ? (toJson(record) ?? fail(valueProblem(record))) : fail(problem);
}

const jsonMessages = new Set([
  'google.protobuf.Value',
  'google.protobuf.Struct',
  'google.protobuf.ListValue',
]);

/** The error of writing a message as JSON: a field that holds JSON has an infinite number or NaN. */
function messageProblem(message: CelMessage): string | undefined {
  for (const [name, value] of message.values) {
    const type = message.descriptor.fields.get(name)?.type;
    const isJson = type?.kind === 'message' && jsonMessages.has(type.name);
    const problem = isJson ? jsonProblem(value as JsonValue) : partProblem(value);
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}

function partProblem(value: CelValue): string | undefined {
  if (value instanceof CelMessage) {
    return messageProblem(value);
  }
  const parts = isList(value)
    ? value
    : isMap(value)
      ? mapKeys(value).map((key) => mapGet(value, key) ?? null)
      : [];
  for (const part of parts) {
    const problem = partProblem(part);
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}

/** A list as `google.protobuf.ListValue` holds it. */
export function jsonList(list: readonly CelValue[]): JsonValue | Failure {
  const elements: JsonValue[] = [];
  for (const element of list) {
    const json = jsonValue(element);
    if (json instanceof Failure) {
      return json;
    }
    elements.push(json);
  }
  return elements;
}

/** A map as `google.protobuf.Struct` holds it. */
export function jsonStruct(map: StringMap | CelMap): JsonValue | Failure {
  const entries: [string, JsonValue][] = [];
  for (const key of mapKeys(map)) {
    const name = jsonKey(key);
    if (name instanceof Failure) {
      return name;
    }
    const json = jsonValue(mapGet(map, key) ?? null);
    if (json instanceof Failure) {
      return json;
    }
    entries.push([name, json]);
  }
  return stringMap(entries);
}

/** The error of converting a value that no other rule converts. */
function valueProblem(value: CelValue): string {
  if (value instanceof Unreadable) {
    return value.problem;
  }
  if (value instanceof TypeValue) {
    return "type conversion not supported for 'type'";
  }
  const name = value instanceof CelObject ? value.conversionName() : undefined;
  return name === undefined
    ? "unsupported type conversion to '*structpb.Value'"
    : `unsupported native conversion from ${name} to '*structpb.Value'`;
}
