import type { YamlScalar } from './node';

type Typed = Pick<YamlScalar, 'type' | 'value'>;

const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);
const booleans = new Map([
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
]);
const infinities = new Map([
  ['.inf', Infinity],
  ['.Inf', Infinity],
  ['.INF', Infinity],
  ['-.inf', -Infinity],
  ['-.Inf', -Infinity],
  ['-.INF', -Infinity],
]);
const notNumbers = new Set(['.nan', '.NaN', '.NAN']);

const maxUint64 = 0xffff_ffff_ffff_ffffn;
const maxInt64 = 0x7fff_ffff_ffff_ffffn;

/** The value of unquoted text, by the rules of `cerbos 0.55`'s YAML reader, which are neither YAML 1.1's nor 1.2's. */
export function plainScalar(text: string): Typed {
  if (nulls.has(text)) {
    return { type: 'Null', value: null };
  }
  const boolean = booleans.get(text);
  if (boolean !== undefined) {
    return { type: 'Bool', value: boolean };
  }
  const infinity = infinities.get(text);
  if (infinity !== undefined) {
    return { type: 'Infinity', value: infinity };
  }
  if (notNumbers.has(text)) {
    return { type: 'Nan', value: NaN };
  }
  return plainNumber(text) ?? { type: 'String', value: text };
}

function plainNumber(text: string): Typed | undefined {
  if (!/^[-+]*[0-9._]/.test(text) || text.startsWith('_')) {
    return undefined;
  }
  const negative = text.startsWith('-');
  // As `cerbos 0.55` does: `+-5` is 5.
  const digits = text.replace(/^\+?-?/, '').replaceAll('_', '');
  if (text.includes('.')) {
    const value = Number(digits);
    if (!/^(\d+\.\d*|\.\d+)([eE][-+]?\d+)?$/.test(digits) || value === Infinity) {
      return undefined;
    }
    return { type: 'Float', value: negative ? -value : value };
  }
  const magnitude = wholeNumber(digits);
  if (magnitude === undefined || magnitude > (negative ? maxInt64 + 1n : maxUint64)) {
    return undefined;
  }
  return { type: 'Integer', value: negative ? -magnitude : magnitude };
}

function wholeNumber(digits: string): bigint | undefined {
  if (/^0x[0-9a-fA-F]+$/.test(digits)) {
    return BigInt(digits);
  }
  if (/^0o[0-7]+$/.test(digits)) {
    return BigInt(digits);
  }
  if (/^0b[01]+$/.test(digits)) {
    return BigInt(digits);
  }
  if (/^0[0-7]+$/.test(digits)) {
    return BigInt(`0o${digits}`);
  }
  if (/^(0|[1-9]\d*)$/.test(digits)) {
    return BigInt(digits);
  }
  return undefined;
}
