import type { RuleTable } from '../compile/table';
import { defaultVersion, noPolicy, orDefault, scopeValue } from '../names';
import { attributeError, enforceSchemas } from '../schemas/enforce';
import type { Validation } from '../schemas/enforce';
import { EvaluationContext, EvaluationSettings } from './context';
import { Layer } from './layer';
import type { Look } from './layer';
import { lookupsOf } from './layers';
import type { TableLookups } from './layers';
import type { Internals } from './internals';
import type { ActionStep } from './recorder';
import { RuleCheck } from './rule-check';
import type { RoleSet } from './role-sets';
import { ScopeRoles } from './scope-roles';
import type { ActionDecision, CheckInput, CheckOptions, CheckOutput } from './types';

/** Decides one request. */
export function decide(
  table: RuleTable,
  input: CheckInput,
  options: CheckOptions,
  internals: Internals = {},
): CheckOutput {
  return new Decider(table, options, internals).decide(input);
}

/** Decides requests that are asked in the same way. Holds nothing of one request that another could see. */
export class Decider {
  readonly table: RuleTable;
  readonly lookups: TableLookups;
  readonly settings: EvaluationSettings;
  readonly lenient: boolean;
  readonly version: string;
  readonly enforcement: NonNullable<CheckOptions['schemaEnforcement']>;
  readonly #scope: string;
  #last: { readonly names: readonly string[]; readonly scope: string; readonly roles: RoleSet } | undefined;

  constructor(table: RuleTable, options: CheckOptions, internals: Internals = {}) {
    this.table = table;
    this.lookups = lookupsOf(table);
    this.settings = new EvaluationSettings(options, internals);
    this.lenient = options.lenientScopeSearch === true;
    this.version = orDefault(options.defaultPolicyVersion, defaultVersion);
    this.enforcement = options.schemaEnforcement ?? 'none';
    this.#scope = options.defaultScope ?? '';
  }

  decide(input: CheckInput): CheckOutput {
    return new Check(this, input).run();
  }

  /** The scope of a principal or resource, or the default. */
  scopeOf(scope: string | undefined): string {
    return scopeValue(orDefault(scope, this.#scope));
  }

  /** The roles of a principal at the scope of a resource; mostly those of the request before. */
  rolesAt(names: readonly string[], scope: string): RoleSet {
    const last = this.#last;
    if (last?.names === names && last.scope === scope) return last.roles;
    const roles = this.lookups.roles.of(names, scope);
    this.#last = { names, scope, roles };
    return roles;
  }
}

/** Principal policies, where there are none. */
const noPrincipals = new Layer('principal', [], '', noPolicy);

const unchecked: Validation = { errors: [], rejects: false };

class Check {
  readonly #decider: Decider;
  readonly #input: CheckInput;
  readonly #context: EvaluationContext;
  readonly #rules: RuleCheck;
  readonly #roles: ScopeRoles;
  readonly #principals: Layer;
  readonly #resources: Layer;
  readonly #roleSet: RoleSet;
  /** Which of the roles had the last word on the last action. */
  #decidingRole = 0;

  constructor(decider: Decider, input: CheckInput) {
    this.#decider = decider;
    this.#input = input;
    const { principal, resource } = input;
    const { lookups, lenient } = decider;
    const version = orDefault(resource.policyVersion, decider.version);
    const resourceScope = decider.scopeOf(resource.scope);
    this.#resources = lookups.resources(resource.kind, version, resourceScope, lenient);
    this.#principals =
      decider.table.principalScopes.size === 0
        ? noPrincipals
        : lookups.principals({
            principal: principal.id,
            principalVersion: orDefault(principal.policyVersion, decider.version),
            scope: decider.scopeOf(principal.scope),
            lenient,
            kind: resource.kind,
            version,
          });
    this.#context = new EvaluationContext(input, decider.settings);
    this.#roleSet = decider.rolesAt(principal.roles, resourceScope);
    this.#roles = new ScopeRoles(this.#context, decider.settings);
    this.#rules = new RuleCheck(this.#context, decider.settings, this.#roles);
    const { recorder } = decider.settings;
    const traced = this.#resources.scopes.length > 0 ? this.#resources : this.#principals;
    if (recorder) recorder.policy = traced.scopes.length > 0 ? traced.name : '';
  }

  run(): CheckOutput {
    const { requestId, resource, actions } = this.#input;
    const { recorder } = this.#decider.settings;
    const decisions = Object.create(null) as Record<string, ActionDecision>;
    const { errors: validationErrors, rejects } = this.#validate();
    const settled = rejects ? this.#rejection(validationErrors) : this.#unknown();
    for (const action of actions) {
      if (decisions[action] !== undefined) continue;
      const step = recorder?.open('action', { action });
      const decision = settled ?? this.#action(action);
      if (step && !settled) this.#finish(step, decision);
      recorder?.close();
      decisions[action] = decision;
    }
    const output = {
      resourceId: resource.id,
      actions: decisions,
      effectiveDerivedRoles: this.#roles.effective,
      outputs: this.#rules.outputs,
      validationErrors,
      evaluationErrors: this.#context.errors,
    };
    return requestId === undefined ? output : { requestId, ...output };
  }

  /** The decision about everything, if there are no policies for the request. */
  #unknown(): ActionDecision | undefined {
    const isKnown = this.#principals.policy !== noPolicy || this.#resources.policy !== noPolicy;
    return isKnown ? undefined : silence(noPolicy);
  }

  /** Validates the attributes by the schemas of the resource policy at the most specific scope. */
  #validate(): Validation {
    const { enforcement, table } = this.#decider;
    if (enforcement === 'none') return unchecked;
    const { scopes, name } = this.#resources;
    const schemas = scopes.length > 0 ? table.schemas.get(name) : undefined;
    return enforceSchemas(schemas, this.#input, enforcement);
  }

  #rejection([first]: Validation['errors']): ActionDecision {
    const error = first && attributeError(first);
    return {
      effect: 'EFFECT_DENY',
      policy: this.#resources.name,
      scope: '',
      explicit: true,
      ...(error !== undefined && { error }),
      bySchema: true,
    };
  }

