import type { DerivedRole } from '../../compile/table/rows';
import type { RuleTable } from '../../compile/table/table';
import type { RoleChain } from './scope-entry';

/** The roles of a principal, with the parents that they have at the scope of a resource. */
export class RoleSet {
  readonly names: readonly string[];
  readonly chains: readonly RoleChain[];

  constructor(names: readonly string[], chains: readonly RoleChain[]) {
    this.names = names;
    this.chains = chains;
  }

  /** True if one of the roles, or of their parents, is a parent role of the derived role. */
  haveParentOf({ parentRoles }: DerivedRole): boolean {
    return (
      parentRoles.has('*') || this.chains.some(({ roles }) => roles.some((role) => parentRoles.has(role)))
    );
  }
}

/** Roles come with requests, so that what is remembered by them has a limit. */
const mostNames = 2048;
const mostSets = 64;

/** The roles that have policies of their own, and so parents, at one scope; or those at all scopes without any. */
class ScopeRoleSets {
  readonly #parents: ReadonlyMap<string, readonly string[]> | undefined;
  readonly #chains = new Map<string, RoleChain>();
  readonly #sets = new Map<string, RoleSet[]>();

  constructor(parents: ReadonlyMap<string, readonly string[]> | undefined) {
    this.#parents = parents;
  }

  chain(role: string): RoleChain {
    let chain = this.#chains.get(role);
    if (!chain) {
      if (this.#chains.size >= mostNames) {
        this.#chains.clear();
      }
      chain = { role, roles: [role, ...(this.#parents?.get(role) ?? [])] };
      this.#chains.set(role, chain);
    }
    return chain;
  }

  of(names: readonly string[]): RoleSet {
    const first = names[0] ?? '';
    let sets = this.#sets.get(first);
    if (!sets) {
      if (this.#sets.size >= mostNames) {
        this.#sets.clear();
      }
      this.#sets.set(first, (sets = []));
    }
    for (const set of sets) {
      if (areSame(set.names, names)) {
        return set;
      }
    }
    if (sets.length >= mostSets) {
      sets.length = 0;
    }
    const set = new RoleSet(
      [...names],
      names.map((name) => this.chain(name)),
    );
    sets.push(set);
    return set;
  }
}

/** The sets of roles that requests come with: the same roles give the same object. */
export class RoleSets {
  readonly #table: RuleTable;
  readonly #unscoped = new ScopeRoleSets(undefined);
  readonly #scoped = new Map<string, ScopeRoleSets>();

  constructor(table: RuleTable) {
    this.#table = table;
  }

  /** A role with the parents that it has at the scope of a resource. */
  chain(role: string, scope: string): RoleChain {
    return this.#at(scope).chain(role);
  }

  of(names: readonly string[], scope: string): RoleSet {
    return this.#at(scope).of(names);
  }

  #at(scope: string): ScopeRoleSets {
    const { parentRoles } = this.#table;
    const parents = parentRoles.size === 0 ? undefined : parentRoles.get(scope);
    if (!parents) {
      return this.#unscoped;
    }
    let sets = this.#scoped.get(scope);
    if (!sets) {
      this.#scoped.set(scope, (sets = new ScopeRoleSets(parents)));
    }
    return sets;
  }
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) {
    return false;
  }
  for (let index = 0; index < a.length; index++) {
    if (a[index] !== b[index]) {
      return false;
    }
  }
  return true;
}
