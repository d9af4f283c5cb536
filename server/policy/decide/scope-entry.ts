import type { Candidate, DerivedRole } from '../compile/rows';
import type { ScopePermissions } from '../model/policy';
import type { ActionDecision, DecidingRule } from './types';

/** A rule as it may be met at one scope, with what decisions by it look like; both are the same every time. */
export class Entry {
  readonly candidate: Candidate;
  readonly #scope: string;
  #rule: DecidingRule | undefined;
  #decision: ActionDecision | undefined;

  constructor(candidate: Candidate, scope: string) {
    this.candidate = candidate;
    this.#scope = scope;
  }

  /** The decision that the rule's effect makes, as of a policy and a scope. */
  decision(policy: string, scope = this.#scope): ActionDecision {
    const known = this.#decision;
    if (known?.policy === policy && known.scope === scope) return known;
    const effect = this.candidate.effect ?? 'EFFECT_DENY';
    const decision = { effect, policy, scope, explicit: effect === 'EFFECT_DENY', rule: this.rule };
    this.#decision = decision;
    return decision;
  }

  get rule(): DecidingRule {
    return (this.#rule ??= decidingRule(this.candidate));
  }
}

function decidingRule({ name, fqn, location, derivedRole }: Candidate): DecidingRule {
  return {
    name,
    fqn,
    // Worked out only if somebody looks.
    get location() {
      return location();
    },
    ...(derivedRole && { derivedRole: derivedRole.name }),
  };
}

/**
 * A role with its parents, as rules for it are looked up. What is remembered for a chain goes by the object: roles come
 * with requests, and no text made of several could not be the name of one.
 */
export interface RoleChain {
  readonly role: string;
  /** The role and its parents. */
  readonly roles: readonly string[];
}

const mostActions = 256;
const mostRoles = 64;

/** What policies say about one kind of resource, or to one principal, at one scope. */
export class ScopeEntry {
  readonly scope: string;
  readonly permissions: ScopePermissions | undefined;
  /** Those that the rules use, ordered by name. */
  readonly derivedRoles: readonly DerivedRole[];
  readonly #find: (action: string, roles: readonly string[]) => readonly Candidate[];
  readonly #found = new Map<string, Map<RoleChain, readonly Entry[]>>();

  constructor(
    scope: string,
    permissions: ScopePermissions | undefined,
    derivedRoles: readonly DerivedRole[],
    find: (action: string, roles: readonly string[]) => readonly Candidate[],
  ) {
    this.scope = scope;
    this.permissions = permissions;
    this.derivedRoles = derivedRoles;
    this.#find = find;
  }

  /** The rules that match, in order. What was asked before is remembered, within bounds. */
  entries(action: string, chain: RoleChain): readonly Entry[] {
    let byRole = this.#found.get(action);
    if (!byRole) {
      if (this.#found.size >= mostActions) this.#found.clear();
      byRole = new Map();
      this.#found.set(action, byRole);
    }
    let entries = byRole.get(chain);
    if (!entries) {
      if (byRole.size >= mostRoles) byRole.clear();
      entries = this.#find(action, chain.roles).map((candidate) => new Entry(candidate, this.scope));
      byRole.set(chain, entries);
    }
    return entries;
  }
}
