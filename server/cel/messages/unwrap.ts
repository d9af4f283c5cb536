import { Duration } from '../values/time/duration';
import { maxInt, minInt } from '../values/numbers';
import { Timestamp } from '../values/time/timestamp';
import type { CelValue } from '../values/value';
import { wrappedScalar } from './convert';
import type { MessageDescriptor } from './descriptor';
import { zeroOfScalar } from './fields';

const billion = 1_000_000_000n;

/**
 * The CEL value of a well-known message; undefined for any other message.
 * @param unpack reads the message within a `google.protobuf.Any`
 */
export function unwrap(
  { name }: MessageDescriptor,
  values: ReadonlyMap<string, CelValue>,
  unpack: (url: string, bytes: Uint8Array) => CelValue,
): CelValue | undefined {
  const scalar = wrappedScalar(name);
  if (scalar !== undefined) {
    return values.get('value') ?? zeroOfScalar(scalar);
  }
  switch (name) {
    case 'google.protobuf.Any':
      return unpack(textOf(values.get('type_url')), bytesOf(values.get('value')));
    case 'google.protobuf.Duration':
      return new Duration(saturate(intOf(values.get('seconds')) * billion + intOf(values.get('nanos'))));
    case 'google.protobuf.Timestamp':
      return timestamp(intOf(values.get('seconds')), intOf(values.get('nanos')));
    case 'google.protobuf.Struct':
      return values.get('fields') ?? {};
    case 'google.protobuf.ListValue':
      return values.get('values') ?? [];
    case 'google.protobuf.Value':
      // Of the fields of its oneof only one is set; the value of `null_value` is the number of an enum.
      return values.has('null_value') ? null : ([...values.values()][0] ?? null);
    default:
      return undefined;
  }
}

function textOf(value: CelValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function bytesOf(value: CelValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}

function intOf(value: CelValue | undefined): bigint {
  return typeof value === 'bigint' ? value : 0n;
}

/** Durations that 64 bits cannot hold end at their limits, as in Go. */
function saturate(nanos: bigint): bigint {
  return nanos > maxInt ? maxInt : nanos < minInt ? minInt : nanos;
}

function timestamp(seconds: bigint, nanos: bigint): Timestamp {
  const total = seconds * billion + nanos;
  const part = ((total % billion) + billion) % billion;
  return new Timestamp(Number((total - part) / billion), Number(part));
}
