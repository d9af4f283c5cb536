import type { JsonValue } from '../../cel';
import type { CheckInput, CheckOptions, EvaluationError } from '../check-types';
import type { Candidate, CompiledCondition } from '../compile/table/rows';
import type { RuleTable } from '../compile/table/table';
import type { ScopeChain } from '../decide/lookup/scope-chain';
import type { RoleChain } from '../decide/lookup/role-sets';
import type { ScopeEntry } from '../decide/lookup/scope-entry';
import { lookupsOf } from '../decide/lookup/table-lookups';
import type { TableLookups } from '../decide/lookup/table-lookups';
import { defaultVersion, noPolicy, orDefault, scopeValue } from '../names/names';
import { PartialContext } from './context';
import type { Held, PartialRoles, Unknowns } from './context';
import { all, any, not } from './formula';
import type { Formula } from './formula';

/** The conditions under which the rules allow and deny one action. */
interface PartialAction {
  readonly allow: Formula;
  readonly deny: Formula;
  /** The most general scope whose rules have a say and the last word; undefined if no rule has a say. */
  readonly matchedScope: string | undefined;
}

/** An output that a rule may hand back. */
export interface PossibleOutput {
  /** The fully qualified name of the rule. */
  readonly src: string;
  /** Absent if it is not known, or can't be evaluated. */
  readonly val?: JsonValue;
}

/** The conditions under which one role, or one scope, allows and denies. */
interface PartialEffect {
  readonly allow: Formula;
  /** For what it is denied, or strict evaluation fails. */
  readonly stop: Formula;
  /** For what strict evaluation fails, which other roles cannot make up for. */
  readonly fail: Formula;
}

const silent: PartialEffect = { allow: false, stop: false, fail: false };

/** Goes over the rules that may decide a request of which not all is known, in the order in which a check does. */
export class RuleWalk {
  /** The policies about the resource, and about the principal. */
  readonly resources: ScopeChain;
  readonly principals: ScopeChain;
  readonly #lookups: TableLookups;
  readonly #input: CheckInput;
  readonly #context: PartialContext;
  readonly #version: string;
  readonly #resourceScope: string;
  readonly #roles = new Map<ScopeEntry, PartialRoles>();
  readonly #seen = new Set<Candidate>();
  #matched: string | undefined;

