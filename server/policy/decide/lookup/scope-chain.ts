import type { RoleSet } from './role-sets';
import type { Entry, ScopeEntry } from './scope-entry';

/**
 * The rules that a role meets at one scope, for an action. Lookups are linked rather than listed: with many policies, each
 * object that is looked at takes time.
 */
export interface RuleLookup {
  readonly scope: ScopeEntry;
  /** For each of the scope's derived roles, whether the principal has a parent role of it. */
  readonly eligible: readonly boolean[];
  readonly entries: readonly Entry[];
  /** The same role's at the next scope up. */
  readonly above: RuleLookup | undefined;
  /** The next role's at its most specific scope. */
  readonly nextRole: RuleLookup | undefined;
}

const mostActions = 256;
const mostRoleSets = 64;

/** The policies of one kind, principal or resource, that may have a say. */
export class ScopeChain {
  readonly kind: 'principal' | 'resource';
  /** From the most specific up. */
  readonly scopes: readonly ScopeEntry[];
  /** The policy of the most specific scope. */
  readonly name: string;
  /** The policy's name in decisions. */
  readonly policy: string;
  readonly #plans = new Map<RoleSet, RoleLookups>();
  #last: RoleLookups | undefined;

  constructor(kind: ScopeChain['kind'], scopes: readonly ScopeEntry[], name: string, policy: string) {
    this.kind = kind;
    this.scopes = scopes;
    this.name = name;
    this.policy = policy;
  }

  /** The look-ups for principals with these roles. */
  planFor(roles: RoleSet): RoleLookups {
    if (this.#last?.roles === roles) {
      return this.#last;
    }
    let plan = this.#plans.get(roles);
    if (!plan) {
      if (this.#plans.size >= mostRoleSets) {
        this.#plans.clear();
      }
      plan = new RoleLookups(this, roles);
      this.#plans.set(roles, plan);
    }
    this.#last = plan;
    return plan;
  }
}

/** The rules that principals with certain roles meet in a scope chain. Remembered, within bounds. */
export class RoleLookups {
  readonly roles: RoleSet;
  readonly #scopeChain: ScopeChain;
  readonly #lookups = new Map<string, RuleLookup | undefined>();
  readonly #eligible: readonly (readonly boolean[])[];

  constructor(scopeChain: ScopeChain, roles: RoleSet) {
    this.roles = roles;
    this.#scopeChain = scopeChain;
    this.#eligible = scopeChain.scopes.map(({ derivedRoles }) =>
      derivedRoles.map(({ role }) => roles.haveParentOf(role)),
    );
  }

  /** The first role's lookup at the most specific scope, for an action; undefined if there is nothing to look up. */
  firstLookup(action: string): RuleLookup | undefined {
    const known = this.#lookups.get(action);
    if (known) {
      return known;
    }
    if (this.#lookups.size >= mostActions) {
      this.#lookups.clear();
    }
    const lookup = this.#find(action);
    this.#lookups.set(action, lookup);
    return lookup;
  }

  #find(action: string): RuleLookup | undefined {
    const { kind, scopes } = this.#scopeChain;
    const { chains } = this.roles;
    // Principal policies speak to the principal whatever its roles, so that one lookup is enough.
    const asked = kind === 'principal' ? chains.slice(0, 1) : chains;
    return asked.reduceRight<RuleLookup | undefined>(
      (nextRole, chain) =>
        scopes.reduceRight<RuleLookup | undefined>((above, scope, index) => {
          const eligible = this.#eligible[index] ?? [];
          return { scope, eligible, entries: scope.entries(action, chain), above, nextRole };
        }, undefined),
      undefined,
    );
  }
}
