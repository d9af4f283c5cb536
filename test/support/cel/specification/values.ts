import type { Type } from '@bufbuild/cel-spec/cel/expr/checked_pb.js';
import type { Value } from '@bufbuild/cel-spec/cel/expr/value_pb.js';
import type { CelType, CelValue, PrimitiveName } from '../../../../server/cel/index';
import { CelMap, CelObject, Duration, Timestamp, TypeValue, Uint } from '../../../../server/cel/index';
import { typeNames } from '../../../../server/cel/type-names';
import {
  anyType,
  boolType,
  durationType,
  dynType,
  errorType,
  listType,
  mapType,
  messageType,
  nullType,
  opaqueType,
  paramType,
  timestampType,
  typeOfType,
  typeType,
  wrapperType,
} from '../../../../server/cel/types';
import { decodeMessage } from '../../../../server/cel/messages/decode';
import { makeMap } from '../../../../server/cel/values/kinds';
import { CelMessage } from '../../../../server/cel/messages/message';
import { specSchema } from './schema';

/** Thrown for values and types that only protobuf messages have. */
export class NotApplicable extends Error {}

/** A value of the specification's tests as ours. */
export function fromSpecValue(value: Value): CelValue {
  const { kind } = value;
  switch (kind.case) {
    case 'nullValue':
      return null;
    case 'boolValue':
    case 'stringValue':
      return kind.value;
    case 'int64Value':
      return kind.value;
    case 'uint64Value':
      return new Uint(kind.value);
    case 'doubleValue':
      return kind.value;
    case 'bytesValue':
      return kind.value;
    case 'enumValue':
      return BigInt(kind.value.value);
    case 'typeValue':
      return new TypeValue(kind.value);
    case 'listValue':
      return kind.value.values.map(fromSpecValue);
    case 'mapValue':
      return makeMap(
        kind.value.entries.map((entry) => [fromSpecValue(entry.key!), fromSpecValue(entry.value!)]),
      );
    case 'objectValue':
      return fromAny(kind.value.typeUrl, kind.value.value);
    default:
      throw new NotApplicable('value of no kind');
  }
}

function fromAny(typeUrl: string, bytes: Uint8Array): CelValue {
  const name = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
  const descriptor = specSchema.find(name);
  const value = descriptor && decodeMessage(specSchema, descriptor, bytes);
  if (value === undefined) {
    throw new NotApplicable(`message ${name}`);
  }
  return value;
}

/** True if two values have the same type and value; NaN equals NaN. */
export function identical(a: CelValue, b: CelValue): boolean {
  if (typeof a === 'number' && typeof b === 'number') {
    return Object.is(a, b) || a === b;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return (
      a.length === b.length && a.every((element: CelValue, index) => identical(element, b[index] as CelValue))
    );
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((byte, index) => byte === b[index]);
  }
  if (a instanceof Uint && b instanceof Uint) {
    return a.value === b.value;
  }
  if (a instanceof Timestamp && b instanceof Timestamp) {
    return a.seconds === b.seconds && a.nanos === b.nanos;
  }
  if (a instanceof Duration && b instanceof Duration) {
    return a.nanos === b.nanos;
  }
  if (a instanceof TypeValue && b instanceof TypeValue) {
    return a.name === b.name;
  }
  if (a instanceof CelMessage) {
    return a.equals(b);
  }
  const left = entriesOf(a);
  const right = entriesOf(b);
  if (left && right) {
    return (
      left.length === right.length &&
      left.every(([key, value]) =>
        right.some(([other, element]) => identical(key, other) && identical(value, element)),
      )
    );
  }
  return a === b;
}

function entriesOf(value: CelValue): (readonly [CelValue, CelValue])[] | undefined {
  if (value instanceof CelMap) {
    return [...value.entries()];
  }
  return typeof value === 'object' && value !== null && !(value instanceof CelObject) && !Array.isArray(value)
    ? Object.entries(value as Record<string, CelValue>)
    : undefined;
}

const primitives: readonly PrimitiveName[] = ['any', 'bool', 'int', 'uint', 'double', 'string', 'bytes'];

/** A type of the specification's tests as ours. */
export function fromSpecType(type: Type | undefined): CelType {
  const kind = type?.typeKind;
  switch (kind?.case) {
    case 'dyn':
      return dynType;
    case 'null':
      return nullType;
    case 'primitive':
      return primitive(kind.value);
    case 'wrapper':
      return wrapperType(primitive(kind.value));
    case 'wellKnown':
      return [dynType, anyType, timestampType, durationType][kind.value]!;
    case 'listType':
      return listType(fromSpecType(kind.value.elemType));
    case 'mapType':
      return mapType(fromSpecType(kind.value.keyType), fromSpecType(kind.value.valueType));
    case 'typeParam':
      return paramType(kind.value);
    case 'type':
      return kind.value.typeKind.case === undefined ? typeType : typeOfType(fromSpecType(kind.value));
    case 'abstractType':
      return opaqueType(kind.value.name, ...kind.value.parameterTypes.map(fromSpecType));
    case 'messageType':
      return typeNames.get(kind.value) ?? messageType(kind.value);
    case 'error':
      return errorType;
    default:
      return boolType;
  }
}

function primitive(index: number): CelType {
  return { kind: 'primitive', name: primitives[index]! };
}
