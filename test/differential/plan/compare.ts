// Asks both engines for the same plan, and compares the filters.
import { planResources } from '../../../server/policy';
import type { Filter, JsonObject, JsonValue, Operand, PlanInput, PolicySet } from '../../../server/policy';
import { PlanningError } from '../../../server/policy';
import type { CerbosServer, Mode } from '../support/server';

/** A question for the planner. */
interface PlanRequest {
  readonly principal: JsonObject;
  /** The claims of the request's token. */
  readonly claims?: JsonObject;
  readonly resource: JsonObject;
  readonly actions: readonly string[];
}

/** The answer of an engine, in the order and form that comparing needs. */
export type PlanAnswer =
  | { readonly error: string }
  | {
      readonly filter: Filter;
      readonly text: string;
      readonly scopes: Readonly<Record<string, string>>;
      readonly validationErrors: readonly JsonValue[];
    };

/** Our own answer. */
export function ourPlan(set: PolicySet, request: PlanRequest, mode: Mode): PlanAnswer {
  const { claims, ...rest } = request;
  const input = { ...rest, ...(claims && { auxData: { jwt: claims } }) } as unknown as PlanInput;
  try {
    const { filter, filterText, matchedScopes, validationErrors } = planResources(set, input, {
      ...mode,
      now: new Date(),
    });
    return answer(filter, filterText, matchedScopes, validationErrors as unknown as JsonValue[]);
  } catch (error) {
    if (error instanceof PlanningError) {
      return { error: 'Resources query plan request failed' };
    }
    throw error;
  }
}

interface PlanResponse {
  readonly message?: string;
  readonly filter?: Filter;
  readonly validationErrors?: readonly JsonValue[];
  readonly meta?: { readonly filterDebug?: string; readonly matchedScopes?: Record<string, string> };
}

/** `cerbos 0.55`'s answer. */
export async function theirPlan(server: CerbosServer, request: PlanRequest): Promise<PlanAnswer> {
  const { principal, resource, actions, claims } = request;
  const body = {
    requestId: 'r',
    includeMeta: true,
    principal,
    resource,
    actions,
    ...(claims && { auxData: { jwt: { token: tokenOf(claims) } } }),
  };
  const response = await fetch(`${server.url}/api/plan/resources`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { message, filter, validationErrors = [], meta = {} } = (await response.json()) as PlanResponse;
  if (!filter) {
    return { error: message ?? '' };
  }
  return answer(filter, meta.filterDebug ?? '', meta.matchedScopes ?? {}, validationErrors);
}

/** A token with these claims; the servers of these tests do not verify signatures. */
function tokenOf(claims: JsonObject): string {
  const part = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${Buffer.from('unsigned').toString('base64url')}`;
}

function answer(
  filter: Filter,
  text: string,
  scopes: Readonly<Record<string, string>>,
  validationErrors: readonly JsonValue[],
): PlanAnswer {
  return {
    filter: filter.kind === 'KIND_CONDITIONAL' ? { ...filter, condition: inOrder(filter.condition) } : filter,
    // The text has the fields of maps in `cerbos 0.55`'s random order.
    text: text.includes('set-field') ? '' : text,
    scopes: { ...scopes },
    validationErrors: [...validationErrors].sort(byText),
  };
}

/** The fields of maps come in a random order from `cerbos 0.55`. */
function inOrder(operand: Operand): Operand {
  if (!('expression' in operand)) {
    return operand;
  }
  const { operator, operands = [] } = operand.expression;
  const made = operands.map(inOrder);
  return { expression: { operator, operands: operator === 'struct' ? made.sort(byText) : made } };
}

function byText(a: unknown, b: unknown): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
