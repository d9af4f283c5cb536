import type { JsonValue } from '../../cel';
import { decode } from '../model/decode';
import type { Model } from '../model/schema';
import type { Token, TokenRequest } from '../aux-data/types';
import { boolean, field, json, list, map, message, text } from '../model/schema';
import { isEmpty, principal, principalInput, resource, resourceInput } from '../model/suite';
import type { YamlNode } from '../yaml/node';
import type { CheckInput } from '../check-types';

const token = message('AuxData.JWT', {
  token: field(text({ minLength: 1 }), { required: true }),
  keySetId: field(text()),
});
const auxData = message('AuxData', { jwt: field(token), jwts: field(map(token, 1)) }, [
  {
    message: 'Only one of the jwt or jwts fields must be set',
    holds: ({ jwt, jwts }) => jwt === undefined || isEmpty(jwts),
  },
]);
const request = message('CheckResourcesRequest', {
  requestId: field(text()),
  includeMeta: field(boolean),
  principal: field(principal, { required: true }),
  resources: field(
    list(
      message('ResourceEntry', {
        actions: field(list(text({ minLength: 1 })), { required: true, unique: true }),
        resource: field(resource, { required: true }),
      }),
    ),
    { required: true },
  ),
  auxData: field(auxData),
  requestContext: field(message('RequestContext', { annotations: field(map(json)) })),
});

/** A `CheckResources` request of Cerbos' API. */
export interface CheckRequest {
  readonly requestId: string;
  readonly includeMeta: boolean;
  /** Tokens, whose claims belong into every input once they are verified. */
  readonly tokens?: TokenRequest;
  /** One for each resource, in order. */
  readonly inputs: readonly CheckInput[];
}

/** Reads a `CheckResources` request in the JSON of Cerbos' API; says what is wrong with one that the API would refuse. */
export function parseCheckRequest(value: JsonValue): CheckRequest | { readonly problem: string } {
  const { value: read, issues } = decode(nodeOf(withoutNulls(value)), request);
  const problems = issues.map(({ message: problem }) => problem);
  if (problems.length > 0 || !read) {
    const [first = 'the request must be a JSON object', ...others] = problems;
    if (others.length === 0) return { problem: `validation error: ${first}` };
    return { problem: `validation errors:\n${problems.map((each) => ` - ${each}`).join('\n')}` };
  }
  const who = read.principal && principalInput(read.principal.value);
  const requestId = read.requestId?.value ?? '';
  return {
    requestId,
    includeMeta: read.includeMeta?.value === true,
    ...(read.auxData && { tokens: tokensOf(read.auxData.value) }),
    inputs: (read.resources?.value ?? []).flatMap(({ value: { actions, resource: what } }) => {
      if (!who || !what) return [];
      const named = (actions?.value ?? []).map((each) => each.value);
      return { requestId, principal: who, resource: resourceInput(what.value), actions: named };
    }),
  };
}

function tokensOf({ jwt, jwts }: Model<typeof auxData>): TokenRequest {
  if (jwt) return { jwt: tokenOf(jwt.value) };
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
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((each) => withoutNulls(each, depth));
  if (typeof value !== 'object' || value === null || depth > 3) return value;
  const kept = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(
    kept.map(([name, each]) => [name, name === 'attr' ? each : withoutNulls(each, depth + 1)]),
  );
}
