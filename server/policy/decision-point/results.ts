import type {
  CheckResourcesResponse,
  CheckResourcesResult,
  Effect,
  OutputResult,
  ResourceCheck,
  ValidationError,
} from '@cerbos/core';
import type { CheckResources, DecisionPoint } from './types';

/** A result of Cerbos' clients, made here so that this engine does not need their code. */
class Result implements CheckResourcesResult {
  resource: CheckResourcesResult['resource'];
  actions: Record<string, Effect>;
  validationErrors: ValidationError[];
  metadata: CheckResourcesResult['metadata'];
  outputs: OutputResult[];

  constructor(
    of: Pick<CheckResourcesResult, 'resource' | 'actions' | 'validationErrors' | 'metadata' | 'outputs'>,
  ) {
    this.resource = of.resource;
    this.actions = of.actions;
    this.validationErrors = of.validationErrors;
    this.metadata = of.metadata;
    this.outputs = of.outputs;
  }

  allAllowed(): boolean {
    return Object.values(this.actions).every(isAllow);
  }

  allowedActions(): string[] {
    return Object.entries(this.actions).flatMap(([action, effect]) => (isAllow(effect) ? [action] : []));
  }

  isAllowed(action: string): boolean | undefined {
    const effect = Object.hasOwn(this.actions, action) ? this.actions[action] : undefined;
    return effect === undefined ? undefined : isAllow(effect);
  }

  output(source: string): OutputResult['value'] {
    return this.outputs.find((output) => output.source === source)?.value;
  }
}

/** A response of Cerbos' clients. */
export class Response implements CheckResourcesResponse {
  cerbosCallId = '';
  requestId: string;
  results: CheckResourcesResult[];

  constructor(requestId: string, results: CheckResourcesResult[]) {
    this.requestId = requestId;
    this.results = results;
  }

  allAllowed(resource: ResourceSearch): boolean | undefined {
    return this.findResult(resource)?.allAllowed();
  }

  allowedActions(resource: ResourceSearch): string[] | undefined {
    return this.findResult(resource)?.allowedActions();
  }

  isAllowed({ resource, action }: { resource: ResourceSearch; action: string }): boolean | undefined {
    return this.findResult(resource)?.isAllowed(action);
  }

  findResult({ kind, id, policyVersion, scope }: ResourceSearch): CheckResourcesResult | undefined {
    return this.results.find(
      ({ resource }) =>
        resource.kind === kind &&
        resource.id === id &&
        (policyVersion === undefined || resource.policyVersion === policyVersion) &&
        (scope === undefined || resource.scope === scope),
    );
  }

  get validationErrors(): ValidationError[] {
    const all = this.results.flatMap(({ validationErrors }) => validationErrors);
    return [...new Map(all.map((each) => [`${each.path}:${each.message}:${each.source}`, each])).values()];
  }
}

type ResourceSearch = Parameters<CheckResourcesResponse['findResult']>[0];

/** Only `EFFECT_ALLOW` allows: every other effect, unknown ones included, denies. */
export function isAllow(effect: Effect | undefined): boolean {
  return (effect as string | undefined) === 'EFFECT_ALLOW';
}

/* eslint-disable @typescript-eslint/no-unsafe-enum-assignment --
   The library's enumerations are these texts; naming them here keeps its code out of the bundles. */
export const deny = 'EFFECT_DENY' as Effect;
export const allow = 'EFFECT_ALLOW' as Effect;
/* eslint-enable @typescript-eslint/no-unsafe-enum-assignment */

/** The answer for a resource: what each of its actions gets, whatever the actions are called. */
export function resultFor(
  { resource, actions }: ResourceCheck,
  effectOf: (action: string) => Effect,
  more: Partial<Pick<CheckResourcesResult, 'validationErrors' | 'metadata' | 'outputs'>> = {},
): Result {
  const { kind, id, policyVersion = '', scope = '' } = resource;
  const effects = Object.create(null) as Record<string, Effect>;
  for (const action of actions) {
    effects[action] = effectOf(action);
  }
  return new Result({
    resource: { kind, id, policyVersion, scope },
    actions: effects,
    validationErrors: more.validationErrors ?? [],
    metadata: more.metadata,
    outputs: more.outputs ?? [],
  });
}

/** A decision point that answers everything by `checkResources`. */
export function decisionPointOf(checkResources: CheckResources): DecisionPoint {
  const checkResource: DecisionPoint['checkResource'] = async ({ resource, actions, ...rest }, options) => {
    const { results } = await checkResources({ ...rest, resources: [{ resource, actions }] }, options);
    return results[0] ?? resultFor({ resource, actions }, () => deny);
  };
  return {
    checkResource,
    checkResources,
    isAllowed: async ({ action, ...rest }, options) => {
      const result = await checkResource({ ...rest, actions: [action] }, options);
      return result.isAllowed(action) === true;
    },
  };
}
