import type { DerivedRole } from '../../compile/table/rows';
import type { RuleTable } from '../../compile/table/table';
import type { ScopeFrame } from './scope-frame';

/**
 * A role with its parents, as rules for it are looked up. What is remembered for a chain goes by the object: roles come
 * with requests, and no text made of several could not be the name of one.
 */
export interface RoleChain {
  readonly role: string;
  /** The role and its parents. */
  readonly roles: readonly string[];
}

/** A scope as principals with certain roles meet it. */
export class ScopeLookup {
  readonly frame: ScopeFrame;
  /** For each of the scope's derived roles, whether the principal has a parent role of it. */
  readonly eligible: readonly boolean[];

  constructor(frame: ScopeFrame, eligible: readonly boolean[]) {
    this.frame = frame;
    this.eligible = eligible;
  }
}

/** The roles of a principal, with the parents that they have at the scope of a resource. */
export class RoleSet {
  readonly names: readonly string[];
  readonly chains: readonly RoleChain[];
  readonly #lookups = new Map<ScopeFrame, ScopeLookup>();

  constructor(names: readonly string[], chains: readonly RoleChain[]) {
    this.names = names;
    this.chains = chains;
  }

  /** The scope for these roles; the same frame gives the same object. */
  lookupAt(frame: ScopeFrame): ScopeLookup {
    let lookup = this.#lookups.get(frame);
    if (!lookup) {
      const eligible = frame.derivedRoles.map(({ role }) => this.haveParentOf(role));
      this.#lookups.set(frame, (lookup = new ScopeLookup(frame, eligible)));
    }
    return lookup;
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