  constructor(table: RuleTable, input: CheckInput, options: CheckOptions, unknowns: Unknowns) {
    this.#lookups = lookupsOf(table);
    this.#input = input;
    const { principal, resource } = input;
    const scopeOf = (scope: string | undefined): string =>
      scopeValue(orDefault(scope, options.defaultScope ?? ''));
    const lenient = options.lenientScopeSearch === true;
    const fallback = orDefault(options.defaultPolicyVersion, defaultVersion);
    const version = orDefault(resource.policyVersion, fallback);
    this.#version = version;
    this.#resourceScope = scopeOf(resource.scope);
    this.resources = this.#lookups.resources(resource.kind, version, this.#resourceScope, lenient);
    this.principals = this.#lookups.principals({
      principal: principal.id,
      principalVersion: orDefault(principal.policyVersion, fallback),
      scope: scopeOf(principal.scope),
      lenient,
      kind: resource.kind,
      version,
    });
    this.#context = new PartialContext(input, options, unknowns, this.resources.scopes.length > 1);
  }

  /** True if any policy applies to the request. */
  get hasPolicies(): boolean {
    return this.principals.policy !== noPolicy || this.resources.policy !== noPolicy;
  }

  /**
   * True if a role policy denies the actions because it does not list them: such a denial is explicit without a rule.
   */
  get roleOmits(): boolean {
    const { principal, resource } = this.#input;
    const chains = principal.roles.map((role) => this.#lookups.roles.chain(role, this.#resourceScope));
    return this.#lookups.anyRoleOmits(chains, resource.kind, this.#version, this.#resourceScope);
  }

  /** Conditions that cannot be evaluated whatever is not known. */
  get errors(): readonly EvaluationError[] {
    return this.#context.errors;
  }

  /** Of the rules that were looked at so far. */
  get outputs(): readonly PossibleOutput[] {
    return [...this.#seen].flatMap(({ fqn, output, params }) =>
      [output?.ruleActivated, output?.conditionNotMet]
        .filter((expression) => expression !== undefined)
        .map((expression) => {
          const val = this.#context.output(expression, params);
          return { src: fqn, ...(val !== undefined && { val }) };
        }),
    );
  }

  /** Principal policies first; resource policies only if those say nothing. */
  action(action: string): PartialAction {
    this.#matched = undefined;
    const second = this.#scopeChain(this.resources, action);
    const first = this.#scopeChain(this.principals, action);
    return {
      allow: any([first.allow, all([not(first.stop), second.allow])]),
      deny: any([first.stop, all([not(first.allow), second.stop])]),
      matchedScope: this.#matched,
    };
  }

  /** Roles are looked at by themselves, in order; a failure ends it, and so does an allowance. */
  #scopeChain(scopeChain: ScopeChain, action: string): PartialEffect {
    if (scopeChain.scopes.length === 0) {
      return silent;
    }
    const { roles } = this.#input.principal;
    const allow: Formula[] = [];
    const stop: Formula[] = [];
    const fail: Formula[] = [];
    // Principal policies speak to the principal whatever its roles.
    for (const role of scopeChain.kind === 'principal' ? roles.slice(0, 1) : roles) {
      const chain = this.#lookups.roles.chain(role, this.#resourceScope);
      const said = this.#scopes(scopeChain, 0, action, chain, false);
      allow.push(all([not(any(fail)), said.allow]));
      stop.push(said.stop);
      fail.push(said.fail);
    }
    return { allow: any(allow), stop: all([not(any(allow)), any(stop)]), fail: false };
  }

  /**
   * Walks a scope chain upwards for one role, `carried` is the condition under which scopes below allow, provided that
   * a parent scope consents.
   */
  #scopes(
    { kind, scopes }: Pick<ScopeChain, 'kind' | 'scopes'>,
    from: number,
    action: string,
    chain: RoleChain,
    carried: Formula,
  ): PartialEffect {
    const entry = scopes[from];
    if (!entry) {
      return silent;
    }
    const { scope, permissions, allowIsFinal } = entry.frame;
    if (kind === 'resource') {
      this.#context.roles = this.#rolesAt(entry);
    }
    const candidates = entry.candidates(action, chain);
    candidates.forEach((candidate) => this.#seen.add(candidate));
    const own = this.#rules(candidates);
    const allowed = any([carried, own.allow]);
    const isFinal = allowIsFinal;
    const mayAllow = candidates.some(({ effect }) => effect === 'EFFECT_ALLOW');
    if (mayAllow || own.stop !== false) {
      this.#matched = isFinal ? scope : (this.#matched ?? '');
    }
    const final = isFinal ? all([not(own.stop), allowed]) : false;
    const settled = isFinal ? any([own.stop, allowed]) : own.stop;
    if (settled === true) {
      return { ...own, allow: final };
    }
    const needsConsent = permissions === 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS';
    const above = this.#scopes(
      { kind, scopes },
      from + 1,
      action,
      chain,
      needsConsent || isFinal ? false : allowed,
    );
    const goesOn = not(settled);
    return {
      allow: any([final, all([not(own.stop), above.allow])]),
      stop: any([own.stop, all([goesOn, above.stop])]),
      fail: any([own.fail, all([goesOn, above.fail])]),
    };
  }

  /** The rules of one scope, in order: the first that denies, or fails, ends it. */
  #rules(candidates: readonly Candidate[]): PartialEffect {
    const allow: Formula[] = [];
    const deny: Formula[] = [];
    const failing: Formula[] = [];
    const fail: Formula[] = [];
    for (const candidate of candidates) {
      const { holds, fails } = this.#applies(candidate);
      failing.push(fails);
      fail.push(all([not(any(deny)), fails]));
      if (candidate.effect === 'EFFECT_ALLOW') {
        allow.push(holds);
      }
      if (candidate.effect === 'EFFECT_DENY') {
        deny.push(holds);
      }
      if (holds === true && candidate.effect === 'EFFECT_DENY') {
        break;
      }
      if (fails === true) {
        break;
      }
    }
    return { allow: any(allow), stop: any([...deny, ...failing]), fail: any(fail) };
  }

  #applies({ condition, derivedRole, params }: Candidate): Held {
    if (!derivedRole?.condition) {
      return this.#context.holds(condition, params);
    }
    const through = this.#context.holds(derivedRole.condition, derivedRole.params);
    if (through.holds === false) {
      return through;
    }
    const { holds, fails } = this.#context.holds(condition, params);
    return { holds: all([through.holds, holds]), fails: any([through.fails, all([through.holds, fails])]) };
  }

  /** The derived roles at a scope, as `runtime.effectiveDerivedRoles` lists them. */
  #rolesAt(scope: ScopeEntry): PartialRoles {
    if (this.#roles.has(scope)) {
      return this.#roles.get(scope);
    }
    const has = this.#lookups.roles.of(this.#input.principal.roles, this.#resourceScope);
    const found: { name: string; holds: Formula }[] = [];
    let canTell = true;
    for (const { role } of scope.frame.derivedRoles) {
      if (!has.haveParentOf(role)) {
        continue;
      }
      const { holds, fails } = this.#context.holds(role.condition, role.params);
      // Listing makes variables that fail null, and with strict evaluation a failure makes the list fail.
      const isOpen = typeof holds !== 'boolean';
      const sound =
        this.#context.areSound(role.params, !isOpen) || (isOpen && !mentionsVariables(role.condition));
      if (fails !== false || !sound) {
        canTell = false;
      }
      found.push({ name: role.name, holds });
    }
    const roles = canTell ? found : undefined;
    this.#roles.set(scope, roles);
    return roles;
  }
}

function mentionsVariables(condition: CompiledCondition | undefined): boolean {
  if (!condition) {
    return false;
  }
  return condition.kind === 'expr'
    ? /\b(V|variables)\b/.test(condition.expression.source)
    : condition.of.some(mentionsVariables);
}
