import { createHash, createHmac } from 'node:crypto';
import type { JsonValue } from '../json';

/**
 * One text for one JSON value, whatever the order its members were written in: members sorted by their names' UTF-16
 * code units, no white space, numbers and strings as `JSON.stringify` writes them (RFC 8785's form).
 */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) {
    return `[${(value as readonly JsonValue[]).map(canonicalJson).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

/** SHA-256 in lower-case hexadecimal; strings are hashed as UTF-8. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** SHA-256 of a value's canonical JSON. */
export function digestOfJson(value: JsonValue): string {
  return sha256(canonicalJson(value));
}

/**
 * HMAC-SHA-256 of a value's canonical JSON, in lower-case hexadecimal, for values that could be guessed.
 * @param purpose no digest for one purpose says anything about those for another
 */
export function keyedDigest(key: Buffer, purpose: string, value: JsonValue): string {
  return createHmac('sha256', key)
    .update(`gatehouse ${purpose}\0${canonicalJson(value)}`)
    .digest('hex');
}
