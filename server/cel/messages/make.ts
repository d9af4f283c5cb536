import { fail, Failure } from '../values/failure';
import { isList, isMap, makeMap, mapGet, mapKeys, typeNameOf } from '../values/kinds';
import type { CelValue } from '../values/value';
import { convert } from './convert';
import { finishMessage } from './decode';
import type { FieldDescriptor, FieldType, MessageDescriptor } from './descriptor';
import { setField } from './fields';
import type { MessageSchema } from './schema';

/**
 * Makes a message from values of its fields, as `Type{field: value}` does. A message of a well-known type becomes what
 * it stands for: `google.protobuf.Int64Value{value: 1}` is 1.
 */
export function makeMessage(
  schema: MessageSchema,
  descriptor: MessageDescriptor,
  fields: Iterable<readonly [name: string, value: CelValue]>,
): CelValue | Failure {
  const values = new Map<string, CelValue>();
  for (const [name, value] of fields) {
    const field = descriptor.fields.get(name);
    if (!field) {
      return fail(`no such field: ${name}`);
    }
    const converted = convertField(descriptor, field, value);
    if (converted instanceof Failure) {
      return converted;
    }
    if (converted !== undefined) {
      setField(descriptor, values, field, converted);
    }
  }
  return finishMessage(schema, descriptor, values);
}

function convertField(
  descriptor: MessageDescriptor,
  field: FieldDescriptor,
  value: CelValue,
): CelValue | Failure | undefined {
  const place = `${descriptor.name}.${field.name}`;
  const within = (converted: CelValue | undefined | Failure): CelValue | undefined | Failure =>
    converted instanceof Failure
      ? fail(`field type conversion error for ${place} value type: ${converted.message}`)
      : converted;
  const unsupported = (): Failure => fail(`unsupported field type for ${place}: ${showType(value)}`);
  switch (field.label) {
    case 'single':
      return within(convert(field.type, value));
    case 'repeated':
      return isList(value) ? within(convertList(field.type, value)) : unsupported();
    case 'map':
      return isMap(value) ? within(convertMap(field, mapEntries(value))) : unsupported();
  }
}

function mapEntries(map: CelValue): readonly (readonly [CelValue, CelValue])[] {
  return isMap(map) ? mapKeys(map).map((key) => [key, mapGet(map, key) ?? null] as const) : [];
}

function convertList(type: FieldType, list: readonly CelValue[]): CelValue | Failure {
  const elements: CelValue[] = [];
  for (const element of list) {
    const converted = convert(type, element);
    if (converted instanceof Failure) {
      return converted;
    }
    if (converted !== undefined) {
      elements.push(converted);
    }
  }
  return elements;
}

function convertMap(
  field: FieldDescriptor,
  entries: readonly (readonly [CelValue, CelValue])[],
): CelValue | Failure {
  const converted: [CelValue, CelValue][] = [];
  const keyType: FieldType = { kind: 'scalar', name: field.key ?? 'string' };
  for (const [key, value] of entries) {
    const name = convert(keyType, key);
    if (name instanceof Failure) {
      return name;
    }
    const held = convert(field.type, value);
    if (held instanceof Failure) {
      return held;
    }
    if (name !== undefined && held !== undefined) {
      converted.push([name, held]);
    }
  }
  return makeMap(converted);
}

/** A type as cel-go shows it where a list or map was wanted. */
function showType(value: CelValue): string {
  return isList(value) ? 'list(dyn)' : isMap(value) ? 'map(dyn, dyn)' : typeNameOf(value);
}
