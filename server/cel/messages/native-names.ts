import type { FieldType, ScalarName } from './descriptor';

const scalars: Readonly<Record<ScalarName, string>> = {
  bool: 'bool',
  string: 'string',
  bytes: '[]uint8',
  double: 'float64',
  float: 'float32',
  int32: 'int32',
  sint32: 'int32',
  sfixed32: 'int32',
  int64: 'int64',
  sint64: 'int64',
  sfixed64: 'int64',
  uint32: 'uint32',
  fixed32: 'uint32',
  uint64: 'uint64',
  fixed64: 'uint64',
};

const packages = new Map([
  ['Any', 'anypb'],
  ['Duration', 'durationpb'],
  ['ListValue', 'structpb'],
  ['Struct', 'structpb'],
  ['Timestamp', 'timestamppb'],
  ['Value', 'structpb'],
]);

const wellKnown = /^google\.protobuf\.(\w+)$/;

/** Go's name for the type that holds a field's value, as cel-go's messages about conversions show it. */
export function nativeName(type: FieldType): string {
  switch (type.kind) {
    case 'scalar':
      return scalars[type.name];
    case 'enum':
      return 'protoreflect.EnumNumber';
    case 'message':
      return `*${nativeMessageName(type.name)}`;
  }
}

function nativeMessageName(name: string): string {
  const [, short = ''] = wellKnown.exec(name) ?? [];
  const home = packages.get(short) ?? (short.endsWith('Value') ? 'wrapperspb' : undefined);
  return home === undefined ? 'dynamicpb.Message' : `${home}.${short}`;
}
