import { fail } from '../values/failure';
import type { Failure } from '../values/failure';
import { decodeUtf8 } from '../values/bytes';
import { formatBytes, quote } from '../values/operations/format';
import { makeMap } from '../values/kinds';
import { PackedMessage } from '../values/packed-message';
import { Uint } from '../values/uint';
import type { CelValue } from '../values/value';
import type { FieldDescriptor, FieldType, MessageDescriptor, ScalarName } from './descriptor';
import { messageOf, setField, zeroOfScalar } from './fields';
import type { MessageSchema } from './schema';
import { unwrap } from './unwrap';
import { Malformed, WireReader } from './wire-reader';

/** Messages within messages, at most; protobuf's implementations have such a limit too. */
const deepest = 100;

/** Reads a message in protobuf's binary format. Undefined if the bytes are not such a message. */
export function decodeMessage(
  schema: MessageSchema,
  descriptor: MessageDescriptor,
  bytes: Uint8Array,
): CelValue | undefined {
  try {
    return new Decoder(schema).message(descriptor, new WireReader(bytes), 0);
  } catch (error) {
    if (error instanceof Malformed) {
      return undefined;
    }
    throw error;
  }
}

/** The value of a message whose fields hold what they should: the message, or what it stands for. */
export function finishMessage(
  schema: MessageSchema,
  descriptor: MessageDescriptor,
  values: ReadonlyMap<string, CelValue>,
): CelValue | Failure {
  const made = wholeMessage(schema, descriptor, values);
  return made instanceof PackedMessage ? fail(made.problem) : made;
}

/** The same, except that what `google.protobuf.Any` holds may stay packed: within another message that is no failure. */
function wholeMessage(
  schema: MessageSchema,
  descriptor: MessageDescriptor,
  values: ReadonlyMap<string, CelValue>,
): CelValue {
  const unwrapped = unwrap(descriptor, values, (url, bytes) => unpack(schema, url, bytes));
  return unwrapped === undefined ? messageOf(schema, descriptor, values) : unwrapped;
}

function unpack(schema: MessageSchema, url: string, bytes: Uint8Array): CelValue {
  const descriptor = schema.find(url.slice(url.lastIndexOf('/') + 1));
  const unpacked = descriptor && decodeMessage(schema, descriptor, bytes);
  return unpacked === undefined ? new PackedMessage(url, bytes, unpackingProblem(url, bytes)) : unpacked;
}

function unpackingProblem(url: string, bytes: Uint8Array): string {
  const parts = [
    ...(url === '' ? [] : [`type_url:${quote(url)}`]),
    ...(bytes.length === 0 ? [] : [`value:${formatBytes(bytes).slice(1)}`]),
  ];
  return `unsupported conversion to ref.Val: (*dynamicpb.Message)${parts.join('  ')}`;
}

/** The fields of a message that is being decoded. */
interface Gathered {
  readonly values: Map<string, CelValue>;
  readonly lists: Map<FieldDescriptor, CelValue[]>;
  readonly maps: Map<FieldDescriptor, (readonly [CelValue, CelValue])[]>;
}

class Decoder {
  readonly #schema: MessageSchema;

  constructor(schema: MessageSchema) {
    this.#schema = schema;
  }

