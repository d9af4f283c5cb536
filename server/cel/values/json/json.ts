import { encodeBase64 } from '../bytes';
import { Duration } from '../time/duration';
import { formatDuration } from '../time/duration-text';
import { stringMap } from '../kinds';
import { CelMap } from '../map';
import { CelObject } from '../value';
import { Optional } from '../optional';
import { CelRecord } from '../record';
import { Timestamp } from '../time/timestamp';
import { formatTimestamp } from '../time/timestamp-text';
import { TypeValue } from '../type-value';
import { Uint } from '../uint';
import type { CelValue, JsonValue, StringMap } from '../value';

/** JSON values are CEL values as they are. Numbers are doubles, as in `google.protobuf.Value`. */
export function fromJson(json: JsonValue): CelValue {
  return json;
}

/**
 * Converts a value to JSON (protobuf's JSON mapping, which Cerbos' outputs follow): integers beyond 2^53 become
 * strings, bytes base64, timestamps RFC 3339, durations seconds.
 * @returns undefined if the value has no JSON form
 */
export function toJson(value: CelValue): JsonValue | undefined {
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return value;
    case 'number':
      return Number.isFinite(value)
        ? value
        : Number.isNaN(value)
          ? 'NaN'
          : value > 0
            ? 'Infinity'
            : '-Infinity';
    case 'bigint':
      return integerToJson(value);
    default:
      return value === null ? null : objectToJson(value);
  }
}

function integerToJson(value: bigint): JsonValue {
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  return value > limit || value < -limit ? value.toString() : Number(value);
}

function objectToJson(value: CelValue & object): JsonValue | undefined {
  if (Array.isArray(value)) {
    return allToJson(value as readonly CelValue[]);
  }
  if (value instanceof Uint8Array) {
    return encodeBase64(value);
  }
  if (!(value instanceof CelObject)) {
    return entriesToJson(Object.entries(value as StringMap));
  }
  if (value instanceof CelMap) {
    return mapToJson(value);
  }
  if (value instanceof Uint) {
    return integerToJson(value.value);
  }
  if (value instanceof Timestamp) {
    return formatTimestamp(new Timestamp(value.seconds, value.nanos));
  }
  if (value instanceof Duration) {
    return formatDuration(value);
  }
  if (value instanceof Optional) {
    return value.value === undefined ? null : toJson(value.value);
  }
  if (value instanceof TypeValue) {
    return value.name;
  }
  if (value instanceof CelRecord) {
    const form = value.toJson();
    return form === undefined
      ? entriesToJson(value.fields().map((name) => [name, value.get(name) ?? null]))
      : toJson(form);
  }
  const form = value.toJson();
  return form === undefined ? undefined : toJson(form);
}

function allToJson(values: readonly CelValue[]): JsonValue | undefined {
  const converted: JsonValue[] = [];
  for (const value of values) {
    const json = toJson(value);
    if (json === undefined) {
      return undefined;
    }
    converted.push(json);
  }
  return converted;
}

function entriesToJson(entries: readonly (readonly [string, CelValue])[]): JsonValue | undefined {
  const converted: [string, JsonValue][] = [];
  for (const [key, value] of entries) {
    const json = toJson(value);
    if (json === undefined) {
      return undefined;
    }
    converted.push([key, json]);
  }
  return stringMap(converted);
}

function mapToJson(map: CelMap): JsonValue | undefined {
  const entries: [string, CelValue][] = [];
  for (const [key, value] of map.entries()) {
    const name = toJson(key);
    if (typeof name !== 'string' && typeof name !== 'number' && typeof name !== 'boolean') {
      return undefined;
    }
    entries.push([String(name), value]);
  }
  return entriesToJson(entries);
}
