import { fail } from '../values/failure';
import type { Failure } from '../values/failure';
import { isList, isMap, mapKeys, typeNameOf } from '../values/kinds';
import { Duration } from '../values/time/duration';
import { Optional } from '../values/optional';
import { CelRecord } from '../values/record';
import { Timestamp } from '../values/time/timestamp';
import { TypeValue } from '../values/type-value';
import { Uint } from '../values/uint';
import { CelObject } from '../values/value';
import type { CelValue } from '../values/value';
import type { FieldType, ScalarName } from './descriptor';
import { jsonList, jsonStruct, jsonValue } from './json-value';
import { nativeName } from './native-names';

/** A value converted to the type of a field; undefined if the value is a null that leaves the field unset. */
type Converted = CelValue | undefined | Failure;

const maxInt32 = 2n ** 31n - 1n;
const minInt32 = -(2n ** 31n);
const maxUint32 = 2n ** 32n - 1n;

/**
 * Converts a value for a field, or for an element of one (CEL specification, "Protocol buffer data conversion").
 * Failures have cel-go's words, which name Go's types.
 */
export function convert(type: FieldType, value: CelValue): Converted {
  if (value instanceof Optional) {
    return value.value === undefined ? fail('optional.none() dereference') : convert(type, value.value);
  }
  if (value instanceof TypeValue) {
    return fail("type conversion not supported for 'type'");
  }
  const converted =
    type.kind === 'message'
      ? toMessage(type.name, value)
      : toScalar(type.kind === 'enum' ? 'int32' : type.name, value);
  return converted === refused ? refusal(value, type) : converted;
}

const refused = Symbol('refused');

type Attempt = Converted | typeof refused;

function toScalar(name: ScalarName, value: CelValue): Attempt {
  switch (name) {
    case 'bool':
      return typeof value === 'boolean' ? value : refused;
    case 'string':
      return typeof value === 'string'
        ? value
        : ((value instanceof CelObject ? value.fieldText() : undefined) ?? refused);
    case 'bytes':
      return value instanceof Uint8Array ? value : refused;
    case 'double':
      return typeof value === 'number' ? value : refused;
    case 'float':
      return typeof value === 'number' ? Math.fround(value) : refused;
    case 'int32':
    case 'sint32':
    case 'sfixed32':
      return typeof value === 'bigint' ? int32(value) : refused;
    case 'int64':
    case 'sint64':
    case 'sfixed64':
      return typeof value === 'bigint' ? value : refused;
    case 'uint32':
    case 'fixed32':
      return value instanceof Uint ? uint32(value) : refused;
    case 'uint64':
    case 'fixed64':
      return value instanceof Uint ? value : refused;
  }
}

function int32(value: bigint): CelValue | Failure {
  return value > maxInt32 || value < minInt32 ? fail('integer overflow') : value;
}

function uint32(value: Uint): CelValue | Failure {
  return value.value > maxUint32 ? fail('unsigned integer overflow') : value;
}

/** Messages that stand for a scalar or null. */
const wrappers: ReadonlyMap<string, ScalarName> = new Map<string, ScalarName>([
  ['google.protobuf.BoolValue', 'bool'],
  ['google.protobuf.BytesValue', 'bytes'],
  ['google.protobuf.DoubleValue', 'double'],
  ['google.protobuf.FloatValue', 'float'],
  ['google.protobuf.Int32Value', 'int32'],
  ['google.protobuf.Int64Value', 'int64'],
  ['google.protobuf.StringValue', 'string'],
  ['google.protobuf.UInt32Value', 'uint32'],
  ['google.protobuf.UInt64Value', 'uint64'],
]);

/** The scalar that a wrapper message holds, undefined for other messages. */
export function wrappedScalar(messageName: string): ScalarName | undefined {
  return wrappers.get(messageName);
}

function toMessage(name: string, value: CelValue): Attempt {
  const scalar = wrappers.get(name);
  if (scalar !== undefined) {
    return value === null ? undefined : toScalar(scalar, value);
  }
  switch (name) {
    case 'google.protobuf.Any':
      return toAny(value);
    case 'google.protobuf.Value':
      return jsonValue(value);
    case 'google.protobuf.Struct':
      return isMap(value) ? jsonStruct(value) : refused;
    case 'google.protobuf.ListValue':
      return isList(value) ? jsonList(value) : refused;
    case 'google.protobuf.Timestamp':
      return value === null ? undefined : value instanceof Timestamp ? value : refused;
    case 'google.protobuf.Duration':
      return value === null ? undefined : value instanceof Duration ? value : refused;
  }
  if (value === null) {
    return undefined;
  }
  if (value instanceof CelRecord && value.typeName !== name) {
    // Go panics here, which ends the evaluation whatever surrounds it.
    throw new Error(`proto: ${name}: assigning invalid message type ${value.typeName}`);
  }
  return value instanceof CelRecord ? value : refused;
}

/** Lists and maps are packed as JSON, everything else as itself. */
function toAny(value: CelValue): Attempt {
  return isList(value) ? jsonList(value) : isMap(value) ? jsonStruct(value) : value;
}

function refusal(value: CelValue, type: FieldType): Failure {
  const wanted = nativeName(type);
  if (typeof value === 'bigint') {
    return fail(`unsupported type conversion from 'int' to ${wanted}`);
  }
  if (typeof value === 'number') {
    return fail(`type conversion error from Double to '${wanted}'`);
  }
  if (typeof value === 'string') {
    return fail(`unsupported native conversion from string to '${wanted}'`);
  }
  if (typeof value === 'boolean') {
    return fail(`type conversion error from bool to '${wanted}'`);
  }
  if (value === null) {
    return fail(`type conversion error from 'null_type' to '${wanted}'`);
  }
  if (value instanceof Uint) {
    return fail(`unsupported type conversion from 'uint' to ${wanted}`);
  }
  if (value instanceof Uint8Array) {
    return fail(`type conversion error from Bytes to '${wanted}'`);
  }
  if (value instanceof Timestamp || value instanceof Duration) {
    return fail(
      `type conversion error from '${typeNameOf(value).slice('google.protobuf.'.length)}' to '${wanted}'`,
    );
  }
  if (isMap(value) && type.kind === 'message') {
    return fail(
      `type conversion error, no such field '${goField(mapKeys(value)[0])}' in type '${wanted.slice(1)}'`,
    );
  }
  if (value instanceof CelObject && value.fieldText() !== undefined) {
    return fail(
      `unsupported native conversion from ${value.conversionName() ?? value.typeName} to '${wanted}'`,
    );
  }
  if (isList(value) || isMap(value)) {
    return fail(`type conversion error from ${isList(value) ? 'list' : 'map'} to '${wanted}'`);
  }
  return fail(`unsupported type conversion to '${wanted}'`);
}

/** The field of a Go structure that cel-go looks for under a key of a map. */
function goField(key: CelValue | undefined): string {
  return typeof key === 'string' ? key.charAt(0).toUpperCase() + key.slice(1) : '';
}