  message(descriptor: MessageDescriptor, reader: WireReader, depth: number): CelValue {
    if (depth > deepest) {
      throw new Malformed();
    }
    const byNumber = new Map([...descriptor.fields.values()].map((field) => [field.number, field]));
    const gathered: Gathered = { values: new Map(), lists: new Map(), maps: new Map() };
    while (!reader.done) {
      const tag = Number(reader.varint());
      const field = byNumber.get(tag >> 3);
      if (!field || !this.#field(descriptor, field, tag & 7, reader, gathered, depth)) {
        reader.skip(tag & 7);
      }
    }
    for (const [field, list] of gathered.lists) {
      setField(descriptor, gathered.values, field, list);
    }
    for (const [field, entries] of gathered.maps) {
      setField(descriptor, gathered.values, field, makeMap(entries));
    }
    return wholeMessage(this.#schema, descriptor, gathered.values);
  }

  /** Reads a field's value. False if it is encoded in another way than the field's type. */
  #field(
    descriptor: MessageDescriptor,
    field: FieldDescriptor,
    wire: number,
    reader: WireReader,
    gathered: Gathered,
    depth: number,
  ): boolean {
    if (field.label === 'map') {
      const entries = gathered.maps.get(field) ?? [];
      gathered.maps.set(field, entries);
      entries.push(this.#entry(field, new WireReader(reader.delimited()), depth));
      return true;
    }
    const wanted = wireType(field.type);
    if (field.label === 'repeated') {
      const list = gathered.lists.get(field) ?? [];
      gathered.lists.set(field, list);
      if (wire === 2 && wanted !== 2) {
        const packed = new WireReader(reader.delimited());
        while (!packed.done) {
          list.push(this.#value(field.type, packed, depth));
        }
        return true;
      }
      if (wire === wanted) {
        list.push(this.#value(field.type, reader, depth));
      }
      return wire === wanted;
    }
    if (wire === wanted) {
      setField(descriptor, gathered.values, field, this.#value(field.type, reader, depth));
    }
    return wire === wanted;
  }

  #entry(field: FieldDescriptor, reader: WireReader, depth: number): readonly [CelValue, CelValue] {
    const keyType: FieldType = { kind: 'scalar', name: field.key ?? 'string' };
    let key = zeroOfScalar(field.key ?? 'string');
    let value: CelValue | undefined;
    while (!reader.done) {
      const tag = Number(reader.varint());
      if (tag >> 3 === 1) {
        key = this.#value(keyType, reader, depth);
      } else if (tag >> 3 === 2) {
        value = this.#value(field.type, reader, depth);
      } else {
        reader.skip(tag & 7);
      }
    }
    return [key, value ?? this.#value(field.type, new WireReader(empty), depth)];
  }

  #value(type: FieldType, reader: WireReader, depth: number): CelValue {
    if (type.kind === 'scalar') {
      return scalar(type.name, reader);
    }
    if (type.kind === 'enum') {
      return BigInt.asIntN(32, reader.varint());
    }
    const descriptor = this.#schema.find(type.name);
    if (!descriptor) {
      throw new Malformed();
    }
    const bytes = reader.done && reader.length === 0 ? empty : reader.delimited();
    return this.message(descriptor, new WireReader(bytes), depth + 1);
  }
}

const empty = new Uint8Array();

function wireType(type: FieldType): number {
  if (type.kind !== 'scalar') {
    return type.kind === 'enum' ? 0 : 2;
  }
  switch (type.name) {
    case 'double':
    case 'fixed64':
    case 'sfixed64':
      return 1;
    case 'string':
    case 'bytes':
      return 2;
    case 'float':
    case 'fixed32':
    case 'sfixed32':
      return 5;
    default:
      return 0;
  }
}

function scalar(name: ScalarName, reader: WireReader): CelValue {
  switch (name) {
    case 'bool':
      return reader.varint() !== 0n;
    case 'string': {
      const text = decodeUtf8(reader.delimited());
      if (text === undefined) {
        throw new Malformed();
      }
      return text;
    }
    case 'bytes':
      return reader.delimited();
    case 'double':
      return reader.view(8).getFloat64(0, true);
    case 'float':
      return reader.view(4).getFloat32(0, true);
    case 'int32':
      return BigInt.asIntN(32, reader.varint());
    case 'int64':
      return BigInt.asIntN(64, reader.varint());
    case 'sint32':
    case 'sint64': {
      const zigzag = reader.varint();
      return (zigzag >> 1n) ^ -(zigzag & 1n);
    }
    case 'sfixed32':
      return BigInt(reader.view(4).getInt32(0, true));
    case 'sfixed64':
      return reader.view(8).getBigInt64(0, true);
    case 'uint32':
      return new Uint(BigInt.asUintN(32, reader.varint()));
    case 'uint64':
      return new Uint(reader.varint());
    case 'fixed32':
      return new Uint(BigInt(reader.view(4).getUint32(0, true)));
    case 'fixed64':
      return new Uint(reader.view(8).getBigUint64(0, true));
  }
}
