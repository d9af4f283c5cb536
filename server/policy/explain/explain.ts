import { tableOf } from '../compile/policy-set';
import type { PolicySet } from '../compile/policy-set';
import type { Candidate, Params } from '../compile/table/rows';
import { decide } from '../decide/decide';
import { Recorder } from '../decide/recorder';
import type {
  ActionStep,
  DerivedRoleStep,
  RuleStep,
  ScopeStep,
  Step,
  VariablesStep,
} from '../decide/recorder';
import type { CheckInput, CheckOptions, CheckOutput, DecidingRule } from '../check-types';
import { traceCondition } from './condition';
import { traceExpression } from './expression';
import { explainSchemas } from './schemas';
import type {
  ActionExplanation,
  CheckExplanation,
  ConsideredRule,
  DerivedRoleExplanation,
  RuleOutcome,
  VariableTrace,
} from './types';

/**
 * Decides as `checkResource` does, and records how: the outcome of every matching rule, and the results of conditions,
 * variables and derived roles. Takes several times as long.
 * @throws TypeError if the set did not come from `compilePolicySet`
 */
export function explainResource(
  set: PolicySet,
  input: CheckInput,
  options: CheckOptions = {},
): CheckExplanation {
  const recorder = new Recorder();
  const table = tableOf(set);
  const output = decide(table, input, options, { recorder });
  const { schemaEnforcement = 'none' } = options;
  const schemas = explainSchemas(table.schemas.get(recorder.policy), input, schemaEnforcement);
  const { actions, ...explanation } = new Explainer(recorder.steps, output).explanation();
  const rejecting = schemas.filter(({ outcome }) => outcome === 'rejected');
  const rejectedBy = rejecting.map(({ ref, location }) => ({ ref, location }));
  const rejected = actions.map((action) => ({ ...action, rejectedBy }));
  return { ...explanation, schemas, actions: rejectedBy.length > 0 ? rejected : actions };
}

class Explainer {
  readonly #output: CheckOutput;
  readonly #actions: readonly ActionStep[];
  readonly #variables = new Map<Params, readonly VariableTrace[]>();
  /** The steps that evaluated a condition, by the key under which later steps remember them. */
  readonly #looks = new Map<object, RuleStep>();
  readonly #derivedRoles: DerivedRoleStep[] = [];

  constructor(steps: readonly Step[], output: CheckOutput) {
    this.#output = output;
    this.#actions = steps.filter((step) => step.kind === 'action');
    this.#gather(steps);
  }

  /** In the order of a reader: derived roles, then action by action, rule by rule. */
  explanation(): Omit<CheckExplanation, 'schemas'> {
    return {
      output: this.#output,
      derivedRoles: this.#derivedRoles.map((step) => derivedRole(step)),
      actions: this.#actions.flatMap((step) => this.#action(step)),
    };
  }

