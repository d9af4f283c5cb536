import { message } from './descriptor';
import { MessageSchema } from './schema';
import type { SchemaParts } from './schema';

/**
 * The well-known messages and enums of protobuf (CEL specification, "Protocol buffer data conversion"). Part of every
 * {@link MessageSchema} for expressions.
 */
export const wellKnownParts = {
  messages: [
    message('google.protobuf.Any', 'string type_url = 1', 'bytes value = 2'),
    message('google.protobuf.BoolValue', 'bool value = 1'),
    message('google.protobuf.BytesValue', 'bytes value = 1'),
    message('google.protobuf.DoubleValue', 'double value = 1'),
    message('google.protobuf.Duration', 'int64 seconds = 1', 'int32 nanos = 2'),
    message('google.protobuf.Empty'),
    message('google.protobuf.FloatValue', 'float value = 1'),
    message('google.protobuf.Int32Value', 'int32 value = 1'),
    message('google.protobuf.Int64Value', 'int64 value = 1'),
    message('google.protobuf.ListValue', 'repeated google.protobuf.Value values = 1'),
    message('google.protobuf.StringValue', 'string value = 1'),
    message('google.protobuf.Struct', 'map<string, google.protobuf.Value> fields = 1'),
    message('google.protobuf.Timestamp', 'int64 seconds = 1', 'int32 nanos = 2'),
    message('google.protobuf.UInt32Value', 'uint32 value = 1'),
    message('google.protobuf.UInt64Value', 'uint64 value = 1'),
    message(
      'google.protobuf.Value',
      'oneof kind enum google.protobuf.NullValue null_value = 1',
      'oneof kind double number_value = 2',
      'oneof kind string string_value = 3',
      'oneof kind bool bool_value = 4',
      'oneof kind google.protobuf.Struct struct_value = 5',
      'oneof kind google.protobuf.ListValue list_value = 6',
    ),
  ],
  enums: new Map([['google.protobuf.NullValue', { NULL_VALUE: 0 }]]),
} satisfies SchemaParts;

/** The schema of environments that declare none. */
export const wellKnownSchema = new MessageSchema(wellKnownParts);
