import { Duration } from '../time/duration';
import { formatDuration } from '../time/duration-text';
import { mapGet, mapKeys } from '../kinds';
import { CelMap } from '../map';
import { formatDouble } from '../numbers';
import { CelObject } from '../value';
import { Optional } from '../optional';
import { Timestamp } from '../time/timestamp';
import { formatTimestamp } from '../time/timestamp-text';
import { TypeValue } from '../type-value';
import { Uint } from '../uint';
import type { CelValue, StringMap } from '../value';

/** A value as a CEL expression that gives it, for people and for residual expressions: `{"a": 1.0}`. */
export function formatValue(value: CelValue): string {
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'string':
      return quote(value);
    case 'bigint':
      return String(value);
    case 'number':
      return formatDoubleLiteral(value);
    default:
      return value === null ? 'null' : formatObject(value);
  }
}

function formatDoubleLiteral(value: number): string {
  if (!Number.isFinite(value)) {
    return `double("${formatDouble(value)}")`;
  }
  const text = formatDouble(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function formatObject(value: CelValue & object): string {
  if (Array.isArray(value)) {
    return `[${(value as readonly CelValue[]).map((element) => formatValue(element)).join(', ')}]`;
  }
  if (value instanceof Uint8Array) {
    return formatBytes(value);
  }
  if (!(value instanceof CelObject) || value instanceof CelMap) {
    return formatMap(value as StringMap | CelMap);
  }
  if (value instanceof Uint) {
    return `${value.value}u`;
  }
  if (value instanceof Timestamp) {
    return `timestamp("${formatTimestamp(value)}")`;
  }
  if (value instanceof Duration) {
    return `duration("${formatDuration(value)}")`;
  }
  if (value instanceof Optional) {
    return value.value === undefined ? 'optional.none()' : `optional.of(${formatValue(value.value)})`;
  }
  return value instanceof TypeValue ? value.name : value.show();
}

function formatMap(map: StringMap | CelMap): string {
  const entries = mapKeys(map).map((key) => `${formatValue(key)}: ${formatValue(mapGet(map, key) ?? null)}`);
  return `{${entries.join(', ')}}`;
}

const escapes = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/**
 * A CEL string literal in double quotes. Control characters, lone surrogates and characters that change the text's
 * direction are escaped.
 */
export function quote(text: string): string {
  let quoted = '"';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const escape = escapes.get(character);
    if (escape !== undefined) {
      quoted += escape;
    } else if (
      code < 0x20 ||
      code === 0x7f ||
      (code >= 0x200e && code <= 0x202e) ||
      (code >= 0x2066 && code <= 0x2069)
    ) {
      quoted += `\\u${code.toString(16).padStart(4, '0')}`;
    } else {
      quoted += character;
    }
  }
  return `${quoted}"`;
}

/** A byte string literal. */
export function formatBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    const printable = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    text += printable ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `b"${text}"`;
}
