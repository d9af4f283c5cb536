import type { Bindings } from '../../cel';
import type { Candidate, DerivedRole } from '../compile/rows';
import { scopesToSearch, tableKey, nameMatches } from '../compile/table';
import type { RuleTable } from '../compile/table';
import type { Effect } from '../model/policy';
import {
  defaultVersion,
  noPolicy,
  orDefault,
  principalPolicyName,
  resourcePolicyName,
  sanitize,
  scopeValue,
} from '../names';
import { principalCandidates, resourceCandidates } from './candidates';
import { EvaluationContext } from './context';
import type { EffectiveRoles } from './context';
import { Failure } from './failure';
import type { ActionStep, DerivedRoleStep, Recorder, RuleStep } from './recorder';
import { enforceSchemas } from '../schemas/enforce';
import type { Validation } from '../schemas/enforce';
import { cerbos } from './semantics';
import type { Semantics } from './semantics';
import type {
  ActionDecision,
  CheckInput,
  CheckOptions,
  CheckOutput,
  DecidingRule,
  OutputEntry,
  SchemaEnforcement,
} from './types';

/** What only this engine's own parts and tests set. */
export interface Internals {
  /** For the differential test; see {@link Semantics}. */
  readonly semantics?: Semantics;
  /** Called when an expression reads the clock. */
  readonly onClock?: () => void;
  /** Takes notes of everything. */
  readonly recorder?: Recorder;
}

/** Decides one request. */
export function decide(
  table: RuleTable,
  input: CheckInput,
  options: CheckOptions,
  internals: Internals = {},
): CheckOutput {
  return new Check(table, input, options, internals).run();
}

/** How an action stands after some of the rules: no effect means that none of them matched. */
interface Standing {
  readonly effect?: Effect;
  readonly policy: string;
  readonly scope: string;
  readonly candidate?: Candidate;
  readonly failure?: Failure;
}

/** The policies of one kind, principal or resource, that may have a say. */
interface Layer {
  readonly kind: 'principal' | 'resource';
  /** Scopes from the most specific up. */
  readonly scopes: readonly string[];
  /** The policy of the most specific scope. */
  readonly name: string;
  /** What decisions call the policy. */
  readonly policy: string;
}

class Check {
  readonly #table: RuleTable;
  readonly #input: CheckInput;
  readonly #semantics: Semantics;
  readonly #context: EvaluationContext;
  readonly #version: string;
  readonly #resource: string;
  readonly #resourceScope: string;
  readonly #enforcement: SchemaEnforcement;
  readonly #layers: readonly [Layer, Layer];
  readonly #outcomes = new Map<object, boolean>();
  readonly #scopeRoles = new Map<string, EffectiveRoles>();
  readonly #effectiveRoles = new Set<string>();
  readonly #outputs: OutputEntry[] = [];
  readonly #recorder: Recorder | undefined;

