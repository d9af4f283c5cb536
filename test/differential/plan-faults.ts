// Planners that are wrong in one way each: a comparison that does not notice them proves nothing.
import { planResources } from '../../server/policy';
import type { Filter, Operand, PlanInput, PlanOutput } from '../../server/policy';

type Plan = typeof planResources;

/** A planner that is asked something else. */
function asked(change: (input: PlanInput) => PlanInput): Plan {
  return (set, input, options) => planResources(set, change(input), options);
}

/** A planner whose answers are something else. */
function answered(change: (output: PlanOutput) => PlanOutput): Plan {
  return (set, input, options) => change(planResources(set, input, options));
}

/** A planner that writes some operands in another way. */
function written(change: (operand: Operand) => Operand): Plan {
  const walk = (operand: Operand): Operand => {
    if (!('expression' in operand)) return change(operand);
    const { operator, operands = [] } = operand.expression;
    return change({ expression: { operator, operands: operands.map(walk) } });
  };
  const changed = (filter: Filter): Filter =>
    filter.kind === 'KIND_CONDITIONAL' ? { ...filter, condition: walk(filter.condition) } : filter;
  return answered((output) => ({ ...output, filter: changed(output.filter) }));
}

/** By what each gets wrong. */
export const planFaults: Readonly<Record<string, Plan>> = {
  'scopes are ignored': asked(({ resource, ...rest }) => ({ ...rest, resource: { ...resource, scope: '' } })),
  'versions are ignored': asked(({ resource: { kind, attr, scope }, ...rest }) => ({
    ...rest,
    resource: { kind, ...(attr && { attr }), ...(scope !== undefined && { scope }) },
  })),
  'known attributes are ignored': asked(({ resource, ...rest }) => ({
    ...rest,
    resource: { ...resource, attr: {} },
  })),
  'only the first role counts': asked(({ principal, ...rest }) => ({
    ...rest,
    principal: { ...principal, roles: principal.roles.slice(0, 1) },
  })),
  'only the first action counts': asked((input) => ({ ...input, actions: input.actions.slice(0, 1) })),
  'tokens are ignored': asked(({ principal, resource, actions }) => ({ principal, resource, actions })),
  'the principal is somebody else': asked(({ principal, ...rest }) => ({
    ...rest,
    principal: { ...principal, id: 'nobody' },
  })),
  'evaluation is strict always': (set, input, options) =>
    planResources(set, input, { ...options, strictEvaluation: true }),
  'scope search is lenient always': (set, input, options) =>
    planResources(set, input, { ...options, lenientScopeSearch: true }),
  'conditions are forgotten': answered((output) =>
    output.filter.kind === 'KIND_CONDITIONAL'
      ? { ...output, filter: { kind: 'KIND_ALWAYS_ALLOWED' } }
      : output,
  ),
  'matched scopes are forgotten': answered((output) => ({ ...output, matchedScopes: {} })),
  'names stay short': written((operand) =>
    'variable' in operand ? { variable: operand.variable.replace('request.resource.', 'R.') } : operand,
  ),
  'operands change places': written((operand) =>
    'expression' in operand && operand.expression.operator === 'and'
      ? { expression: { operator: 'and', operands: [...(operand.expression.operands ?? [])].reverse() } }
      : operand,
  ),
  'membership stays membership': written((operand) =>
    'expression' in operand && operand.expression.operator === 'eq'
      ? { expression: { ...operand.expression, operator: 'in' } }
      : operand,
  ),
};
