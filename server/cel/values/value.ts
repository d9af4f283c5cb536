import type { CelObject } from './opaque';

/** JSON as `JSON.parse` gives it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** A map whose keys are strings: any plain object. Only own properties count, so `__proto__` is a key like any other. */
export interface StringMap {
  readonly [key: string]: CelValue;
}

/**
 * A CEL value. JSON is a CEL value as it is, and numbers are doubles, as `google.protobuf.Value` has them:
 *
 * | CEL | here |
 * |---|---|
 * | null_type, bool, string | null, boolean, string (UTF-16; functions count code points) |
 * | int | bigint, within 64 bits |
 * | double | number |
 * | uint, timestamp, duration, optional, type, Cerbos' own types | classes that extend `CelObject` |
 * | bytes | Uint8Array |
 * | list | readonly array |
 * | map | a plain object when all keys are strings, else `CelMap` |
 */
export type CelValue =
  null | boolean | string | bigint | number | Uint8Array | CelObject | readonly CelValue[] | StringMap;
