import type {
  AuxData,
  CheckResourcesRequest,
  CheckResourcesResult,
  PlanResourcesRequest,
  PlanResourcesResponse,
  Principal,
  Resource,
  ResourceCheck,
} from '@cerbos/core';
import type { JsonObject } from '../../cel';
import { TokenVerifier } from '../aux-data/token-verifier';
import type { AuxDataInput } from '../aux-data/types';
import type { PolicySet } from '../compile/policy-set';
import { checkResources } from '../decide/check';
import type { CheckInput, CheckOptions, CheckOutput } from '../check-types';
import { planResources } from '../plan/plan-resources';
import type { PlanInput } from '../plan/types';
import { actionsOf, planMetadata, planResponse } from './plans';
import { Response, allow, decisionPointOf, deny, resultFor } from './results';
import type { DecisionPoint, QueryPlanner } from './types';

export interface EngineOptions extends Omit<CheckOptions, 'now'> {
  /** For the tokens of requests; without it, a request that has one is an error. */
  readonly tokens?: TokenVerifier;
  /** The time that `now()` gives in a request; the present if left out. */
  readonly now?: () => Date;
}

/**
 * This engine as a decision point.
 * @returns one whose methods reject with a `TokenError` where a token is refused, and with a `PlanningError` where no
 * filter can be made of a condition; otherwise they always answer
 */
export function engineDecisionPoint(
  set: PolicySet,
  options: EngineOptions = {},
): DecisionPoint & QueryPlanner {
  const { tokens = new TokenVerifier({}), now = (): Date => new Date(), ...rest } = options;
  const point = decisionPointOf(async (request) => {
    const auxData = await auxDataOf(request.auxData, tokens);
    const checkOptions: CheckOptions = { ...rest, now: now() };
    const outputs = checkResources(set, inputsOf(request, auxData), checkOptions);
    const results = request.resources.flatMap((check, index) => {
      const output = outputs[index];
      return output ? [resultOf(check, output, request.includeMetadata === true)] : [];
    });
    return new Response(request.requestId ?? '', results);
  });
  return {
    ...point,
    planResources: async (request) => {
      const auxData = await auxDataOf(request.auxData, tokens);
      return planned(set, request, auxData, { ...rest, now: now() });
    },
  };
}

async function planned(
  set: PolicySet,
  request: PlanResourcesRequest,
  auxData: AuxDataInput | undefined,
  options: CheckOptions,
): Promise<PlanResourcesResponse> {
  const { principal, resource, requestId = '' } = request;
  const input: PlanInput = {
    principal: { id: principal.id, roles: principal.roles, ...shared(principal) },
    resource: { kind: resource.kind, ...shared(resource) },
    actions: actionsOf(request),
    ...(auxData && { auxData }),
  };
  const { filter, filterText, matchedScopes, validationErrors } = planResources(set, input, options);
  return planResponse(requestId, filter, {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the library's enumeration is the same texts
    validationErrors: validationErrors as PlanResourcesResponse['validationErrors'],
    metadata: planMetadata(request, filterText, matchedScopes),
  });
}

async function auxDataOf(
  auxData: AuxData | undefined,
  tokens: TokenVerifier,
): Promise<AuxDataInput | undefined> {
  const jwt = auxData?.jwt;
  if (!jwt) {
    return undefined;
  }
  const { token, keySetId } = jwt;
  return tokens.auxData({ jwt: { token, ...(keySetId !== undefined && { keySetId }) } });
}

function inputsOf(
  { principal, resources }: CheckResourcesRequest,
  auxData: AuxDataInput | undefined,
): readonly CheckInput[] {
  // One object for all of them, as deciding shares what it finds out about it.
  const who = { id: principal.id, roles: principal.roles, ...shared(principal) };
  return resources.map(({ resource, actions }) => ({
    principal: who,
    resource: { kind: resource.kind, id: resource.id, ...shared(resource) },
    actions,
    ...(auxData && { auxData }),
  }));
}

function resultOf(check: ResourceCheck, output: CheckOutput, includeMetadata: boolean): CheckResourcesResult {
  return resultFor(check, (action) => (output.actions[action]?.effect === 'EFFECT_ALLOW' ? allow : deny), {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the library's enumeration is the same texts
    validationErrors: output.validationErrors as CheckResourcesResult['validationErrors'],
    outputs: output.outputs.map(({ src, action, val }) => ({
      source: src,
      action,
      value: val as CheckResourcesResult['outputs'][number]['value'],
    })),
    metadata: includeMetadata ? metadataOf(output) : undefined,
  });
}

// `attributes` is an older name for `attr`.
// eslint-disable-next-line @typescript-eslint/no-deprecated -- without it, such a caller's attributes would be missing
function shared({ attr, attributes, policyVersion, scope }: Principal | Omit<Resource, 'id'>) {
  const written: JsonObject | undefined = attr ?? attributes;
  return {
    ...(written && { attr: written }),
    ...(policyVersion !== undefined && { policyVersion }),
    ...(scope !== undefined && { scope }),
  };
}

function metadataOf({ actions, effectiveDerivedRoles }: CheckOutput): CheckResourcesResult['metadata'] {
  const matched = Object.create(null) as NonNullable<CheckResourcesResult['metadata']>['actions'];
  for (const [action, { policy, scope }] of Object.entries(actions)) {
    matched[action] = { matchedPolicy: policy, matchedScope: scope };
  }
  return { actions: matched, effectiveDerivedRoles: [...effectiveDerivedRoles] };
}
