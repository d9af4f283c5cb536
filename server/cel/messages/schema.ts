import { typeNames } from '../type-names';
import {
  boolType,
  bytesType,
  doubleType,
  intType,
  listType,
  mapType,
  messageType,
  stringType,
  uintType,
} from '../types';
import type { CelType } from '../types';
import type { FieldDescriptor, FieldType, MessageDescriptor, ScalarName } from './descriptor';

/** What a schema is made of. */
export interface SchemaParts {
  readonly messages: readonly MessageDescriptor[];
  /** The numbers of enums' values, by their full names. */
  readonly enums?: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** Whether fields can be read by their names in JSON too, as in Cerbos. */
  readonly jsonNames?: boolean;
}

/** The protobuf messages and enums that expressions may name. Immutable. */
export class MessageSchema {
  readonly jsonNames: boolean;
  readonly #messages: ReadonlyMap<string, MessageDescriptor>;
  readonly #enums: ReadonlyMap<string, Readonly<Record<string, number>>>;

  constructor({ messages, enums, jsonNames }: SchemaParts) {
    this.jsonNames = jsonNames ?? false;
    this.#messages = new Map(messages.map((message) => [message.name, message]));
    this.#enums = enums ?? new Map();
  }

  /** The full names of all messages and enums. */
  get names(): readonly string[] {
    return [...this.#messages.keys(), ...this.#enums.keys()];
  }

  find(name: string): MessageDescriptor | undefined {
    return this.#messages.get(name);
  }

  /** The number of an enum's value, by its full name: `google.protobuf.NullValue.NULL_VALUE`. */
  enumValue(name: string): number | undefined {
    const dot = name.lastIndexOf('.');
    const values = this.#enums.get(name.slice(0, Math.max(0, dot)));
    const key = name.slice(dot + 1);
    return values && Object.hasOwn(values, key) ? values[key] : undefined;
  }

  /** The name of an enum's value, undefined if no value has the number. */
  enumName(enumName: string, number: bigint): string | undefined {
    const values = Object.entries(this.#enums.get(enumName) ?? {});
    return values.find(([, value]) => BigInt(value) === number)?.[0];
  }

  /** A field by the name that an expression reads it by. */
  field(message: MessageDescriptor, name: string): FieldDescriptor | undefined {
    const field = message.fields.get(name);
    if (field || !this.jsonNames) {
      return field;
    }
    return [...message.fields.values()].find(({ jsonName }) => jsonName === name);
  }
}

const scalarTypes: Readonly<Record<ScalarName, CelType>> = {
  bool: boolType,
  string: stringType,
  bytes: bytesType,
  double: doubleType,
  float: doubleType,
  int32: intType,
  int64: intType,
  sint32: intType,
  sint64: intType,
  sfixed32: intType,
  sfixed64: intType,
  uint32: uintType,
  uint64: uintType,
  fixed32: uintType,
  fixed64: uintType,
};

function typeOfValue(type: FieldType): CelType {
  switch (type.kind) {
    case 'scalar':
      return scalarTypes[type.name];
    case 'enum':
      return intType;
    case 'message':
      return typeNames.get(type.name) ?? messageType(type.name);
  }
}

/** The static type of a field. Enums are ints, and well-known types are what they stand for. */
export function typeOfField(field: FieldDescriptor): CelType {
  const type = typeOfValue(field.type);
  switch (field.label) {
    case 'single':
      return type;
    case 'repeated':
      return listType(type);
    case 'map':
      return mapType(field.key === undefined ? stringType : scalarTypes[field.key], type);
  }
}
