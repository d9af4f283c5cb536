import { Duration } from '../values/time/duration';
import { CelMessage } from './message';
import { Timestamp } from '../values/time/timestamp';
import { Uint } from '../values/uint';
import type { CelValue } from '../values/value';
import { isZero } from '../values/operations/zero';
import { wrappedScalar } from './convert';
import type { FieldDescriptor, FieldType, MessageDescriptor, ScalarName } from './descriptor';
import type { MessageSchema } from './schema';

/** A message with these fields; those that are not set have their fallbacks. */
export function messageOf(
  schema: MessageSchema,
  descriptor: MessageDescriptor,
  values: ReadonlyMap<string, CelValue>,
): CelMessage {
  return new CelMessage(schema, descriptor, values, (field) => fallbackOf(schema, field));
}

/** Sets a field, which unsets the others of its oneof. A field without presence is only set if it is not zero. */
export function setField(
  { fields }: MessageDescriptor,
  values: Map<string, CelValue>,
  field: FieldDescriptor,
  value: CelValue,
): void {
  if (field.oneof !== undefined) {
    for (const other of fields.values()) {
      if (other.oneof === field.oneof) {
        values.delete(other.name);
      }
    }
  }
  // Minus zero is not the zero that a field has anyway.
  if (field.presence || !isZero(value) || Object.is(value, -0)) {
    values.set(field.name, value);
  } else {
    values.delete(field.name);
  }
}

/**
 * The value of a field that is not set: the zero of its type, null for wrappers, an empty message (CEL specification,
 * "Field Selection").
 */
function fallbackOf(schema: MessageSchema, field: FieldDescriptor): CelValue {
  if (field.fallback !== undefined) {
    return field.fallback;
  }
  switch (field.label) {
    case 'repeated':
      return [];
    case 'map':
      return {};
    case 'single':
      return zeroOf(schema, field.type);
  }
}

function zeroOf(schema: MessageSchema, type: FieldType): CelValue {
  if (type.kind !== 'message') {
    return type.kind === 'enum' ? 0n : zeroOfScalar(type.name);
  }
  if (wrappedScalar(type.name) !== undefined) {
    return null;
  }
  switch (type.name) {
    case 'google.protobuf.Timestamp':
      return new Timestamp(0);
    case 'google.protobuf.Duration':
      return new Duration(0n);
    case 'google.protobuf.Struct':
      return {};
    case 'google.protobuf.ListValue':
      return [];
    case 'google.protobuf.Any':
    case 'google.protobuf.Value':
      return null;
  }
  const descriptor = schema.find(type.name);
  return descriptor ? messageOf(schema, descriptor, new Map()) : null;
}

/** The zero of a scalar type. */
export function zeroOfScalar(name: ScalarName): CelValue {
  switch (name) {
    case 'bool':
      return false;
    case 'string':
      return '';
    case 'bytes':
      return new Uint8Array();
    case 'double':
    case 'float':
      return 0;
    case 'uint32':
    case 'uint64':
    case 'fixed32':
    case 'fixed64':
      return new Uint(0n);
    default:
      return 0n;
  }
}
