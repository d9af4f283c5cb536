import type { CelValue } from '../values/value';

/** The scalar types of protobuf. */
export type ScalarName =
  | 'bool'
  | 'string'
  | 'bytes'
  | 'double'
  | 'float'
  | 'int32'
  | 'int64'
  | 'sint32'
  | 'sint64'
  | 'sfixed32'
  | 'sfixed64'
  | 'uint32'
  | 'uint64'
  | 'fixed32'
  | 'fixed64';

/** The type of a field's value, or of each of its elements. */
export type FieldType =
  | { readonly kind: 'scalar'; readonly name: ScalarName }
  | { readonly kind: 'message'; readonly name: string }
  | { readonly kind: 'enum'; readonly name: string };

/** A field of a protobuf message. */
export interface FieldDescriptor {
  readonly name: string;
  readonly jsonName: string;
  readonly number: number;
  readonly type: FieldType;
  readonly label: 'single' | 'repeated' | 'map';
  /** Present for maps. */
  readonly key?: ScalarName;
  /** True if `has()` tests that the field was set; false if it tests that the field is not zero. */
  readonly presence: boolean;
  /** The name of the field's oneof. Of the fields of one oneof, at most one is set. */
  readonly oneof?: string;
  /** The value of the field while it is not set, if that is not the zero of its type. */
  readonly fallback?: CelValue;
}

/** A protobuf message type. */
export interface MessageDescriptor {
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldDescriptor>;
}

const line =
  /^(?:oneof (\w+) )?(?:(optional|repeated) )?(?:map<(\w+), (enum )?([\w.]+)>|(enum )?([\w.]+)) (\w+) = (\d+)$/;

const scalars = new Set<string>([
  'bool',
  'string',
  'bytes',
  'double',
  'float',
  'int32',
  'int64',
  'sint32',
  'sint64',
  'sfixed32',
  'sfixed64',
  'uint32',
  'uint64',
  'fixed32',
  'fixed64',
]);

function isScalar(name: string): name is ScalarName {
  return scalars.has(name);
}

function readField(text: string): FieldDescriptor {
  const [, oneof, label, keyName = '', mapEnum, mapType, isEnum, plainType, name = '', number = ''] =
    line.exec(text) ?? [];
  const typeName = mapType ?? plainType;
  if (typeName === undefined) {
    throw new Error(`No field of a message: ${text}`);
  }
  const type: FieldType = isScalar(typeName)
    ? { kind: 'scalar', name: typeName }
    : { kind: (mapEnum ?? isEnum) === undefined ? 'message' : 'enum', name: typeName };
  const single = mapType === undefined && label !== 'repeated';
  return {
    name,
    jsonName: jsonNameOf(name),
    number: Number(number),
    type,
    label: mapType !== undefined ? 'map' : label === 'repeated' ? 'repeated' : 'single',
    presence: single && (type.kind === 'message' || oneof !== undefined || label === 'optional'),
    ...(isScalar(keyName) ? { key: keyName } : {}),
    ...(oneof === undefined ? {} : { oneof }),
  };
}

/** lowerCamelCase (protobuf's JSON mapping). */
export function jsonNameOf(name: string): string {
  return name.replace(/_+(\w?)/g, (_all, letter: string) => letter.toUpperCase());
}

/**
 * Describes a message in the notation of proto3, one text a field: `repeated string roles = 2`,
 * `map<string, google.protobuf.Value> attr = 3`, `oneof kind bool bool_value = 4`. Types have their full names, and
 * enums are marked: `enum cerbos.effect.v1.Effect effect = 2`.
 * @throws Error for a field that cannot be parsed, which is a mistake of the programmer
 */
export function message(name: string, ...fields: readonly string[]): MessageDescriptor {
  return { name, fields: new Map(fields.map((text) => [readField(text).name, readField(text)])) };
}
