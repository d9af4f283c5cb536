import { describe, expect, test } from 'vitest';
import { compile, formatValue, standardEnvironment, toJson, Uint } from '../index';
import type { CelValue } from '../index';
import { Failure } from '../values/failure';
import { CelMessage } from './message';
import { message } from './descriptor';
import { decodeMessage } from './decode';
import { makeMessage } from './make';
import { MessageSchema } from './schema';
import { wellKnownParts } from './well-known';

const part = message('test.Part', 'string name = 1', 'optional int32 count = 2');
const whole = message(
  'test.Whole',
  'repeated test.Part parts = 1',
  'map<int64, test.Part> by_number = 2',
  'enum test.Colour colour = 3',
  'oneof choice string text = 4',
  'oneof choice uint32 number = 5',
  'google.protobuf.Int64Value maybe = 6',
  'google.protobuf.Any any = 7',
  'test.Part part = 8',
  'repeated sint32 packed = 9',
  'float float = 10',
);
const schema = new MessageSchema({
  messages: [...wellKnownParts.messages, part, whole],
  enums: new Map([['test.Colour', { RED: 0, GREEN: 1 }]]),
});

function make(fields: Readonly<Record<string, CelValue>>): CelMessage {
  const made = makeMessage(schema, whole, Object.entries(fields));
  if (!(made instanceof CelMessage)) {
    throw new Error(made instanceof Failure ? made.message : 'no message');
  }
  return made;
}

function problemOf(fields: Readonly<Record<string, CelValue>>): string {
  const made = makeMessage(schema, whole, Object.entries(fields));
  return made instanceof Failure ? made.message : 'none';
}

function evaluate(source: string): string {
  const { program, issues } = compile(source, standardEnvironment());
  const result = program?.evaluate({});
  return result?.kind === 'value'
    ? formatValue(result.value)
    : result?.kind === 'error'
      ? `error: ${result.message}`
      : issues.map((issue) => issue.message).join('; ');
}

describe('making a message', () => {
  test('a field of a message that is not set reads as the zero of its type, null for wrappers, or an empty message', () => {
    const made = make({});
    expect(made.get('colour')).toBe(0n);
    expect(made.get('parts')).toEqual([]);
    expect(made.get('maybe')).toBe(null);
    expect(made.get('part')).toBeInstanceOf(CelMessage);
    expect(made.has('part')).toBe(false);
    expect(made.get('nothing')).toBeUndefined();
  });

  test('a zero in a message counts as not set, except where the field has presence', () => {
    expect(make({ colour: 0n }).has('colour')).toBe(false);
    expect(make({ text: '' }).has('text')).toBe(true);
    expect(make({ maybe: 0n }).has('maybe')).toBe(true);
    expect(make({ maybe: null }).has('maybe')).toBe(false);
  });

  test('a message keeps only the last field of a oneof', () => {
    const made = make({ text: 'a', number: new Uint(1n) });
    expect([made.has('text'), made.has('number')]).toEqual([false, true]);
  });

  test('making a message refuses values of other types, and numbers beyond 32 bits, in the words of cel-go', () => {
    expect(problemOf({ text: 1n })).toBe(
      "field type conversion error for test.Whole.text value type: unsupported type conversion from 'int' to string",
    );
    expect(problemOf({ number: new Uint(2n ** 32n) })).toBe(
      'field type conversion error for test.Whole.number value type: unsigned integer overflow',
    );
    expect(problemOf({ parts: 1n })).toBe('unsupported field type for test.Whole.parts: int');
    expect(problemOf({ nope: 1n })).toBe('no such field: nope');
  });

  test('a float field of a message rounds to 32 bits', () => {
    expect(make({ float: 1.1 }).get('float')).toBe(Math.fround(1.1));
  });

  test('messages compare by their fields', () => {
    expect(make({ text: 'a' }).equals(make({ text: 'a', colour: 0n }))).toBe(true);
    expect(make({ text: 'a' }).equals(make({ text: 'b' }))).toBe(false);
    expect(make({}).isZero()).toBe(true);
  });

  test('a message has protobuf’s JSON form: enums by name, field names in camel case', () => {
    const made = make({ colour: 1n, by_number: {}, maybe: 5n });
    expect(toJson(made)).toEqual({ colour: 'GREEN', maybe: 5 });
  });
});

describe('reading a message from bytes', () => {
  test('decoding a message reads nested, repeated, packed and map fields', () => {
    // parts {name: "a", count: 5}, by_number {7: {name: "b"}}, colour GREEN, packed [1, -1]
    const bytes = new Uint8Array([
      ...[0x0a, 5, 0x0a, 1, 0x61, 0x10, 5],
      ...[0x12, 7, 0x08, 7, 0x12, 3, 0x0a, 1, 0x62],
      ...[0x18, 1],
      ...[0x4a, 2, 2, 1],
    ]);
    expect(formatValue(decodeMessage(schema, whole, bytes)!)).toBe(
      'test.Whole{parts: [test.Part{name: "a", count: 5}], by_number: {7: test.Part{name: "b"}}, colour: 1, packed: [1, -1]}',
    );
  });

  test('decoding a message skips fields that its schema does not have', () => {
    expect(decodeMessage(schema, part, new Uint8Array([0x78, 1, 0x0a, 1, 0x61]))).toMatchObject({
      values: new Map([['name', 'a']]),
    });
  });

  test.each([
    ['a length beyond the end', [0x0a, 5, 0x61]],
    ['a number that does not end', [0x10, 0xff]],
    ['text that is not UTF-8', [0x0a, 1, 0xff]],
    ['a wire type that does not exist', [0x0f, 1]],
  ])('a message with %s is refused', (_what, bytes) => {
    expect(decodeMessage(schema, part, new Uint8Array(bytes))).toBeUndefined();
  });

  test('decoding refuses messages that nest too deeply, instead of running out of stack', () => {
    const nested = message('test.Nested', 'test.Nested inner = 1');
    const nesting = new MessageSchema({ messages: [nested] });
    const deep = (depth: number): Uint8Array => {
      let bytes: number[] = [];
      for (let level = 0; level < depth; level++) {
        const length = [(bytes.length & 127) | 128, (bytes.length >> 7) & 127];
        bytes = [0x0a, ...length, ...bytes];
      }
      return new Uint8Array(bytes);
    };
    expect(decodeMessage(nesting, nested, deep(100))).toBeInstanceOf(CelMessage);
    expect(decodeMessage(nesting, nested, deep(3000))).toBeUndefined();
  });
});

describe('messages in expressions', () => {
  test.each([
    ['google.protobuf.Timestamp{seconds: 1}', 'timestamp("1970-01-01T00:00:01Z")'],
    ['google.protobuf.Int64Value{value: 1} + 1', '2'],
    ["google.protobuf.Struct{fields: {'a': [1, b'x']}}", '{"a": [1.0, "eA=="]}'],
    ["google.protobuf.Any{type_url: 'x/google.protobuf.StringValue', value: b'\\x0a\\x01a'}", '"a"'],
    [
      'google.protobuf.Int32Value{value: 5000000000}',
      'error: field type conversion error for google.protobuf.Int32Value.value value type: integer overflow',
    ],
    ['google.protobuf.Int64Value{worth: 1}', "undefined field 'worth'"],
    ['int{}', "'int' is not a message type"],
    ['google.protobuf.Value{?string_value: optional.none()} == null', 'true'],
  ])('an expression with a message is evaluated: %s', (source, value) => {
    expect(evaluate(source)).toBe(value);
  });
});
