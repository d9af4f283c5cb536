import type { JsonValue } from '../../cel';
import type { TokenRequest } from '../aux-data/types';
import { boolean, field, json, list, map, message, text } from '../model/schema';
import { principal, principalInput, resource, resourceInput } from '../model/suite';
import type { CheckInput } from '../check-types';
import { auxData, readRequest, tokensOf } from '../request-json';
import type { Problem } from '../request-json';

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
export function parseCheckRequest(value: JsonValue): CheckRequest | Problem {
  const decoded = readRequest(value, request);
  if ('problem' in decoded) {
    return decoded;
  }
  const { read } = decoded;
  const who = read.principal && principalInput(read.principal.value);
  const requestId = read.requestId?.value ?? '';
  return {
    requestId,
    includeMeta: read.includeMeta?.value === true,
    ...(read.auxData && { tokens: tokensOf(read.auxData.value) }),
    inputs: (read.resources?.value ?? []).flatMap(({ value: { actions, resource: what } }) => {
      if (!who || !what) {
        return [];
      }
      const named = (actions?.value ?? []).map((each) => each.value);
      return { requestId, principal: who, resource: resourceInput(what.value), actions: named };
    }),
  };
}
