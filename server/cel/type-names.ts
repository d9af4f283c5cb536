import {
  anyType,
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  nullType,
  opaqueType,
  optionalType,
  paramType,
  stringType,
  timestampType,
  typeType,
  uintType,
  wrapperType,
} from './types';
import type { CelType } from './types';

/** Types by the names that expressions use for them, those of protobuf's well-known types included. */
export const typeNames: ReadonlyMap<string, CelType> = new Map<string, CelType>([
  ['bool', boolType],
  ['bytes', bytesType],
  ['double', doubleType],
  ['int', intType],
  ['list', listType(dynType)],
  ['map', mapType(dynType, dynType)],
  ['null_type', nullType],
  ['string', stringType],
  ['type', typeType],
  ['uint', uintType],
  ['google.protobuf.Duration', durationType],
  ['google.protobuf.Timestamp', timestampType],
  ['google.protobuf.Any', anyType],
  ['google.protobuf.BoolValue', wrapperType(boolType)],
  ['google.protobuf.BytesValue', wrapperType(bytesType)],
  ['google.protobuf.DoubleValue', wrapperType(doubleType)],
  ['google.protobuf.FloatValue', wrapperType(doubleType)],
  ['google.protobuf.Int32Value', wrapperType(intType)],
  ['google.protobuf.Int64Value', wrapperType(intType)],
  ['google.protobuf.StringValue', wrapperType(stringType)],
  ['google.protobuf.UInt32Value', wrapperType(uintType)],
  ['google.protobuf.UInt64Value', wrapperType(uintType)],
  ['google.protobuf.ListValue', listType(dynType)],
  ['google.protobuf.Struct', mapType(stringType, dynType)],
  ['google.protobuf.Value', dynType],
  ['optional_type', optionalType(paramType('T'))],
  ['net.IP', opaqueType('net.IP')],
  ['net.CIDR', opaqueType('net.CIDR')],
]);

/** Types that an expression may name, but whose name has no value; with the error message of reading it. */
export const namesWithoutValue: ReadonlyMap<string, string> = new Map(
  [...typeNames.keys()]
    .filter((name) => name.startsWith('google.protobuf.') && !/\.(?:Duration|Timestamp)$/.test(name))
    .map((name) => [name, `reference to undefined type: ${name}`] as const),
);
