import type { JsonValue } from '../../cel';
import { PlanningError, parsePlanRequest, planResources } from '../../policy';
import type { CheckOptions, PlanOutput, PlanRequest, PolicySet } from '../../policy';
import type { TokenVerifier } from '../../policy/tokens';
import { reasonOf, refusal } from './answer';

/** gRPC's code for what goes wrong inside, which Cerbos' API answers with where it can make no plan. */
const internal = 13;

/**
 * Answers one line: a `PlanResources` request, in the JSON of Cerbos' API. Never throws; trouble is an answer.
 * @param verifier for the request's tokens
 */
export async function answerPlan(
  set: PolicySet,
  verifier: TokenVerifier,
  line: string,
  options: CheckOptions,
): Promise<string> {
  try {
    const request = parsePlanRequest(JSON.parse(line) as JsonValue);
    if ('problem' in request) {
      return JSON.stringify(refusal(request.problem));
    }
    const auxData = await verifier.auxData(request.tokens ?? {});
    const input = auxData ? { ...request.input, auxData } : request.input;
    return JSON.stringify(respond(request, planResources(set, input, options)));
  } catch (error) {
    if (error instanceof PlanningError) {
      return JSON.stringify({ code: internal, message: error.message });
    }
    return JSON.stringify(refusal(reasonOf(error)));
  }
}

function respond(
  { input, singular, includeMeta }: PlanRequest,
  { filter, filterText, matchedScopes, validationErrors }: PlanOutput,
): unknown {
  const { requestId = '', actions, resource } = input;
  const { kind, policyVersion = '' } = resource;
  const [action = ''] = actions;
  const matchedScope = matchedScopes[action] ?? '';
  return {
    ...(requestId !== '' && { requestId }),
    ...(singular ? { action } : { actions }),
    resourceKind: kind,
    ...(policyVersion !== '' && { policyVersion }),
    filter,
    ...(includeMeta && {
      meta: {
        filterDebug: filterText,
        ...(singular ? matchedScope !== '' && { matchedScope } : { matchedScopes }),
      },
    }),
    ...(validationErrors.length > 0 && { validationErrors }),
  };
}
