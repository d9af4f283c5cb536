import { jsonProblem } from '../../cel';
import type { JsonValue } from '../../cel';
import { checkResources, explainResource, parseCheckRequest } from '../../policy';
import type { CheckInput, CheckOptions, CheckOutput, CheckRequest, PolicySet } from '../../policy';
import { TokenError } from '../../policy/tokens';
import type { TokenVerifier } from '../../policy/tokens';

/** gRPC's code for a request that makes no sense, which Cerbos' HTTP API answers with. */
export const invalidArgument = 3;
/** gRPC's code for what it has no other for, which the API answers with where JSON cannot hold an output. */
const unknown = 2;

/**
 * Answers one line: a `CheckResources` request, in the JSON of Cerbos' API. Never throws; trouble is an answer.
 * @param verifier for the request's tokens
 */
export async function answer(
  set: PolicySet,
  verifier: TokenVerifier,
  line: string,
  options: CheckOptions,
  explain = false,
): Promise<string> {
  try {
    const request = parseCheckRequest(JSON.parse(line) as JsonValue);
    if ('problem' in request) {
      return JSON.stringify(refusal(request.problem));
    }
    const auxData = await verifier.auxData(request.tokens ?? {});
    const inputs = auxData ? request.inputs.map((input) => ({ ...input, auxData })) : request.inputs;
    return JSON.stringify(respond(set, { ...request, inputs }, options, explain));
  } catch (error) {
    if (error instanceof UnwritableOutput) {
      return JSON.stringify({ code: unknown, message: error.message });
    }
    return JSON.stringify(refusal(reasonOf(error)));
  }
}

/** An output that JSON cannot hold. Cerbos' API then answers with nothing else. */
class UnwritableOutput extends Error {}

/** Why a request cannot be answered, as Cerbos' API says it. */
export function reasonOf(error: unknown): string {
  if (error instanceof TokenError) {
    return `invalid auxData: ${error.message}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** The answer to a request that makes no sense. */
export function refusal(message: string): unknown {
  return { code: invalidArgument, message };
}

function respond(
  set: PolicySet,
  { requestId, inputs, includeMeta }: CheckRequest,
  options: CheckOptions,
  explain: boolean,
): unknown {
  return {
    ...(requestId !== '' && { requestId }),
    results: explain
      ? explained(set, inputs, includeMeta, options)
      : decided(set, inputs, includeMeta, options),
  };
}

function decided(
  set: PolicySet,
  inputs: CheckRequest['inputs'],
  includeMeta: boolean,
  options: CheckOptions,
): readonly object[] {
  return checkResources(set, inputs, options).flatMap((output, index) => {
    const input = inputs[index];
    return input ? [result(input, output, includeMeta)] : [];
  });
}

function explained(
  set: PolicySet,
  inputs: CheckRequest['inputs'],
  includeMeta: boolean,
  options: CheckOptions,
): readonly object[] {
  return inputs.map((input) => {
    const { output, ...explanation } = explainResource(set, input, options);
    return { ...result(input, output, includeMeta), explanation };
  });
}

function result({ resource }: CheckInput, output: CheckOutput, includeMeta: boolean): object {
  const { id, kind, policyVersion = '', scope = '' } = resource;
  const actions = Object.entries(output.actions);
  const problem = jsonProblem(output.outputs.map(({ val = null }) => val));
  if (problem !== undefined) {
    throw new UnwritableOutput(problem);
  }
  return {
    resource: { id, kind, ...(policyVersion !== '' && { policyVersion }), ...(scope !== '' && { scope }) },
    actions: byName(actions.map(([name, { effect }]) => [name, effect])),
    ...(output.validationErrors.length > 0 && { validationErrors: output.validationErrors }),
    ...(includeMeta && { meta: meta(output) }),
    ...(output.outputs.length > 0 && { outputs: output.outputs }),
  };
}

function meta({ actions, effectiveDerivedRoles }: CheckOutput): unknown {
  const matched = Object.entries(actions).map(([name, { policy, scope }]): [string, unknown] => [
    name,
    { matchedPolicy: policy, ...(scope !== '' && { matchedScope: scope }) },
  ]);
  return {
    actions: byName(matched),
    ...(effectiveDerivedRoles.length > 0 && { effectiveDerivedRoles }),
  };
}

/** An object whose keys may be any action's name. */
export function byName(entries: readonly (readonly [string, unknown])[]): unknown {
  return Object.assign(Object.create(null) as object, Object.fromEntries(entries));
}
