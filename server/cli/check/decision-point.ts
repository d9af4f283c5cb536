import type { CheckResourcesRequest, CheckResourcesResult } from '@cerbos/core';
import type { JsonValue } from '../../cel';
import { parseCheckRequest } from '../../policy';
import type { CheckRequest } from '../../policy';
import { byName, invalidArgument } from './answer';
import type { DecisionPoint } from '../../policy/decision-points';

/**
 * Answers one line, like `answer`, by asking another decision point. Never throws; trouble is an answer, and where nothing
 * is decided all is denied.
 */
export async function answerBy(point: DecisionPoint, line: string): Promise<string> {
  try {
    const request = parseCheckRequest(JSON.parse(line) as JsonValue);
    if ('problem' in request) {
      return JSON.stringify({ code: invalidArgument, message: request.problem });
    }
    const { requestId, results } = await point.checkResources(requestFor(request));
    const answers = results.map((result) => answerOf(result, request.includeMeta));
    return JSON.stringify({ ...(requestId !== '' && { requestId }), results: answers });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return JSON.stringify({ code: invalidArgument, message });
  }
}

function requestFor({ requestId, includeMeta, inputs, tokens }: CheckRequest): CheckResourcesRequest {
  if (tokens?.jwts && Object.keys(tokens.jwts).length > 0) {
    throw new Error('another decision point can be sent one token (auxData.jwt), not several (auxData.jwts)');
  }
  const [first] = inputs;
  if (!first) {
    throw new Error('the request is about no resource');
  }
  // The same JSON; the library's types only allow changing it.
  const request = {
    requestId,
    includeMetadata: includeMeta,
    principal: first.principal,
    resources: inputs.map(({ resource, actions }) => ({ resource, actions })),
    ...(tokens?.jwt && { auxData: { jwt: tokens.jwt } }),
  };
  return request as unknown as CheckResourcesRequest;
}

function answerOf(
  { resource, actions, validationErrors, metadata, outputs }: CheckResourcesResult,
  includeMeta: boolean,
): unknown {
  const { id, kind, policyVersion, scope } = resource;
  return {
    resource: { id, kind, ...(policyVersion !== '' && { policyVersion }), ...(scope !== '' && { scope }) },
    actions,
    ...(validationErrors.length > 0 && { validationErrors }),
    ...(includeMeta && metadata && { meta: metaOf(metadata) }),
    ...(outputs.length > 0 && {
      outputs: outputs.map(({ source, action, value }) => ({ src: source, action, val: value })),
    }),
  };
}

function metaOf({ actions, effectiveDerivedRoles }: NonNullable<CheckResourcesResult['metadata']>): unknown {
  const matched = Object.entries(actions).map(
    ([name, { matchedPolicy, matchedScope }]): [string, unknown] => [
      name,
      { matchedPolicy, ...(matchedScope !== '' && { matchedScope }) },
    ],
  );
  return { actions: byName(matched), ...(effectiveDerivedRoles.length > 0 && { effectiveDerivedRoles }) };
}
