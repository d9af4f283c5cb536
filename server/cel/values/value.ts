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
 * | uint, timestamp, duration, optional, type, opaque types | classes that extend `CelObject` |
 * | bytes | Uint8Array |
 * | list | readonly array |
 * | map | a plain object when all keys are strings, else `CelMap` |
 */
export type CelValue =
  null | boolean | string | bigint | number | Uint8Array | CelObject | readonly CelValue[] | StringMap;

/** Why nothing stands under an index. */
export class IndexProblem {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** Base of every value that is an object of a class, so that plain JSON objects can serve as maps without a wrapper. */
export abstract class CelObject {
  /** CEL's name for the value's type, as `type(value)` shows it. */
  abstract readonly typeName: string;

  /** Whether this equals another value, for types that `equal` does not know; undefined if the types do not compare. */
  equals(other: CelValue): boolean | undefined {
    return this === other;
  }

  /** What stands under an index, for types that have something there. */
  declare readonly index?: (key: CelValue) => CelValue | IndexProblem;

  /** How many parts it has, for types that `size()` counts. */
  get partCount(): number | undefined {
    return undefined;
  }

  /** Whether this is the zero value of its type, for types that `isZero` does not know. */
  isZero(): boolean {
    return false;
  }

  /** A literal or call that gives the value, for showing it to people. */
  show(): string {
    return this.typeName;
  }

  /** How the value is written in outputs; undefined if it has no JSON form. */
  toJson(): CelValue | undefined {
    return undefined;
  }

  /** The name of cel-go's own type for the value, such as `types.Uint`, where its messages show that. */
  goTypeName(): string | undefined {
    return undefined;
  }

  /** The name of the value in cel-go's message that it cannot be converted to `google.protobuf.Value`. */
  conversionName(): string | undefined {
    return undefined;
  }

  /** The text that a string field of a message takes such a value for; undefined if it takes none. */
  fieldText(): string | undefined {
    return undefined;
  }

  /** Whether the value can be the key of a map. Go's maps panic at some, which ends the evaluation. */
  isHashable(): boolean {
    return true;
  }

  /** Whether cel-go asks the value first whether it knows a function (`traits.ReceiverType`). */
  isReceiver(): boolean {
    return false;
  }
}
