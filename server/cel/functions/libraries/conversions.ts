import { fail } from '../../values/failure';
import { decodeUtf8, encodeUtf8 } from '../../values/bytes';
import type { Duration } from '../../values/time/duration';
import { formatDuration, parseDuration } from '../../values/time/duration-text';
import { quote } from '../../values/operations/format';
import { isList, isMap, mapSize, typeNameOf } from '../../values/kinds';
import { formatDouble, maxInt, maxUint, minInt } from '../../values/numbers';
import { CelObject } from '../../values/value';
import { codePointCount } from '../../values/text';
import { maxSeconds, minSeconds, Timestamp } from '../../values/time/timestamp';
import { formatTimestamp, readTimestamp } from '../../values/time/timestamp-text';
import { TypeValue } from '../../values/type-value';
import { Uint } from '../../values/uint';
import type { CelValue } from '../../values/value';
import { definer, overload } from '../define';
import type { FunctionDefinition, FunctionResult } from '../define';
import { noOverload } from '../no-overload';

const define = definer('standard');

function cannotConvert(to: string): FunctionResult {
  return fail(`type conversion error from 'string' to '${to}'`);
}

function same(value: CelValue): CelValue {
  return value;
}

function doubleToInt(value: number): FunctionResult {
  const fits = value > -(2 ** 63) && value < 2 ** 63;
  return fits ? BigInt(Math.trunc(value)) : fail('integer overflow');
}

function doubleToUint(value: number): FunctionResult {
  const fits = value >= 0 && value < 2 ** 64;
  return fits ? new Uint(BigInt(Math.trunc(value))) : fail('unsigned integer overflow');
}

function stringToInt(text: string): FunctionResult {
  if (!/^[+-]?[0-9]+$/.test(text)) {
    return cannotConvert('int');
  }
  const value = BigInt(text.replace(/^\+/, ''));
  return value > maxInt || value < minInt ? cannotConvert('int') : value;
}

function stringToUint(text: string): FunctionResult {
  if (!/^[0-9]+$/.test(text)) {
    return cannotConvert('uint');
  }
  const value = BigInt(text);
  return value > maxUint ? cannotConvert('uint') : new Uint(value);
}

const decimal = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const hexadecimal = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)$/;

/** Reads a double as Go does: decimal or hexadecimal, infinity and NaN by name, underscores between digits. */
function stringToDouble(text: string): FunctionResult {
  if (/^[+-]?inf(inity)?$/i.test(text)) {
    return text.startsWith('-') ? -Infinity : Infinity;
  }
  if (/^nan$/i.test(text)) {
    return NaN;
  }
  const digits = /^[+-]?[0-9](?:_?[0-9a-zA-Z.+-])*$/.test(text) ? text.replaceAll('_', '') : text;
  const hex = hexadecimal.exec(digits);
  if (hex) {
    const [, sign = '', whole = '', fraction = '', power = '0'] = hex;
    if (whole === '' && fraction === '') {
      return cannotConvert('double');
    }
    const magnitude = Number(BigInt(`0x0${whole}${fraction}`)) * 2 ** (Number(power) - 4 * fraction.length);
    return Number.isFinite(magnitude) ? (sign === '-' ? -magnitude : magnitude) : cannotConvert('double');
  }
  const value = decimal.test(digits) ? Number(digits) : NaN;
  return Number.isFinite(value) ? value : cannotConvert('double');
}

const trueWords = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const falseWords = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

function stringToBool(text: string): FunctionResult {
  return trueWords.has(text) || (falseWords.has(text) ? false : cannotConvert('bool'));
}

function stringToTimestamp(text: string): FunctionResult {
  const read = readTimestamp(text);
  return read === 'overflow'
    ? fail('timestamp overflow')
    : (read ?? fail(`invalid RFC 3339 timestamp ${quote(text)}`));
}

function intToTimestamp(seconds: bigint): FunctionResult {
  const fits = seconds >= BigInt(minSeconds) && seconds <= BigInt(maxSeconds);
  return fits ? new Timestamp(Number(seconds)) : fail('timestamp overflow');
}

