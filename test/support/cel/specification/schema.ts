import type { DescExtension, DescField, DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { getTestRegistry } from '@bufbuild/cel-spec/testdata/registry.js';
import type { CelValue } from '../../../../server/cel/index';
import { Uint } from '../../../../server/cel/index';
import type {
  FieldDescriptor,
  FieldType,
  MessageDescriptor,
  ScalarName,
} from '../../../../server/cel/messages/descriptor';
import { message } from '../../../../server/cel/messages/descriptor';
import { MessageSchema } from '../../../../server/cel/messages/schema';
import { wellKnownParts } from '../../../../server/cel/messages/well-known';

// The messages of the specification's tests, `cel.expr.conformance.proto3.TestAllTypes` and its like, as ours.

const scalarNames: Readonly<Record<ScalarType, ScalarName>> = {
  [ScalarType.BOOL]: 'bool',
  [ScalarType.BYTES]: 'bytes',
  [ScalarType.DOUBLE]: 'double',
  [ScalarType.FIXED32]: 'fixed32',
  [ScalarType.FIXED64]: 'fixed64',
  [ScalarType.FLOAT]: 'float',
  [ScalarType.INT32]: 'int32',
  [ScalarType.INT64]: 'int64',
  [ScalarType.SFIXED32]: 'sfixed32',
  [ScalarType.SFIXED64]: 'sfixed64',
  [ScalarType.SINT32]: 'sint32',
  [ScalarType.SINT64]: 'sint64',
  [ScalarType.STRING]: 'string',
  [ScalarType.UINT32]: 'uint32',
  [ScalarType.UINT64]: 'uint64',
};

type Field = DescField | DescExtension;

function typeOf(field: Field): FieldType {
  if (field.message) {
    return { kind: 'message', name: field.message.typeName };
  }
  if (field.enum) {
    return { kind: 'enum', name: field.enum.typeName };
  }
  return { kind: 'scalar', name: scalarNames[field.scalar] };
}

/** The value of a proto2 field that is not set. */
function fallbackOf(field: Field, type: FieldType): CelValue | undefined {
  const value =
    field.fieldKind === 'scalar' || field.fieldKind === 'enum' ? field.getDefaultValue() : undefined;
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    return value;
  }
  const name = type.kind === 'scalar' ? type.name : 'int32';
  if (name === 'double' || name === 'float') {
    return Number(value);
  }
  return /^(?:uint|fixed)/.test(name) ? new Uint(BigInt(value)) : BigInt(value);
}

function describeField(field: Field, name: string): FieldDescriptor {
  const type = typeOf(field);
  const fallback = fallbackOf(field, type);
  return {
    name,
    jsonName: field.jsonName,
    number: field.number,
    type,
    label: field.fieldKind === 'list' ? 'repeated' : field.fieldKind === 'map' ? 'map' : 'single',
    presence:
      field.fieldKind !== 'list' &&
      field.fieldKind !== 'map' &&
      field.presence !== FeatureSet_FieldPresence.IMPLICIT,
    ...(field.fieldKind === 'map' ? { key: scalarNames[field.mapKey] } : {}),
    ...(field.oneof ? { oneof: field.oneof.name } : {}),
    ...(fallback === undefined ? {} : { fallback }),
  };
}

type Extensions = ReadonlyMap<string, readonly FieldDescriptor[]>;

function describeMessage(message: DescMessage, extensions: Extensions): MessageDescriptor {
  const fields = [
    ...message.fields.map((field) => describeField(field, field.name)),
    ...(extensions.get(message.typeName) ?? []),
  ];
  return { name: message.typeName, fields: new Map(fields.map((field) => [field.name, field])) };
}

function makeSchema(): MessageSchema {
  const messages: MessageDescriptor[] = [];
  const enums = new Map<string, Readonly<Record<string, number>>>(wellKnownParts.enums);
  const extensions = new Map<string, FieldDescriptor[]>();
  const described = [...getTestRegistry()];
  for (const type of described) {
    if (type.kind === 'extension') {
      const known = extensions.get(type.extendee.typeName) ?? [];
      extensions.set(type.extendee.typeName, [...known, describeField(type, type.typeName)]);
    }
  }
  for (const type of described) {
    if (type.kind === 'message' && !type.typeName.startsWith('google.protobuf.')) {
      messages.push(describeMessage(type, extensions));
    }
    if (type.kind === 'enum') {
      enums.set(type.typeName, Object.fromEntries(type.values.map(({ name, number }) => [name, number])));
    }
  }
  return new MessageSchema({
    messages: [
      ...wellKnownParts.messages,
      message('google.protobuf.FieldMask', 'repeated string paths = 1'),
      ...messages,
      ...messages.map(asInCelGo),
    ],
    enums: new Map([...enums, ...[...enums].map(([name, values]) => [celGoName(name), values] as const)]),
  });
}

/** cel-go's own tests use the same messages under names of their own. */
function celGoName(name: string): string {
  return name.replace(/^cel\.expr\.conformance\.(proto[23])\./, 'google.expr.$1.test.');
}

function asInCelGo({ name, fields }: MessageDescriptor): MessageDescriptor {
  return {
    name: celGoName(name),
    fields: new Map(
      [...fields].map(([key, field]) => [
        celGoName(key),
        {
          ...field,
          name: celGoName(field.name),
          type:
            field.type.kind === 'scalar' ? field.type : { ...field.type, name: celGoName(field.type.name) },
        },
      ]),
    ),
  };
}

/** Protobuf's well-known messages, and those of the specification's tests. */
export const specSchema = makeSchema();
