import { tableOf } from '../compile/policy-set';
import type { PolicySet } from '../compile/policy-set';
import type { Candidate } from '../compile/rows';
import type { RuleTable } from '../compile/table';
import { lookupsOf } from '../decide/table-lookups';
import type { ScopeChain } from '../decide/scope-chain';
import type { TableLookups } from '../decide/table-lookups';
import type { RoleChain, ScopeEntry } from '../decide/scope-entry';
import { cerbos } from '../decide/semantics';
import type { CheckInput, CheckOptions } from '../check-types';
import { defaultVersion, noPolicy, orDefault, scopeValue } from '../names';
import { PartialContext, failed } from './context';
import type { KnownRoles } from './context';
import { all, any, not, residualText } from './formula';
import type { Formula, Residual } from './formula';

export interface PartialOptions extends CheckOptions {
  /**
   * Paths whose values are not known, such as `resource.attr.arguments`, `principal.attr`, `request.auxData`,
   * `principal.id`. Roles, kinds, versions and scopes must be known: they select policies.
   */
  readonly unknowns: readonly string[];
}

/** What can be said of an action without what is not known. Without `now` the time is not known either. */
export type PartialDecision =
  | { readonly effect: 'EFFECT_ALLOW' }
  | {
      readonly effect: 'EFFECT_DENY';
      /** Whether something says no in any case, rather than that nothing says yes. */
      readonly explicit: boolean;
    }
  | {
      readonly effect: 'undetermined';
      /** For what the action is allowed; for everything else it is denied. */
      readonly condition: Residual;
      /** The same as one CEL expression. */
      readonly text: string;
    };

export interface PartialOutput {
  readonly resourceId: string;
  /** By action; a null-prototype object, so any action name is a key. */
  readonly actions: Readonly<Record<string, PartialDecision>>;
}

const selecting = /^(request\.)?(principal|resource|P|R)(\.(roles|kind|scope|policy_?version))?$/i;

/**
 * Decides a request of which not all is known: allow and deny are certain, whatever the unknown values are.
 * @throws TypeError if the set did not come from `compilePolicySet`, or if what selects policies is not known
 */
export function checkPartially(set: PolicySet, input: CheckInput, options: PartialOptions): PartialOutput {
  const wrong = options.unknowns.find((path) => path === 'request' || selecting.test(path));
  if (wrong !== undefined) throw new TypeError(`${wrong} cannot be unknown: it selects policies`);
  return new PartialCheck(tableOf(set), input, options).run();
}

/** For what a role, or a scopeChain, says yes, and for what it says no. */
interface PartialEffect {
  readonly allow: Formula;
  readonly deny: Formula;
  /** Where strict evaluation fails, which denies whatever others say. */
  readonly fail: Formula;
}

const silent: PartialEffect = { allow: false, deny: false, fail: false };

class PartialCheck {
  readonly #table: RuleTable;
  readonly #lookups: TableLookups;
  readonly #input: CheckInput;
  readonly #options: PartialOptions;
  readonly #context: PartialContext;
  readonly #version: string;
  readonly #resourceScope: string;
  readonly #resources: ScopeChain;
  readonly #principals: ScopeChain;
  readonly #roles = new Map<ScopeEntry, KnownRoles>();

