/** JSON, as `JSON.parse` returns it. */
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
 * | uint, timestamp, duration, optional, type, opaque types | classes that extend `CelObject` |
 * | bytes | Uint8Array |
 * | list | readonly array |
 * | map | a plain object when all keys are strings, else `CelMap` |
 */
export type CelValue =
  null | boolean | string | bigint | number | Uint8Array | CelObject | readonly CelValue[] | StringMap;

/** The error message of reading an index that {@link CelObject.index} does not have. */
export class IndexProblem {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/**
 * The base class of all values that are objects of a class, so that plain JSON objects can serve as maps without a
 * wrapper.
 */
export abstract class CelObject {
  /** The name of the value's type, as `type(value)` gives it. */
  abstract readonly typeName: string;

  /** @returns undefined if the two types cannot be compared */
  equals(other: CelValue): boolean | undefined {
    return this === other;
  }

  /** Reads `value[key]`. Only types that can be indexed have it. */
  declare readonly index?: (key: CelValue) => CelValue | IndexProblem;

  /** The result of `size(value)`; undefined if the type has no size. */
  get partCount(): number | undefined {
    return undefined;
  }

  /** True for the zero value of the type (cel-go's `traits.Zeroer`). */
  isZero(): boolean {
    return false;
  }

  /** A literal or call that gives the value, for people. */
  show(): string {
    return this.typeName;
  }

  /** The JSON form in Cerbos' outputs; undefined if there is none. */
  toJson(): CelValue | undefined {
    return undefined;
  }

  /** The name of cel-go's Go type for the value, such as `types.Uint`, where cel-go's messages show it. */
  goTypeName(): string | undefined {
    return undefined;
  }

  /** The name that cel-go's message has for the value when it cannot be converted to `google.protobuf.Value`. */
  conversionName(): string | undefined {
    return undefined;
  }

  /** The text that the value becomes in a string field of a message; undefined if cel-go refuses it. */
  fieldText(): string | undefined {
    return undefined;
  }

  /** False if the value as a map's key makes Go panic, which ends cel-go's evaluation with an error. */
  isHashable(): boolean {
    return true;
  }

  /** True if cel-go asks the value itself for functions first (`traits.ReceiverType`). */
  isReceiver(): boolean {
    return false;
  }
}