function bytesToString(bytes: Uint8Array): FunctionResult {
  return decodeUtf8(bytes) ?? fail('invalid UTF-8 in bytes, cannot convert to string');
}

/** How many code points, bytes, elements or entries. */
function size(value: CelValue): FunctionResult {
  if (typeof value === 'string') {
    return BigInt(codePointCount(value));
  }
  if (value instanceof Uint8Array || isList(value)) {
    return BigInt(value.length);
  }
  if (isMap(value)) {
    return BigInt(mapSize(value));
  }
  const parts = value instanceof CelObject ? value.partCount : undefined;
  return parts === undefined ? noOverload('size', value) : BigInt(parts);
}

/** Conversions between types, `size`, `type` and `dyn`. */
export const conversionFunctions: readonly FunctionDefinition[] = [
  define(
    'size',
    [
      overload('size_bytes', 'size(value: bytes): int', 'How many bytes.', "size(b'abc') // 3", size),
      overload('bytes_size', 'bytes.size(): int', 'How many bytes.', "b'abc'.size() // 3", size),
      overload('size_list', 'size(value: list(A)): int', 'How many elements.', 'size([1, 2]) // 2', size),
      overload('list_size', 'list(A).size(): int', 'How many elements.', '[1, 2].size() // 2', size),
      overload('size_map', 'size(value: map(A, B)): int', 'How many entries.', "size({'a': 1}) // 1", size),
      overload('map_size', 'map(A, B).size(): int', 'How many entries.', "{'a': 1}.size() // 1", size),
      overload(
        'size_string',
        'size(value: string): int',
        'How many code points.',
        "size('héllo') // 5",
        size,
      ),
      overload('string_size', 'string.size(): int', 'How many code points.', "'héllo'.size() // 5", size),
    ],
    { mismatch: 'name' },
  ),
  define('type', [
    overload(
      'type',
      'type(value: A): type(A)',
      'The type of a value.',
      'type(1) == int // true',
      (value: CelValue) => new TypeValue(typeNameOf(value)),
    ),
  ]),
  define('dyn', [
    overload(
      'to_dyn',
      'dyn(value: A): dyn',
      'The value itself, its type forgotten, so that the checker accepts it anywhere.',
      'dyn(1) == 1.0 // true',
      same,
    ),
  ]),
  define('bool', [
    overload('bool_to_bool', 'bool(value: bool): bool', 'The bool itself.', 'bool(true) // true', same),
    overload(
      'string_to_bool',
      'bool(text: string): bool',
      'Reads a bool.',
      "bool('true') // true",
      stringToBool,
    ),
  ]),
  define('bytes', [
    overload(
      'bytes_to_bytes',
      'bytes(value: bytes): bytes',
      'The bytes themselves.',
      "bytes(b'a') // b'a'",
      same,
    ),
    overload(
      'string_to_bytes',
      'bytes(text: string): bytes',
      'A text in UTF-8.',
      "bytes('a') // b'a'",
      encodeUtf8,
    ),
  ]),
  define('double', [
    overload(
      'double_to_double',
      'double(value: double): double',
      'The double itself.',
      'double(1.5) // 1.5',
      same,
    ),
    overload(
      'int64_to_double',
      'double(value: int): double',
      'An int as the nearest double.',
      'double(1) // 1.0',
      Number,
    ),
    overload(
      'string_to_double',
      'double(text: string): double',
      'Reads a double.',
      "double('1.5') // 1.5",
      stringToDouble,
    ),
    overload(
      'uint64_to_double',
      'double(value: uint): double',
      'A uint as the nearest double.',
      'double(1u) // 1.0',
      (value: Uint) => Number(value.value),
    ),
  ]),
  define('duration', [
    overload(
      'duration_to_duration',
      'duration(value: duration): duration',
      'The duration itself.',
      "duration(duration('1s')) // duration('1s')",
      same,
    ),
    overload(
      'string_to_duration',
      'duration(text: string): duration',
      'Reads a duration: numbers with the units `h`, `m`, `s`, `ms`, `us`, `ns`.',
      "duration('1h30m') // duration('5400s')",
      (text: string) => parseDuration(text) ?? cannotConvert('google.protobuf.Duration'),
    ),
  ]),
  define('int', [
    overload('int64_to_int64', 'int(value: int): int', 'The int itself.', 'int(1) // 1', same),
    overload(
      'double_to_int64',
      'int(value: double): int',
      'A double cut off towards zero.',
      'int(1.9) // 1',
      doubleToInt,
    ),
    overload(
      'duration_to_int64',
      'int(value: duration): int',
      'The nanoseconds of a duration.',
      "int(duration('1s')) // 1000000000",
      (value: Duration) => value.nanos,
    ),
    overload('string_to_int64', 'int(text: string): int', 'Reads an int.', "int('-5') // -5", stringToInt),
    overload(
      'timestamp_to_int64',
      'int(value: timestamp): int',
      'Whole seconds since 1970.',
      "int(timestamp('1970-01-01T00:00:01Z')) // 1",
      (value: Timestamp) => BigInt(value.seconds),
    ),
    overload(
      'uint64_to_int64',
      'int(value: uint): int',
      'A uint as an int.',
      'int(5u) // 5',
      (value: Uint) => (value.value > maxInt ? fail('integer overflow') : value.value),
    ),
  ]),
  define('string', [
    overload(
      'string_to_string',
      'string(value: string): string',
      'The string itself.',
      "string('a') // 'a'",
      same,
    ),
    overload(
      'bool_to_string',
      'string(value: bool): string',
      '`true` or `false`.',
      "string(true) // 'true'",
      String,
    ),
    overload(
      'bytes_to_string',
      'string(value: bytes): string',
      'Bytes read as UTF-8.',
      "string(b'a') // 'a'",
      bytesToString,
    ),
    overload(
      'double_to_string',
      'string(value: double): string',
      'A double in text.',
      "string(1.5) // '1.5'",
      formatDouble,
    ),
    overload(
      'duration_to_string',
      'string(value: duration): string',
      'A duration in seconds.',
      "string(duration('1m')) // '60s'",
      formatDuration,
    ),
    overload('int64_to_string', 'string(value: int): string', 'An int in text.', "string(5) // '5'", String),
    overload(
      'timestamp_to_string',
      'string(value: timestamp): string',
      'A timestamp in the form of RFC 3339.',
      "string(timestamp(0)) // '1970-01-01T00:00:00Z'",
      formatTimestamp,
    ),
    overload(
      'uint64_to_string',
      'string(value: uint): string',
      'A uint in text.',
      "string(5u) // '5'",
      (value: Uint) => String(value.value),
    ),
  ]),
  define('timestamp', [
    overload(
      'timestamp_to_timestamp',
      'timestamp(value: timestamp): timestamp',
      'The timestamp itself.',
      "timestamp(timestamp(0)) // timestamp('1970-01-01T00:00:00Z')",
      same,
    ),
    overload(
      'int64_to_timestamp',
      'timestamp(seconds: int): timestamp',
      'So many seconds after 1970 began.',
      "timestamp(60) // timestamp('1970-01-01T00:01:00Z')",
      intToTimestamp,
    ),
    overload(
      'string_to_timestamp',
      'timestamp(text: string): timestamp',
      'Reads a timestamp in the form of RFC 3339.',
      "timestamp('2026-01-01T00:00:00Z').getFullYear() // 2026",
      stringToTimestamp,
    ),
  ]),
  define('uint', [
    overload('uint64_to_uint64', 'uint(value: uint): uint', 'The uint itself.', 'uint(5u) // 5u', same),
    overload(
      'double_to_uint64',
      'uint(value: double): uint',
      'A double cut off.',
      'uint(1.9) // 1u',
      doubleToUint,
    ),
    overload(
      'int64_to_uint64',
      'uint(value: int): uint',
      'An int as a uint.',
      'uint(5) // 5u',
      (value: bigint) => (value < 0n ? fail('unsigned integer overflow') : new Uint(value)),
    ),
    overload(
      'string_to_uint64',
      'uint(text: string): uint',
      'Reads a uint.',
      "uint('5') // 5u",
      stringToUint,
    ),
  ]),
];
