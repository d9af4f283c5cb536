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

/** The parts of a {@link MessageSchema}. */
export interface SchemaParts {
  readonly messages: readonly MessageDescriptor[];
  /** By the full name of the enum: the number of each of its values by its name. */
  readonly enums?: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** True: fields can be read by their JSON names as well, as in Cerbos. */
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

  /** @param name the full name of the value: `google.protobuf.NullValue.NULL_VALUE` */
  enumValue(name: string): number | undefined {
    const dot = name.lastIndexOf('.');
    const values = this.#enums.get(name.slice(0, Math.max(0, dot)));
    const key = name.slice(dot + 1);
    return values && Object.hasOwn(values, key) ? values[key] : undefined;
  }

  /** @returns undefined if no value of the enum has the number */
  enumName(enumName: string, number: bigint): string | undefined {
    const values = Object.entries(this.#enums.get(enumName) ?? {});
    return values.find(([, value]) => BigInt(value) === number)?.[0];
  }

  /** @param name the protobuf name, or with {@link jsonNames} the JSON name */
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

/**
 * The static type that an expression sees. Enums are ints; well-known types are what they stand for (CEL specification,
 * "Protocol buffer data conversion").
 */
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