  #gather(steps: readonly Step[]): void {
    for (const step of steps) {
      if (step.kind === 'variables') {
        this.#variables.set(step.params, variablesOf(step));
      }
      if (step.kind === 'derivedRole') {
        this.#derivedRoles.push(step);
      }
      const key = step.kind === 'rule' && step.remembered !== true ? step.candidate.key : undefined;
      if (key && step.kind === 'rule' && !this.#looks.has(key)) {
        this.#looks.set(key, step);
      }
      // The variables of derived roles are their own, and fail in another way.
      if ('steps' in step && step.kind !== 'derivedRole') {
        this.#gather(step.steps);
      }
    }
  }

  #action({ action, steps, decidedBy }: ActionStep): readonly ActionExplanation[] {
    const decision = this.#output.actions[action];
    if (!decision) {
      return [];
    }
    const rules: ConsideredRule[] = [];
    let decided = false;
    for (const scope of steps) {
      if (scope.kind !== 'scope') {
        continue;
      }
      const looks = scope.steps.filter((each) => each.kind === 'rule');
      for (const look of looks) {
        const decides: boolean =
          !decided &&
          isConclusive(look) &&
          scope.role === decidedBy?.role &&
          ruleOf(scope, look.candidate) === decidedBy.rule;
        decided ||= decides;
        rules.push(
          this.#rule(scope, look, decides ? 'decided' : outcomeOf(scope, look, decision.effect, this.#looks)),
        );
      }
      const seen = new Set<Candidate>(looks.map(({ candidate }) => candidate));
      for (const { candidate } of scope.entries) {
        if (seen.has(candidate)) {
          continue;
        }
        rules.push(this.#rule(scope, { kind: 'rule', candidate, steps: [] }, 'not-reached'));
      }
    }
    return [{ action, decision, rules }];
  }

  #rule({ policyKind, role, scope }: ScopeStep, step: RuleStep, outcome: RuleOutcome): ConsideredRule {
    const { candidate } = step;
    const earlier = step.remembered === true && candidate.key ? this.#looks.get(candidate.key) : undefined;
    const evaluated = earlier ?? step;
    const { derivedRole: through, effect, policy } = candidate;
    // A remembered outcome may be that of another rule; its condition is the one that was evaluated.
    const { condition } = evaluated.candidate;
    const throughStep = evaluated.steps.find((each) => each.kind === 'through');
    const own = evaluated.steps.filter((each) => each.kind === 'expression' || each.kind === 'group');
    return {
      rule: {
        name: candidate.name,
        fqn: candidate.fqn,
        location: candidate.location(),
        ...(through && { derivedRole: through.name }),
      },
      policy,
      ...(effect && { effect }),
      policyKind,
      scope,
      role,
      outcome,
      ...(evaluated !== step && { rememberedFrom: evaluated.candidate.fqn }),
      ...(condition && { condition: traceCondition(condition, own) }),
      ...(through?.condition && {
        derivedRoleCondition: traceCondition(through.condition, throughStep?.steps ?? []),
      }),
      variables: outcome === 'not-reached' ? [] : (this.#variables.get(candidate.params) ?? []),
      outputs: step.steps.flatMap((each) => (each.kind === 'output' && each.entry ? [each.entry] : [])),
    };
  }
}

function ruleOf({ entries }: ScopeStep, wanted: Candidate): DecidingRule | undefined {
  return entries.find(({ candidate }) => candidate === wanted)?.rule;
}

function isConclusive({ outcome }: RuleStep): boolean {
  return outcome === 'activated' || outcome === 'error';
}

function outcomeOf(
  scope: ScopeStep,
  step: RuleStep,
  effect: string,
  looks: ReadonlyMap<object, RuleStep>,
): RuleOutcome {
  const { candidate, outcome = 'not-reached' } = step;
  if (outcome === 'condition-not-met' && step.remembered === true && candidate.key) {
    return looks.get(candidate.key)?.outcome ?? outcome;
  }
  if (outcome !== 'activated' || candidate.effect === undefined) {
    return outcome;
  }
  if (candidate.effect === 'EFFECT_ALLOW' && scope.outcome === 'needs-consent' && effect === 'EFFECT_DENY') {
    return 'needs-consent';
  }
  return candidate.effect === effect ? 'activated' : 'overridden';
}

function derivedRole(step: DerivedRoleStep): DerivedRoleExplanation {
  const { role, scope, steps, outcome = 'no-parent-role' } = step;
  const variables = steps.find((each) => each.kind === 'variables');
  return {
    name: role.name,
    policy: role.policy,
    location: role.location(),
    scope,
    parentRoles: [...role.parentRoles],
    outcome,
    ...(role.condition && { condition: traceCondition(role.condition, steps) }),
    variables: variables ? variablesOf(variables) : [],
  };
}

function variablesOf({ params, steps }: VariablesStep): readonly VariableTrace[] {
  return params.variables.map(({ name, expression }, index) => ({
    name,
    expression: traceExpression(expression, steps[index]?.explanation),
  }));
}
