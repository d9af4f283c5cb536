import type { JsonValue } from '../../cel';
import type { TokenRequest } from '../aux-data/types';
import { optionalVersion, scopeName } from '../model/patterns';
import { boolean, field, json, list, map, message, text } from '../model/schema';
import { isEmpty, principal, principalInput, resourceInput } from '../model/suite';
import { auxData, readRequest, tokensOf } from '../request-json';
import type { Problem } from '../request-json';
import type { PlanInput } from './types';

const resource = message('PlanResourcesInput.Resource', {
  kind: field(text({ minLength: 1, holds: 'kind' }), { required: true }),
  attr: field(map(json, 1)),
  policyVersion: field(text({ pattern: optionalVersion, holds: 'version' })),
  scope: field(text({ pattern: scopeName, holds: 'scope' })),
});
const request = message(
  'PlanResourcesRequest',
  {
    requestId: field(text()),
    action: field(text()),
    actions: field(list(text({ minLength: 1 })), { unique: true }),
    principal: field(principal, { required: true }),
    resource: field(resource, { required: true }),
    auxData: field(auxData),
    includeMeta: field(boolean),
    requestContext: field(message('RequestContext', { annotations: field(map(json)) })),
  },
  [
    {
      message: "Exactly one of 'action' or 'actions' field must be set",
      holds: ({ action, actions }) => isEmpty(action) !== isEmpty(actions),
    },
  ],
);

/** A `PlanResources` request of Cerbos' API. */
export interface PlanRequest {
  readonly input: PlanInput;
  readonly includeMeta: boolean;
  /** True if the action is in the deprecated field `action`; the response then names it there, too. */
  readonly singular: boolean;
  /** Tokens, whose claims belong into the input once they are verified. */
  readonly tokens?: TokenRequest;
}

/** Reads a `PlanResources` request in the JSON of Cerbos' API; says what is wrong with one that the API would refuse. */
export function parsePlanRequest(value: JsonValue): PlanRequest | Problem {
  const decoded = readRequest(value, request);
  if ('problem' in decoded) {
    return decoded;
  }
  const { requestId, action, actions, principal: who, resource: what, auxData: aux } = decoded.read;
  const { kind, attr, policyVersion, scope } = resourceInput(what?.value ?? {});
  const singular = isEmpty(actions);
  return {
    input: {
      requestId: requestId?.value ?? '',
      principal: principalInput(who?.value ?? {}),
      resource: {
        kind,
        ...(attr && { attr }),
        ...(policyVersion && { policyVersion }),
        ...(scope && { scope }),
      },
      actions: singular ? [action?.value ?? ''] : (actions?.value ?? []).map((each) => each.value),
    },
    includeMeta: decoded.read.includeMeta?.value === true,
    singular,
    ...(aux && { tokens: tokensOf(aux.value) }),
  };
}
