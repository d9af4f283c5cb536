import { jsonNameOf } from './descriptor';
import type { FieldDescriptor, FieldType, MessageDescriptor } from './descriptor';
import type { MessageSchema } from './schema';
import { formatValue } from '../values/operations/format';
import { isList, isMap, makeMap, mapGet, mapKeys, stringMap } from '../values/kinds';
import { CelRecord } from '../values/record';
import { Uint } from '../values/uint';
import type { CelValue } from '../values/value';

/** The fields that are set, under their protobuf names. */
type FieldValues = ReadonlyMap<string, CelValue>;

/**
 * A protobuf message that an expression made. Its fields hold CEL values: enums are ints, and messages of well-known
 * types are what they stand for.
 */
export class CelMessage extends CelRecord {
  readonly schema: MessageSchema;
  readonly descriptor: MessageDescriptor;
  readonly values: FieldValues;

  /** @param fallback the value of a field that is not set */
  constructor(
    schema: MessageSchema,
    descriptor: MessageDescriptor,
    values: FieldValues,
    fallback: (field: FieldDescriptor) => CelValue,
  ) {
    super(
      descriptor.name,
      (name) => {
        const field = schema.field(descriptor, name);
        return field && (values.get(field.name) ?? fallback(field));
      },
      (name) => {
        const field = schema.field(descriptor, name);
        return field !== undefined && values.has(field.name);
      },
      () => [...values.keys()],
    );
    this.schema = schema;
    this.descriptor = descriptor;
    this.values = values;
  }

  override toJson(): CelValue {
    if (this.typeName === 'google.protobuf.FieldMask') {
      const paths = this.get('paths') ?? [];
      return isList(paths)
        ? paths.map((path) => (typeof path === 'string' ? jsonNameOf(path) : '')).join(',')
        : '';
    }
    return stringMap(
      [...this.values].flatMap(([name, value]) => {
        const field = this.descriptor.fields.get(name);
        return field ? [[field.jsonName, jsonOfField(this.schema, field, value)] as const] : [];
      }),
    );
  }

  override isZero(): boolean {
    return this.values.size === 0;
  }

  override show(): string {
    const numberOf = (name: string): number => this.descriptor.fields.get(name)?.number ?? 0;
    const fields = [...this.values]
      .sort(([a], [b]) => numberOf(a) - numberOf(b))
      .map(([name, value]) => `${name}: ${formatValue(value)}`);
    return `${this.typeName}{${fields.join(', ')}}`;
  }
}

/** A field as protobuf's JSON has it: enums by their names, 64-bit integers as strings. */
function jsonOfField(schema: MessageSchema, field: FieldDescriptor, value: CelValue): CelValue {
  const single = (element: CelValue): CelValue => jsonOfValue(schema, field.type, element);
  if (field.label === 'repeated' && isList(value)) {
    return value.map(single);
  }
  if (field.label === 'map' && isMap(value)) {
    return makeMap(mapKeys(value).map((key) => [key, single(mapGet(value, key) ?? null)] as const));
  }
  return single(value);
}

function jsonOfValue(schema: MessageSchema, type: FieldType, value: CelValue): CelValue {
  if (type.kind === 'enum' && typeof value === 'bigint') {
    return schema.enumName(type.name, value) ?? value;
  }
  const integer = value instanceof Uint ? value.value : value;
  return type.kind === 'scalar' && type.name.endsWith('64') && typeof integer === 'bigint'
    ? String(integer)
    : value;
}
