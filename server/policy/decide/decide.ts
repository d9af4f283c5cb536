import type { RuleTable } from '../compile/table';
import { defaultVersion, noPolicy, orDefault, scopeValue } from '../names';
import { enforceSchemas } from '../schemas/enforce';
import type { Validation } from '../schemas/enforce';
import { EvaluationContext, EvaluationSettings } from './context';
import { lookupsOf } from './layers';
import type { Layer, TableLookups } from './layers';
import type { Internals } from './internals';
import type { ActionStep } from './recorder';
import { RuleCheck } from './rule-check';
import { ScopeRoles } from './scope-roles';
import type { RoleChain, ScopeEntry } from './scope-entry';
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
}

/** Principal policies, where there are none. */
const noPrincipals: Layer = { kind: 'principal', scopes: [], name: '', policy: noPolicy };

class Check {
  readonly #decider: Decider;
  readonly #input: CheckInput;
  readonly #context: EvaluationContext;
  readonly #rules: RuleCheck;
  readonly #roles: ScopeRoles;
  readonly #resourceScope: string;
  readonly #principals: Layer;
  readonly #resources: Layer;

  constructor(decider: Decider, input: CheckInput) {
    this.#decider = decider;
    this.#input = input;
    const { principal, resource } = input;
    const { lookups, lenient } = decider;
    const version = orDefault(resource.policyVersion, decider.version);
    this.#resourceScope = decider.scopeOf(resource.scope);
    this.#resources = lookups.resources(resource.kind, version, this.#resourceScope, lenient);
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
    this.#roles = new ScopeRoles(this.#context, decider, principal.roles, this.#resourceScope);
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
      if (Object.hasOwn(decisions, action)) continue;
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
    const { scopes, name } = this.#resources;
    const schemas = scopes.length > 0 ? table.schemas.get(name) : undefined;
    return enforceSchemas(schemas, this.#input, enforcement);
  }

  #rejection([first]: Validation['errors']): ActionDecision {
    const error =
      first && `${first.source === 'SOURCE_PRINCIPAL' ? 'P' : 'R'}.attr[${first.path}]: ${first.message}`;
    return {
      effect: 'EFFECT_DENY',
      policy: this.#resources.name,
      scope: '',
      explicit: true,
      ...(error !== undefined && { error }),
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
    let said: ActionDecision | undefined;
    for (const role of this.#rolesOf(layer)) {
      const chain = this.#decider.lookups.chain(role, this.#resourceScope);
      const forRole = this.#role(layer, action, chain);
      if (forRole?.error !== undefined) return forRole;
      said ??= forRole;
      if (forRole?.effect === 'EFFECT_ALLOW' && anyRoleMayAllow) return forRole;
    }
    return said;
  }

  #rolesOf({ kind }: Layer): readonly string[] {
    const { roles } = this.#input.principal;
    // Principal policies speak to the principal whatever its roles, so that one look is enough.
    return kind === 'principal' && roles.length > 1 ? roles.slice(0, 1) : roles;
  }

  /** What is said to one role: scopes from the most specific up, until one has the last word. */
  #role({ kind, scopes, policy }: Layer, action: string, chain: RoleChain): ActionDecision | undefined {
    const { recorder, semantics } = this.#decider.settings;
    const rules = this.#rules;
    rules.forget();
    for (const scope of scopes) {
      const entries = scope.entries(action, chain);
      const { role } = chain;
      const step = recorder?.open('scope', { layer: kind, scope: scope.scope, role, entries });
      if (kind === 'resource') this.#roles.enter(scope);
      const denial = rules.denial(entries, action, policy, scope.scope);
      const { allowing } = rules;
      if (step && (denial ?? allowing)) step.outcome = denial ? 'EFFECT_DENY' : 'EFFECT_ALLOW';
      recorder?.close();
      if (denial) return denial;
      if (!allowing) continue;
      if (semantics.allowIsFinal(scope.permissions)) return allowing.decision(policy, scope.scope);
      if (step) step.outcome = 'needs-consent';
      if (scope.permissions === 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS') rules.forget();
    }
    return undefined;
  }

  /** Notes the decision, and the rules that were not reached because it had fallen. */
  #finish(step: ActionStep, decision: ActionDecision): void {
    if (decision.rule) step.decidedBy = decision.rule;
    step.effect = decision.effect;
    const scopes = step.steps.filter((each) => each.kind === 'scope');
    const isReached = (layer: Layer, role: string, { scope }: ScopeEntry): boolean =>
      scopes.some((each) => each.layer === layer.kind && each.role === role && each.scope === scope);
    for (const layer of [this.#principals, this.#resources]) {
      for (const role of this.#rolesOf(layer)) {
        const chain = this.#decider.lookups.chain(role, this.#resourceScope);
        for (const scope of layer.scopes) {
          if (isReached(layer, role, scope)) continue;
          const entries = scope.entries(step.action, chain);
          this.#decider.settings.recorder?.open('scope', {
            layer: layer.kind,
            scope: scope.scope,
            role,
            entries,
          });
          this.#decider.settings.recorder?.close();
        }
      }
    }
  }
}

/** The decision where no rule applies. */
function silence(policy: string): ActionDecision {
  return { effect: 'EFFECT_DENY', policy, scope: '', explicit: false };
}
