import type { RuleTable } from '../compile/table/table';
import { defaultVersion, noPolicy, orDefault, scopeValue } from '../names/names';
import { attributeError, enforceSchemas } from '../schemas/enforce';
import type { Validation } from '../schemas/enforce';
import { EvaluationContext, EvaluationSettings } from './context';
import { entriesFrom, nextRole, nextScope, ScopeChain } from './lookup/scope-chain';
import type { LookupSteps } from './lookup/scope-chain';
import { lookupsOf } from './lookup/table-lookups';
import type { TableLookups } from './lookup/table-lookups';
import type { Internals } from './internals';
import type { ActionStep } from './recorder';
import { RuleCheck } from './rule-check';
import { ScopeLookup } from './lookup/role-sets';
import type { RoleSet } from './lookup/role-sets';
import { ScopeRoles } from './scope-roles';
import type { ActionDecision, CheckInput, CheckOptions, CheckOutput } from '../check-types';

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
    if (last?.names === names && last.scope === scope) {
      return last.roles;
    }
    const roles = this.lookups.roles.of(names, scope);
    this.#last = { names, scope, roles };
    return roles;
  }
}

/** Principal policies, where there are none. */
const nobody = { kind: '', version: '', scope: '', lenient: false };
const noPrincipals = new ScopeChain('principal', nobody, [], '', noPolicy);

const unchecked: Validation = { errors: [], rejects: false };

class Check {
  readonly #decider: Decider;
  readonly #input: CheckInput;
  readonly #context: EvaluationContext;
  readonly #rules: RuleCheck;
  readonly #roles: ScopeRoles;
  readonly #principals: ScopeChain;
  readonly #resources: ScopeChain;
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
    if (recorder) {
      recorder.policy = traced.scopes.length > 0 ? traced.name : '';
    }
  }

  run(): CheckOutput {
    const { requestId, resource, actions } = this.#input;
    const { recorder } = this.#decider.settings;
    const decisions = Object.create(null) as Record<string, ActionDecision>;
    const { errors: validationErrors, rejects } = this.#validate();
    const settled = rejects ? this.#rejection(validationErrors) : this.#unknown();
    for (const action of actions) {
      if (decisions[action] !== undefined) {
        continue;
      }
      const step = recorder?.open('action', { action });
      const decision = settled ?? this.#action(action);
      if (step && !settled) {
        this.#finish(step, decision);
      }
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
    return isKnown ? undefined : this.#silence(noPolicy);
  }

  /** Validates the attributes by the schemas of the resource policy at the most specific scope. */
  #validate(): Validation {
    const { enforcement, table } = this.#decider;
    if (enforcement === 'none') {
      return unchecked;
    }
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
    const said = this.#scopeChain(this.#principals, action);
    if (said) {
      return said;
    }
    return this.#scopeChain(this.#resources, action) ?? this.#silence(this.#resources.policy);
  }

  /** The decision where no rule applies. */
  #silence(policy: string): ActionDecision {
    const { lookups, version } = this.#decider;
    const { kind, policyVersion, scope } = this.#input.resource;
    const explicit = lookups.anyRoleOmits(
      this.#roleSet.chains,
      kind,
      orDefault(policyVersion, version),
      this.#decider.scopeOf(scope),
    );
    return { effect: 'EFFECT_DENY', policy, scope: '', explicit };
  }

  /** Every role is looked at by itself; the first that is allowed decides, else the first that is denied. */
  #scopeChain(scopeChain: ScopeChain, action: string): ActionDecision | undefined {
    if (scopeChain.scopes.length === 0) {
      return undefined;
    }
    const steps = scopeChain.stepsFor(this.#roleSet, action);
    let said: ActionDecision | undefined;
    let role = 0;
    for (let first = 0; first < steps.length; first = nextRole(steps, first)) {
      const forRole = this.#role(scopeChain, action, steps, first, role);
      const isLast =
        forRole !== undefined && (forRole.error !== undefined || forRole.effect === 'EFFECT_ALLOW');
      if (!said || isLast) {
        this.#decidingRole = role;
      }
      if (isLast) {
        return forRole;
      }
      said ??= forRole;
      role++;
    }
    return said;
  }

  /** The decision for one role. Scopes are evaluated from the most specific up, until one decides. */
  #role(
    scopeChain: ScopeChain,
    action: string,
    steps: LookupSteps,
    first: number,
    role: number,
  ): ActionDecision | undefined {
    const { recorder } = this.#decider.settings;
    const rules = this.#rules;
    rules.forget();
    for (let at = first; ; at = nextScope(steps, at)) {
      const lookup = steps[at];
      if (!(lookup instanceof ScopeLookup)) {
        return undefined;
      }
      const { scope, permissions } = lookup.frame;
      const step = recorder?.open('scope', {
        policyKind: scopeChain.kind,
        scope,
        role: this.#roleSet.names[role] ?? '',
        entries: entriesFrom(steps, at + 1),
      });
      if (scopeChain.kind === 'resource') {
        this.#roles.enter(lookup);
      }
      const denial = rules.denial(steps, at + 1, scope, action, scopeChain);
      const { allowing } = rules;
      if (step && (denial ?? allowing)) {
        step.outcome = denial ? 'EFFECT_DENY' : 'EFFECT_ALLOW';
      }
      recorder?.close();
      if (denial) {
        return denial;
      }
      if (!allowing) {
        continue;
      }
      if (lookup.frame.allowIsFinal) {
        return allowing.decision(scopeChain.policy, scope);
      }
      if (step) {
        step.outcome = 'needs-consent';
      }
      if (permissions === 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS') {
        rules.forget();
      }
    }
  }

  /** Notes the decision, and the rules that were not reached because it had fallen. */
  #finish(step: ActionStep, decision: ActionDecision): void {
    const role = this.#roleSet.names[this.#decidingRole];
    if (decision.rule && role !== undefined) {
      step.decidedBy = { rule: decision.rule, role };
    }
    step.effect = decision.effect;
    const reached = step.steps.filter((each) => each.kind === 'scope');
    const { recorder } = this.#decider.settings;
    for (const scopeChain of [this.#principals, this.#resources]) {
      const policyKind = scopeChain.kind;
      let index = 0;
      const steps = scopeChain.stepsFor(this.#roleSet, step.action);
      for (const [at, lookup] of steps.entries()) {
        if (lookup === undefined) {
          index++;
        }
        if (!(lookup instanceof ScopeLookup)) {
          continue;
        }
        const role = this.#roleSet.names[index] ?? '';
        const { scope } = lookup.frame;
        if (
          reached.some((each) => each.policyKind === policyKind && each.role === role && each.scope === scope)
        ) {
          continue;
        }
        const entries = entriesFrom(steps, at + 1);
        recorder?.open('scope', { policyKind, scope, role, entries });
        recorder?.close();
      }
    }
  }
}
