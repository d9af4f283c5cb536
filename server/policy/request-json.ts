import type { JsonValue } from '../cel';
import { decode } from './model/decode';
import type { Model, Type } from './model/schema';
import type { Token, TokenRequest } from './aux-data/types';
import { field, map, message, text } from './model/schema';
import { isEmpty } from './model/suite';
import type { YamlNode } from './yaml/node';

const token = message('AuxData.JWT', {
  token: field(text({ minLength: 1 }), { required: true }),
  keySetId: field(text()),
});
/** The tokens of a request. */
export const auxData = message('AuxData', { jwt: field(token), jwts: field(map(token, 1)) }, [
  {
    message: 'Only one of the jwt or jwts fields must be set',
    holds: ({ jwt, jwts }) => jwt === undefined || isEmpty(jwts),
  },
]);

/**
 * Reads a request of Cerbos' API in protocol buffers' JSON.
 * @returns the message, or `problem`: what is wrong with one that the API would refuse, in its words
 */
export function readRequest<T>(value: JsonValue, type: Type<T>): { readonly read: T } | Problem {
  const { value: read, issues } = decode(nodeOf(withoutNulls(value)), type);
  if (issues.length === 0 && read !== undefined) {
    return { read };
  }
  const problems = issues.map(({ message: problem }) => problem);
  const [first = 'the request must be a JSON object', ...others] = problems;
  if (others.length === 0) {
    return { problem: `validation error: ${first}` };
  }
  return { problem: `validation errors:\n${problems.map((each) => ` - ${each}`).join('\n')}` };
}

export interface Problem {
  readonly problem: string;
}

/** The tokens that a request names. */
export function tokensOf({ jwt, jwts }: Model<typeof auxData>): TokenRequest {
  if (jwt) {
    return { jwt: tokenOf(jwt.value) };
  }
  const named = [...(jwts?.value ?? [])].map(([name, { value }]) => [name, tokenOf(value)] as const);
  return { jwts: Object.assign(Object.create(null) as object, Object.fromEntries(named)) };
}

function tokenOf({ token: written, keySetId }: Model<typeof token>): Token {
  return { token: written?.value ?? '', ...(keySetId && { keySetId: keySetId.value }) };
}

const nowhere = { start: 0, end: 0, mark: 0 };

/** JSON as a document's tree, which the decoder reads. */
function nodeOf(value: JsonValue): YamlNode {
  if (Array.isArray(value)) {
    return { kind: 'sequence', flow: true, items: (value as readonly JsonValue[]).map(nodeOf), ...nowhere };
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, each]) => ({ key: nodeOf(key), value: nodeOf(each) }));
    return { kind: 'map', flow: true, entries, ...nowhere };
  }
  const scalar = { kind: 'scalar', value, text: String(value), ...nowhere } as const;
  switch (typeof value) {
    case 'string':
      return { ...scalar, style: 'double', type: 'String' };
    case 'number':
      return { ...scalar, style: 'plain', type: 'Float' };
    case 'boolean':
      return { ...scalar, style: 'plain', type: 'Bool' };
    default:
      return { ...scalar, style: 'plain', type: 'Null' };
  }
}

/** In protocol buffers' JSON a field that is null is a field that is not there; in attributes null is a value. */
function withoutNulls(value: JsonValue, depth = 0): JsonValue {
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).map((each) => withoutNulls(each, depth));
  }
  if (typeof value !== 'object' || value === null || depth > 3) {
    return value;
  }
  const kept = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(
    kept.map(([name, each]) => [name, name === 'attr' ? each : withoutNulls(each, depth + 1)]),
  );
}
