import type { CheckInput, CheckOptions, ValidationError } from '../check-types';
import { tableOf } from '../compile/policy-set';
import type { PolicySet } from '../compile/policy-set';
import type { RuleTable } from '../compile/table/table';
import { noPolicy } from '../names/names';
import { RuleWalk } from '../partial/walk';
import { enforceSchemas } from '../schemas/enforce';
import { alwaysAllowed, alwaysDenied, filterOf, filterText } from './filter';
import type { Filter } from './filter';
import { junction } from './operand';
import type { Operand } from './operand';
import type { PlanInput, PlanOutput } from './types';

/**
 * Finds out on which resources of a kind a principal may perform some actions. The filter holds for exactly those for
 * which a check allows all of them; it has the operators and lambdas of Cerbos' `PlanResources`.
 * @throws PlanningError for a condition from which no filter can be made
 * @throws TypeError if the set did not come from `compilePolicySet`
 */
export function planResources(set: PolicySet, input: PlanInput, options: CheckOptions = {}): PlanOutput {
  const table = tableOf(set);
  const { attr = {} } = input.resource;
  const walk = new RuleWalk(table, inputOf(input), options, {
    unknowns: ['resource.id', 'resource.attr'],
    known: Object.keys(attr).map((name) => ['resource', 'attr', name]),
  });
  const matchedScopes = Object.create(null) as Record<string, string>;
  const { errors, rejects } = validate(table, walk, input, options);
  const hasRules = walk.principals.scopes.length > 0 || walk.resources.scopes.length > 0;
  if (rejects || !hasRules) {
    return output(input, walk, alwaysDenied, hasRules, matchedScopes, errors);
  }
  let matched = false;
  const filters = input.actions.map((action) => {
    const { allow, matchedScope } = walk.action(action);
    matched ||= matchedScope !== undefined;
    matchedScopes[action] = matchedScope ?? '';
    return filterOf(allow);
  });
  return output(input, walk, merged(filters), matched, matchedScopes, errors);
}

/** The same question as a check asks it, about a resource of which little is known. */
function inputOf({ principal, resource, actions, auxData }: PlanInput): CheckInput {
  return { principal, resource: { ...resource, id: '' }, actions, ...(auxData && { auxData }) };
}

function validate(
  { schemas }: RuleTable,
  { resources: { scopes, name } }: RuleWalk,
  input: PlanInput,
  { schemaEnforcement = 'none' }: CheckOptions,
): Pick<ReturnType<typeof enforceSchemas>, 'errors' | 'rejects'> {
  return enforceSchemas(scopes.length > 0 ? schemas.get(name) : undefined, input, schemaEnforcement, true);
}

function output(
  { requestId }: PlanInput,
  { errors: evaluationErrors }: RuleWalk,
  filter: Filter,
  matched: boolean,
  matchedScopes: PlanOutput['matchedScopes'],
  validationErrors: readonly ValidationError[],
): PlanOutput {
  return {
    ...(requestId !== undefined && { requestId }),
    filter,
    filterText: matched ? filterText(filter) : noPolicy,
    matchedScopes,
    validationErrors,
    evaluationErrors,
  };
}

/** The resources for which all filters hold, sorted by their texts. */
function merged(filters: readonly Filter[]): Filter {
  const conditions = new Map<string, Operand>();
  for (const filter of filters) {
    if (filter.kind === 'KIND_ALWAYS_DENIED') {
      return alwaysDenied;
    }
    if (filter.kind === 'KIND_CONDITIONAL') {
      conditions.set(filterText(filter), filter.condition);
    }
  }
  if (conditions.size === 0) {
    return alwaysAllowed;
  }
  const sorted = [...conditions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  return { kind: 'KIND_CONDITIONAL', condition: junction('and', sorted) };
}
