import type * as Cerbos from '@cerbos/core';
import type { PlanExpressionOperand, PlanResourcesRequest, PlanResourcesResponse } from '@cerbos/core';
import type { Filter } from '../plan/filter';
import type { Operand } from '../plan/operand';

type Core = typeof Cerbos;
type Value = InstanceType<Core['PlanExpressionValue']>['value'];

/** An answer in the terms of Cerbos' clients; its parts are theirs, which callers tell apart by their classes. */
export async function planResponse(
  requestId: string,
  filter: Filter,
  more: Pick<PlanResourcesResponse, 'validationErrors' | 'metadata'>,
): Promise<PlanResourcesResponse> {
  const core = await import('@cerbos/core');
  const { PlanKind } = core;
  const base = { cerbosCallId: '', requestId, ...more };
  if (filter.kind === 'KIND_CONDITIONAL') {
    return { ...base, kind: PlanKind.CONDITIONAL, condition: operandOf(filter.condition, core) };
  }
  const isAllowed = filter.kind === 'KIND_ALWAYS_ALLOWED';
  return { ...base, kind: isAllowed ? PlanKind.ALWAYS_ALLOWED : PlanKind.ALWAYS_DENIED };
}

/** The answer where nobody answered: nothing is allowed. */
export function deniedPlan({ requestId = '' }: PlanResourcesRequest): Promise<PlanResourcesResponse> {
  return planResponse(
    requestId,
    { kind: 'KIND_ALWAYS_DENIED' },
    { validationErrors: [], metadata: undefined },
  );
}

function operandOf(operand: Operand, core: Core): PlanExpressionOperand {
  if ('variable' in operand) {
    return new core.PlanExpressionVariable(operand.variable);
  }
  // JSON either way; the library's type allows changing it.
  if ('value' in operand) {
    return new core.PlanExpressionValue(operand.value as Value);
  }
  const { operator, operands = [] } = operand.expression;
  return new core.PlanExpression(
    operator,
    operands.map((each) => operandOf(each, core)),
  );
}

/** The actions that a request is about. */
export function actionsOf(request: PlanResourcesRequest): readonly string[] {
  return 'actions' in request ? request.actions : [onlyActionOf(request)];
}

// An older form of requests has one action.
// eslint-disable-next-line @typescript-eslint/no-deprecated -- without it, such a caller's action would be missing
function onlyActionOf({ action }: Extract<PlanResourcesRequest, { action: string }>): string {
  return action;
}

/** The response's metadata; only if the request asks for it. */
export function planMetadata(
  request: PlanResourcesRequest,
  conditionString: string,
  matchedScopes: Readonly<Record<string, string>>,
): PlanResourcesResponse['metadata'] {
  if (request.includeMetadata !== true) {
    return undefined;
  }
  return 'actions' in request
    ? { conditionString, matchedScope: '', matchedScopes: { ...matchedScopes } }
    : { conditionString, matchedScope: matchedScopes[onlyActionOf(request)] ?? '', matchedScopes: {} };
}

/** Tests that a response has the form of a plan, before it is trusted. */
export function isPlan(response: PlanResourcesResponse): boolean {
  const { kind } = response;
  const known: readonly string[] = ['KIND_ALWAYS_ALLOWED', 'KIND_ALWAYS_DENIED', 'KIND_CONDITIONAL'];
  return known.includes(kind) && (kind !== known[2] || 'condition' in response);
}
