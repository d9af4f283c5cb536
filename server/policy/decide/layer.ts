import type { RoleSet } from './role-sets';
import type { Entry, ScopeEntry } from './scope-entry';

/**
 * The rules that a role meets at one scope, for an action. Looks are linked rather than listed: with many policies, each
 * object that is looked at takes time.
 */
export interface Look {
  readonly scope: ScopeEntry;
  /** For each of the scope's derived roles, whether the principal has a parent role of it. */
  readonly eligible: readonly boolean[];
  readonly entries: readonly Entry[];
  /** The same role's at the next scope up. */
  readonly above: Look | undefined;
  /** The next role's at its most specific scope. */
  readonly nextRole: Look | undefined;
}

const mostActions = 256;
const mostRoleSets = 64;

/** The policies of one kind, principal or resource, that may have a say. */
export class Layer {
  readonly kind: 'principal' | 'resource';
  /** From the most specific up. */
  readonly scopes: readonly ScopeEntry[];
  /** The policy of the most specific scope. */
  readonly name: string;
  /** What decisions call the policy. */
  readonly policy: string;
  readonly #plans = new Map<RoleSet, LayerPlan>();
  #last: LayerPlan | undefined;

  constructor(kind: Layer['kind'], scopes: readonly ScopeEntry[], name: string, policy: string) {
    this.kind = kind;
    this.scopes = scopes;
    this.name = name;
    this.policy = policy;
  }

  /** What principals with these roles meet. Which it is was mostly asked for last. */
  planFor(roles: RoleSet): LayerPlan {
    if (this.#last?.roles === roles) return this.#last;
    let plan = this.#plans.get(roles);
    if (!plan) {
      if (this.#plans.size >= mostRoleSets) this.#plans.clear();
      plan = new LayerPlan(this, roles);
      this.#plans.set(roles, plan);
    }
    this.#last = plan;
    return plan;
  }
}

/** What principals with certain roles meet in a layer. What was asked before is remembered, within bounds. */
export class LayerPlan {
  readonly roles: RoleSet;
  readonly #layer: Layer;
  readonly #looks = new Map<string, Look | undefined>();
  readonly #eligible: readonly (readonly boolean[])[];

  constructor(layer: Layer, roles: RoleSet) {
    this.roles = roles;
    this.#layer = layer;
    this.#eligible = layer.scopes.map(({ derivedRoles }) =>
      derivedRoles.map(({ role }) => roles.haveParentOf(role)),
    );
  }

  /** The first role's look at the most specific scope, for an action; undefined if there is nothing to look at. */
  firstLook(action: string): Look | undefined {
    const known = this.#looks.get(action);
    if (known) return known;
    if (this.#looks.size >= mostActions) this.#looks.clear();
    const look = this.#find(action);
    this.#looks.set(action, look);
    return look;
  }

  #find(action: string): Look | undefined {
    const { kind, scopes } = this.#layer;
    const { chains } = this.roles;
    // Principal policies speak to the principal whatever its roles, so that one look is enough.
    const asked = kind === 'principal' ? chains.slice(0, 1) : chains;
    return asked.reduceRight<Look | undefined>(
      (nextRole, chain) =>
        scopes.reduceRight<Look | undefined>((above, scope, index) => {
          const eligible = this.#eligible[index] ?? [];
          return { scope, eligible, entries: scope.entries(action, chain), above, nextRole };
        }, undefined),
      undefined,
    );
  }
}
