import { CelObject } from './value';
import type { CelValue } from './value';

const objects = new Map([
  ['uint', 'types.Uint'],
  ['google.protobuf.Timestamp', 'types.Timestamp'],
  ['google.protobuf.Duration', 'types.Duration'],
  ['optional_type', '*types.Optional'],
  ['type', '*types.Type'],
  ['net.IP', 'ext.IP'],
  ['net.CIDR', 'ext.CIDR'],
]);

/** The name of cel-go's Go type for a value (`types.Uint`), which some of its messages show. */
export function goTypeName(value: CelValue): string {
  switch (typeof value) {
    case 'boolean':
      return 'types.Bool';
    case 'string':
      return 'types.String';
    case 'bigint':
      return 'types.Int';
    case 'number':
      return 'types.Double';
    default:
      if (value === null) {
        return 'types.Null';
      }
      if (value instanceof Uint8Array) {
        return 'types.Bytes';
      }
      if (value instanceof CelObject) {
        return value.goTypeName() ?? objects.get(value.typeName) ?? value.typeName;
      }
      return Array.isArray(value) ? '*types.baseList' : '*types.baseMap';
  }
}