  constructor(table: RuleTable, input: CheckInput, options: CheckOptions, internals: Internals) {
    this.#table = table;
    this.#input = input;
    this.#semantics = internals.semantics ?? cerbos;
    const { onClock, recorder } = internals;
    this.#recorder = recorder;
    this.#context = new EvaluationContext(input, options, this.#semantics, onClock, recorder);
    const { principal, resource } = input;
    const version = orDefault(options.defaultPolicyVersion, defaultVersion);
    const scopeOf = (scope: string | undefined): string =>
      scopeValue(orDefault(scope, options.defaultScope ?? ''));
    const lenient = options.lenientScopeSearch === true;
    this.#version = orDefault(resource.policyVersion, version);
    this.#resource = sanitize(resource.kind);
    this.#resourceScope = scopeOf(resource.scope);
    this.#layers = [
      this.#principalLayer(scopeOf(principal.scope), orDefault(principal.policyVersion, version), lenient),
      this.#resourceLayer(lenient),
    ];
    this.#enforcement = options.schemaEnforcement ?? 'none';
    if (recorder) recorder.policy = this.#layers.findLast(({ scopes }) => scopes.length > 0)?.name ?? '';
  }

  run(): CheckOutput {
    const { requestId, resource, actions } = this.#input;
    const decisions = Object.create(null) as Record<string, ActionDecision>;
    const known = this.#layers.some((layer) => layer.policy !== noPolicy);
    const { errors: validationErrors, rejects } = this.#validate();
    const rejection = rejects ? this.#rejection(validationErrors) : undefined;
    for (const action of actions) {
      if (Object.hasOwn(decisions, action)) continue;
      const step = this.#recorder?.open('action', { action });
      const standing = known && !rejection ? this.#action(action) : { policy: noPolicy, scope: '' };
      if (step && known && !rejection) this.#finish(step, standing);
      this.#recorder?.close();
      decisions[action] = rejection ?? decisionOf(standing);
    }
    return {
      ...(requestId !== undefined && { requestId }),
      resourceId: resource.id,
      actions: decisions,
      effectiveDerivedRoles: [...this.#effectiveRoles].sort(),
      outputs: this.#outputs,
      validationErrors,
      evaluationErrors: this.#context.errors,
    };
  }

  /** Validates the attributes by the schemas of the resource policy at the most specific scope. */
  #validate(): Validation {
    const [, { scopes, name }] = this.#layers;
    const schemas = scopes.length > 0 ? this.#table.schemas.get(name) : undefined;
    return enforceSchemas(schemas, this.#input, this.#enforcement);
  }

  #rejection([first]: Validation['errors']): ActionDecision {
    const error =
      first && `${first.source === 'SOURCE_PRINCIPAL' ? 'P' : 'R'}.attr[${first.path}]: ${first.message}`;
    return {
      effect: 'EFFECT_DENY',
      policy: this.#layers[1].name,
      scope: '',
      explicit: true,
      ...(error !== undefined && { error }),
    };
  }

  /** Notes the decision, and the rules that were not reached because it had fallen. */
  #finish(step: ActionStep, { candidate, effect }: Standing): void {
    if (candidate) step.decidedBy = candidate;
    step.effect = effect ?? 'EFFECT_DENY';
    const reached = new Set(
      step.steps.map((each) => each.kind === 'scope' && JSON.stringify([each.layer, each.role, each.scope])),
    );
    for (const layer of this.#layers) {
      for (const role of this.#rolesOf(layer)) {
        for (const scope of layer.scopes) {
          if (reached.has(JSON.stringify([layer.kind, role, scope]))) continue;
          const candidates = this.#candidates(layer, step.action, this.#withParents([role]), scope);
          this.#recorder?.open('scope', { layer: layer.kind, role, scope, candidates });
          this.#recorder?.close();
        }
      }
    }
  }

  #principalLayer(scope: string, version: string, lenient: boolean): Layer {
    const scopes = scopesToSearch(this.#table.principalScopes, scope, lenient);
    const exists = scopes.some((each) => this.#table.principalVersions.has(tableKey(version, each)));
    const name = principalPolicyName(this.#input.principal.id, version, scopes[0] ?? '');
    return { kind: 'principal', scopes, name, policy: exists ? name : noPolicy };
  }

  #resourceLayer(lenient: boolean): Layer {
    const scopes = scopesToSearch(this.#table.resourceScopes, this.#resourceScope, lenient);
    const rules = this.#table.resources.get(tableKey(this.#version, this.#resource));
    const exists = scopes.some((scope) => rules?.has(scope) === true || this.#hasRoleEntries(scope));
    const name = resourcePolicyName(this.#input.resource.kind, this.#version, scopes[0] ?? '');
    return { kind: 'resource', scopes, name, policy: exists ? name : noPolicy };
  }

  #hasRoleEntries(scope: string): boolean {
    const rules = this.#table.roles.get(tableKey(this.#version, scope));
    return rules?.entries.some((entry) => nameMatches(entry.resource, this.#resource)) === true;
  }

  /** Principal policies first; resource policies only if those say nothing. */
  #action(action: string): Standing {
    let standing: Standing = { policy: noPolicy, scope: '' };
    for (const layer of this.#layers) {
      standing = this.#layer(layer, action);
      if (standing.effect !== undefined) return standing;
    }
    return standing;
  }

  /** Every role is looked at by itself; the first that is allowed decides, else the first that is denied. */
  #layer(layer: Layer, action: string): Standing {
    let standing: Standing | undefined;
    for (const role of this.#rolesOf(layer)) {
      const forRole = this.#role(layer, action, role);
      if (forRole.failure) return forRole;
      if (standing?.effect === undefined) standing = forRole;
      if (forRole.effect === 'EFFECT_ALLOW' && this.#semantics.anyRoleMayAllow) return forRole;
    }
    return standing ?? { policy: layer.policy, scope: '' };
  }

  #rolesOf({ kind }: Layer): readonly string[] {
    const { roles } = this.#input.principal;
    // Principal policies speak to the principal whatever its roles, so that one look is enough.
    return kind === 'principal' ? roles.slice(0, 1) : roles;
  }

  /** One role's standing: scopes from the most specific up, until one has the last word. */
  #role(layer: Layer, action: string, role: string): Standing {
    const roles = this.#withParents([role]);
    let allowed: Standing | undefined;
    for (const scope of layer.scopes) {
      const { kind } = layer;
      const candidates = this.#candidates(layer, action, roles, scope);
      const step = this.#recorder?.open('scope', { layer: kind, scope, role, candidates });
      if (kind === 'resource') this.#context.effectiveRoles = this.#derivedRolesAt(scope);
      const standing = this.#scope(layer, action, scope, candidates);
      if (step && standing?.effect) step.outcome = standing.effect;
      this.#recorder?.close();
      if (standing?.effect === 'EFFECT_DENY') return standing;
      allowed ??= standing;
      if (!allowed) continue;
      const permissions = this.#table.scopePermissions.get(scope);
      if (this.#semantics.allowIsFinal(permissions)) return { ...allowed, scope };
      if (step) step.outcome = 'needs-consent';
      if (permissions === 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS') allowed = undefined;
    }
    return { policy: layer.policy, scope: '' };
  }

  /** What one scope says: the first denial, else the first allowance. */
  #scope(
    layer: Layer,
    action: string,
    scope: string,
    candidates: readonly Candidate[],
  ): Standing | undefined {
    let allowed: Standing | undefined;
    for (const candidate of candidates) {
      const applies = this.#applies(candidate, action);
      if (applies instanceof Failure) {
        return { effect: 'EFFECT_DENY', policy: candidate.policy, scope, candidate, failure: applies };
      }
      if (!applies) continue;
      if (candidate.effect === 'EFFECT_ALLOW') {
        allowed ??= { effect: 'EFFECT_ALLOW', policy: layer.policy, scope, candidate };
        if (!this.#semantics.denyBeatsAllow) break;
      }
      if (candidate.effect === 'EFFECT_DENY') {
        const policy = candidate.fromRolePolicy ? candidate.policy : layer.policy;
        return { effect: 'EFFECT_DENY', policy, scope, candidate };
      }
    }
    return allowed;
  }

  #candidates(layer: Layer, action: string, roles: readonly string[], scope: string): readonly Candidate[] {
    const lookup = { version: this.#version, resource: this.#resource, scope, action, roles };
    return layer.kind === 'resource'
      ? resourceCandidates(this.#table, lookup)
      : principalCandidates(this.#table, this.#input.principal.id, lookup);
  }

  /** Whether a rule applies; hands back its outputs on the way. With strict evaluation, what went wrong instead. */
  #applies(candidate: Candidate, action: string): boolean | Failure {
    const step = this.#recorder?.open('rule', { candidate });
    const applies = this.#looksAt(candidate, action, step);
    this.#recorder?.close();
    return applies;
  }

  #looksAt(candidate: Candidate, action: string, step: RuleStep | undefined): boolean | Failure {
    const bindings = this.#context.bindings(candidate.params);
    let outcome = candidate.key && this.#outcomes.get(candidate.key);
    if (step && outcome !== undefined) step.remembered = true;
    if (outcome === undefined) {
      const through = this.#holdsThrough(candidate.derivedRole);
      if (step && through !== true) step.outcome = through === false ? 'derived-role-not-effective' : 'error';
      if (through instanceof Failure) return through;
      if (!through) {
        // The binary hands back no output now, but does when it meets the rule again in the same request.
        if (candidate.key) this.#outcomes.set(candidate.key, false);
        return false;
      }
      const holds = this.#context.holds(candidate.condition, bindings);
      if (step && holds instanceof Failure) step.outcome = 'error';
      if (holds instanceof Failure) return holds;
      if (candidate.key) this.#outcomes.set(candidate.key, holds);
      outcome = holds;
    }
    if (step) step.outcome = outcome ? 'activated' : 'condition-not-met';
    this.#output(candidate, action, outcome ? 'ruleActivated' : 'conditionNotMet', bindings);
    return outcome;
  }

  #holdsThrough(role: DerivedRole | undefined): boolean | Failure {
    if (!role?.condition || !this.#semantics.derivedRolesHaveConditions) return true;
    this.#recorder?.open('through', { role });
    const holds = this.#context.holds(role.condition, this.#context.bindings(role.params));
    this.#recorder?.close();
    return holds;
  }

  #output(
    candidate: Candidate,
    action: string,
    when: 'ruleActivated' | 'conditionNotMet',
    bindings: Bindings,
  ): void {
    const expression = candidate.output?.[when];
    if (!expression || !this.#semantics.outputs[when]) return;
    const step = this.#recorder?.open('output', { candidate });
    const entry = { src: candidate.fqn, action, ...this.#context.output(expression, bindings) };
    if (step) step.entry = entry;
    this.#recorder?.close();
    this.#outputs.push(entry);
  }

  #withParents(roles: readonly string[]): readonly string[] {
    const parents = this.#table.parentRoles.get(this.#resourceScope);
    return parents ? [...roles, ...roles.flatMap((role) => parents.get(role) ?? [])] : roles;
  }

  /** The derived roles that the principal has, of those that the rules at a scope use. Worked out once for each scope. */
  #derivedRolesAt(scope: string): EffectiveRoles {
    const known = this.#scopeRoles.get(scope);
    if (known) return known;
    const policy = resourcePolicyName(this.#input.resource.kind, this.#version, scope);
    const roles: string[] = [];
    const failed: string[] = [];
    const has = new Set(this.#withParents(this.#input.principal.roles));
    for (const role of this.#table.derivedRoles.get(policy) ?? []) {
      const { name, parentRoles, condition, params } = role;
      const step = this.#recorder?.open('derivedRole', { role, scope });
      if (parentRoles.has('*') || [...parentRoles].some((each) => has.has(each))) {
        const holds = this.#context.holds(condition, this.#context.listingBindings(params));
        if (step) step.outcome = listingOutcome(holds);
        if (holds instanceof Failure) failed.push(name);
        else if (holds) {
          roles.push(name);
          this.#effectiveRoles.add(name);
        }
      }
      this.#recorder?.close();
    }
    const effective = { roles, failed };
    this.#scopeRoles.set(scope, effective);
    return effective;
  }
}

function listingOutcome(holds: boolean | Failure): NonNullable<DerivedRoleStep['outcome']> {
  return holds instanceof Failure ? 'error' : holds ? 'effective' : 'condition-not-met';
}

function decisionOf({ effect, policy, scope, candidate, failure }: Standing): ActionDecision {
  const rule: DecidingRule | undefined = candidate && {
    name: candidate.name,
    fqn: candidate.fqn,
    // Worked out only if somebody looks.
    get location() {
      return candidate.location();
    },
    ...(candidate.derivedRole && { derivedRole: candidate.derivedRole.name }),
  };
  return {
    effect: effect ?? 'EFFECT_DENY',
    policy,
    scope,
    explicit: effect === 'EFFECT_DENY',
    ...(rule && { rule }),
    ...(failure && { error: failure.message }),
  };
}