  /** Principal policies first; resource policies only if those say nothing. */
  #action(action: string): ActionDecision {
    const said = this.#layer(this.#principals, action);
    if (said) return said;
    return this.#layer(this.#resources, action) ?? silence(this.#resources.policy);
  }

  /** Every role is looked at by itself; the first that is allowed decides, else the first that is denied. */
  #layer(layer: Layer, action: string): ActionDecision | undefined {
    if (layer.scopes.length === 0) return undefined;
    const { anyRoleMayAllow } = this.#decider.settings.semantics;
    const plan = layer.planFor(this.#roleSet);
    let said: ActionDecision | undefined;
    let index = 0;
    for (let look = plan.firstLook(action); look; look = look.nextRole) {
      const forRole = this.#role(layer, action, look, plan.roles.names[index++] ?? '');
      const isLast =
        forRole !== undefined &&
        (forRole.error !== undefined || (forRole.effect === 'EFFECT_ALLOW' && anyRoleMayAllow));
      if (!said || isLast) this.#decidingRole = index - 1;
      if (isLast) return forRole;
      said ??= forRole;
    }
    return said;
  }

  /** What is said to one role: scopes from the most specific up, until one has the last word. */
  #role(layer: Layer, action: string, first: Look, role: string): ActionDecision | undefined {
    const { recorder, semantics } = this.#decider.settings;
    const rules = this.#rules;
    rules.forget();
    for (let look: Look | undefined = first; look; look = look.above) {
      const { scope, entries } = look;
      const step = recorder?.open('scope', { layer: layer.kind, scope: scope.scope, role, entries });
      if (layer.kind === 'resource') this.#roles.enter(look);
      const denial = rules.denial(look, action, layer);
      const { allowing } = rules;
      if (step && (denial ?? allowing)) step.outcome = denial ? 'EFFECT_DENY' : 'EFFECT_ALLOW';
      recorder?.close();
      if (denial) return denial;
      if (!allowing) continue;
      if (semantics.allowIsFinal(scope.permissions)) return allowing.decision(layer.policy, scope.scope);
      if (step) step.outcome = 'needs-consent';
      if (scope.permissions === 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS') rules.forget();
    }
    return undefined;
  }

  /** Notes the decision, and the rules that were not reached because it had fallen. */
  #finish(step: ActionStep, decision: ActionDecision): void {
    const role = this.#roleSet.names[this.#decidingRole];
    if (decision.rule && role !== undefined) step.decidedBy = { rule: decision.rule, role };
    step.effect = decision.effect;
    const reached = step.steps.filter((each) => each.kind === 'scope');
    const isReached = (layer: Layer, role: string, { scope }: Look): boolean =>
      reached.some((each) => each.layer === layer.kind && each.role === role && each.scope === scope.scope);
    const { recorder } = this.#decider.settings;
    for (const layer of [this.#principals, this.#resources]) {
      const plan = layer.planFor(this.#roleSet);
      let index = 0;
      for (let first = plan.firstLook(step.action); first; first = first.nextRole) {
        const role = plan.roles.names[index++] ?? '';
        for (let look: Look | undefined = first; look; look = look.above) {
          if (isReached(layer, role, look)) continue;
          const { scope, entries } = look;
          recorder?.open('scope', { layer: layer.kind, scope: scope.scope, role, entries });
          recorder?.close();
        }
      }
    }
  }
}

/** The decision where no rule applies. */
function silence(policy: string): ActionDecision {
  return { effect: 'EFFECT_DENY', policy, scope: '', explicit: false };
}
