import type { ByteSpan } from './strict';

/**
 * Finds the values of an object's members in bytes that strict parsing has accepted.
 * @param at offset of the object's opening brace
 */
export function memberSpans(bytes: Buffer, at: number): Map<string, ByteSpan> {
  const members = new Map<string, ByteSpan>();
  let next = skipSpace(bytes, at + 1);
  while (bytes[next] !== 0x7d) {
    const nameEnd = skipValue(bytes, next);
    const name = JSON.parse(bytes.toString('utf8', next, nameEnd)) as string;
    const start = skipSpace(bytes, skipSpace(bytes, nameEnd) + 1);
    const end = skipValue(bytes, start);
    members.set(name, { start, end });
    next = afterComma(bytes, end);
  }
  return members;
}

/**
 * Finds the elements of an array in bytes that strict parsing has accepted.
 * @param at offset of the array's opening bracket
 */
export function elementSpans(bytes: Buffer, at: number): ByteSpan[] {
  const elements: ByteSpan[] = [];
  let next = skipSpace(bytes, at + 1);
  while (bytes[next] !== 0x5d) {
    const end = skipValue(bytes, next);
    elements.push({ start: next, end });
    next = afterComma(bytes, end);
  }
  return elements;
}

/**
 * The bytes of an object with other values for some of its members, which all keep their place; new ones come last.
 * @param bytes an object that strict parsing has accepted, and nothing else
 * @param changes JSON by name; `undefined` leaves the member out
 */
export function withMembers(bytes: Buffer, changes: ReadonlyMap<string, string | undefined>): Buffer {
  const members = memberSpans(bytes, 0);
  const leavesOut = [...members.keys()].some((name) => changes.has(name) && changes.get(name) === undefined);
  const adds = [...changes].filter(([name, value]) => value !== undefined && !members.has(name));
  if (leavesOut || adds.length > 0) {
    const kept = [...members].flatMap(([name, { end, start }]): [string, string][] => {
      const value = changes.has(name) ? changes.get(name) : bytes.toString('utf8', start, end);
      return value === undefined ? [] : [[name, value]];
    });
    const all = [...kept, ...adds].map(([name, value]) => `${JSON.stringify(name)}:${value ?? 'null'}`);
    return Buffer.from(`{${all.join(',')}}`);
  }
  const parts: Buffer[] = [];
  let from = 0;
  for (const [name, { end, start }] of members) {
    const value = changes.get(name);
    if (value !== undefined) {
      parts.push(bytes.subarray(from, start), Buffer.from(value));
      from = end;
    }
  }
  return Buffer.concat([...parts, bytes.subarray(from)]);
}

function afterComma(bytes: Buffer, at: number): number {
  const next = skipSpace(bytes, at);
  return bytes[next] === 0x2c ? skipSpace(bytes, next + 1) : next;
}

function skipSpace(bytes: Buffer, at: number): number {
  let next = at;
  while (bytes[next] === 0x20) {
    next++;
  }
  return next;
}

/** Offset after the value at an offset. */
function skipValue(bytes: Buffer, at: number): number {
  let depth = 0;
  let next = at;
  do {
    switch (bytes[next]) {
      case 0x22:
        next = skipString(bytes, next);
        break;
      case 0x7b:
      case 0x5b:
        depth++;
        next++;
        break;
      case 0x7d:
      case 0x5d:
        depth--;
        next++;
        break;
      case 0x2c:
      case 0x3a:
      case 0x20:
        next++;
        break;
      default:
        next = skipScalar(bytes, next);
    }
  } while (depth > 0);
  return next;
}

function skipString(bytes: Buffer, at: number): number {
  let next = at + 1;
  while (bytes[next] !== 0x22) {
    next += bytes[next] === 0x5c ? 2 : 1;
  }
  return next + 1;
}

/** A number, `true`, `false` or `null`: ends before whatever can follow a value. */
function skipScalar(bytes: Buffer, at: number): number {
  let next = at;
  for (;;) {
    const byte = bytes[next];
    if (byte === undefined || byte === 0x2c || byte === 0x20 || byte === 0x7d || byte === 0x5d) {
      return next;
    }
    next++;
  }
}