  constructor(table: RuleTable, input: CheckInput, options: PartialOptions) {
    this.#table = table;
    this.#lookups = lookupsOf(table);
    this.#input = input;
    this.#options = options;
    const { principal, resource } = input;
    const scopeOf = (scope: string | undefined): string =>
      scopeValue(orDefault(scope, options.defaultScope ?? ''));
    const lenient = options.lenientScopeSearch === true;
    const fallback = orDefault(options.defaultPolicyVersion, defaultVersion);
    const version = orDefault(resource.policyVersion, fallback);
    this.#version = version;
    this.#resourceScope = scopeOf(resource.scope);
    this.#resources = this.#lookups.resources(resource.kind, version, this.#resourceScope, lenient);
    this.#principals = this.#lookups.principals({
      principal: principal.id,
      principalVersion: orDefault(principal.policyVersion, fallback),
      scope: scopeOf(principal.scope),
      lenient,
      kind: resource.kind,
      version,
    });
    const several = this.#resources.scopes.length > 1;
    this.#context = new PartialContext(input, options, options.unknowns, several);
  }

  run(): PartialOutput {
    const actions = Object.create(null) as Record<string, PartialDecision>;
    for (const action of this.#input.actions) actions[action] ??= this.#action(action);
    return { resourceId: this.#input.resource.id, actions };
  }

  #action(action: string): PartialDecision {
    if (this.#principals.policy === noPolicy && this.#resources.policy === noPolicy) {
      return denied(this.#roleOmits());
    }
    if (this.#isAnybody()) return undetermined({ kind: 'expr', source: 'request.principal.id' });
    const first = this.#scopeChain(this.#principals, action);
    const second = this.#scopeChain(this.#resources, action);
    // Principal policies first; resource policies only if those say nothing.
    const open = not(any([first.allow, first.deny, first.fail]));
    const allow = any([first.allow, all([open, second.allow])]);
    const deny = any([first.deny, first.fail, all([open, any([second.deny, second.fail])])]);
    if (allow === false) return denied(deny === true || this.#roleOmits());
    if (allow !== true) return undetermined(allow);
    return this.#maySchemaReject()
      ? undetermined({ kind: 'expr', source: '"the attributes are valid" != ""' })
      : { effect: 'EFFECT_ALLOW' };
  }

  /** Whether a role policy denies even if nothing says anything. */
  #roleOmits(): boolean {
    const { principal, resource } = this.#input;
    const chains = principal.roles.map((role) => this.#lookups.roles.chain(role, this.#resourceScope));
    return this.#lookups.anyRoleOmits(chains, resource.kind, this.#version, this.#resourceScope);
  }

  /** Whether there are policies about principals, of whom this may be any. */
  #isAnybody(): boolean {
    const ids = ['principal.id', 'P.id', 'request.principal.id'];
    return this.#table.principals.size > 0 && this.#options.unknowns.some((path) => ids.includes(path));
  }

  #maySchemaReject(): boolean {
    const { scopes, name } = this.#resources;
    const { schemaEnforcement } = this.#options;
    return schemaEnforcement === 'reject' && scopes.length > 0 && this.#table.schemas.has(name);
  }

  /** Roles are looked at by themselves, in order; a failure ends it, and so does an allowance. */
  #scopeChain(scopeChain: ScopeChain, action: string): PartialEffect {
    if (scopeChain.scopes.length === 0) return silent;
    const { roles } = this.#input.principal;
    const allow: Formula[] = [];
    const deny: Formula[] = [];
    const fail: Formula[] = [];
    for (const role of scopeChain.kind === 'principal' ? roles.slice(0, 1) : roles) {
      const chain = this.#lookups.roles.chain(role, this.#resourceScope);
      const said = this.#scopes(scopeChain, 0, action, chain, false);
      const reached = not(any([...allow, ...fail]));
      allow.push(all([reached, said.allow]));
      deny.push(said.deny);
      fail.push(all([reached, said.fail]));
    }
    const allowed = any(allow);
    return { allow: allowed, deny: all([not(allowed), any(deny)]), fail: any(fail) };
  }

  /** What is said to one role from a scope up, given for what scopes below allowed without being final. */
  #scopes(
    { kind, scopes }: Pick<ScopeChain, 'kind' | 'scopes'>,
    from: number,
    action: string,
    chain: RoleChain,
    carried: Formula,
  ): PartialEffect {
    const scope = scopes[from];
    if (!scope) return silent;
    if (kind === 'resource') this.#context.roles = this.#rolesAt(scope);
    const own = this.#rules(scope.entries(action, chain).map(({ candidate }) => candidate));
    const ended = any([own.deny, own.fail]);
    const allowed = any([carried, own.allow]);
    const isFinal = cerbos.allowIsFinal(scope.permissions);
    const settled = isFinal ? any([ended, allowed]) : ended;
    if (settled === true) {
      return { allow: isFinal ? all([not(ended), allowed]) : false, deny: own.deny, fail: own.fail };
    }
    const needsConsent = scope.permissions === 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS';
    const above = this.#scopes(
      { kind, scopes },
      from + 1,
      action,
      chain,
      needsConsent || isFinal ? false : allowed,
    );
    const goesOn = not(settled);
    return {
      allow: any([isFinal ? all([not(ended), allowed]) : false, all([goesOn, above.allow])]),
      deny: any([own.deny, all([goesOn, above.deny])]),
      fail: any([own.fail, all([goesOn, above.fail])]),
    };
  }

  /** The rules of one scope, in order: the first that denies, or fails, ends it. */
  #rules(candidates: readonly Candidate[]): PartialEffect {
    let allow: Formula = false;
    let deny: Formula = false;
    const risks: Formula[] = [];
    this.#context.takeRisks();
    for (const candidate of candidates) {
      const applies = this.#applies(candidate, risks);
      risks.push(...this.#context.takeRisks());
      if (applies === failed) {
        return { allow: false, deny, fail: any([not(deny), not(all(risks))]) };
      }
      if (candidate.effect === 'EFFECT_ALLOW') allow = any([allow, applies]);
      if (candidate.effect === 'EFFECT_DENY') deny = any([deny, applies]);
      if (deny === true) break;
    }
    // With strict evaluation, what is looked at must not fail, even where it would change nothing.
    return { allow, deny, fail: not(all(risks)) };
  }

  #applies({ condition, derivedRole, params }: Candidate, risks: Formula[]): Formula | typeof failed {
    const through = derivedRole ? this.#context.holds(derivedRole.condition, derivedRole.params) : true;
    if (through === failed || through === false) return through;
    const holds = this.#context.holds(condition, params);
    if (holds !== failed) return all([through, holds]);
    if (through === true) return failed;
    // It fails only if the derived role is in effect.
    risks.push(not(through));
    return false;
  }

  /** The derived roles in effect at a scope; undefined if it is not known which they are. */
  #rolesAt(scope: ScopeEntry): KnownRoles {
    if (this.#roles.has(scope)) return this.#roles.get(scope);
    const roles: string[] = [];
    let isKnown = true;
    const chains = this.#input.principal.roles.map((role) =>
      this.#lookups.roles.chain(role, this.#resourceScope),
    );
    const has = new Set(chains.flatMap((chain) => chain.roles));
    for (const { role } of scope.derivedRoles) {
      const { name, parentRoles, condition, params } = role;
      if (!parentRoles.has('*') && ![...parentRoles].some((each) => has.has(each))) continue;
      this.#context.takeRisks();
      const holds = this.#context.holds(condition, params);
      const mayFail = all(this.#context.takeRisks()) !== true;
      // With strict evaluation a failure makes the list fail, which counts as not known: at worst that leaves more open.
      if (typeof holds !== 'boolean' || mayFail || !this.#context.areSound(params)) isKnown = false;
      else if (holds) roles.push(name);
    }
    const known = isKnown ? roles : undefined;
    this.#roles.set(scope, known);
    return known;
  }
}

function denied(explicit: boolean): PartialDecision {
  return { effect: 'EFFECT_DENY', explicit };
}

function undetermined(condition: Residual): PartialDecision {
  return { effect: 'undetermined', condition, text: residualText(condition) };
}
