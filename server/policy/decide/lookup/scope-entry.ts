import type {
  Candidate,
  CompiledCondition,
  CompiledOutput,
  DerivedRole,
  Params,
} from '../../compile/table/rows';
import type { Effect, ScopePermissions } from '../../model/policy';
import { isRequestInvariant } from './request-invariant';
import type { ActionDecision, DecidingRule } from '../../check-types';

/**
 * A rule as it may be met at one scope, with what decisions by it look like; all of it is the same every time. What
 * deciding reads of the candidate is here once more: with many policies, each object that is looked at takes time.
 */
export class Entry {
  readonly effect: Effect | undefined;
  readonly condition: CompiledCondition | undefined;
  readonly output: CompiledOutput | undefined;
  readonly params: Params;
  /** The place of the outcome of the conditions, which candidates of one key share; undefined without a key. */
  readonly slot: number | undefined;
  /** The derived role that the rule applies through, if that has a condition. */
  readonly through: DerivedRole | undefined;
  /** Which of the scope's derived roles that is. */
  readonly throughIndex: number;
  /** True: variables are evaluated when the rule is met. False: when they are read. */
  readonly eager: boolean;
  readonly candidate: Candidate;
  readonly #scope: string;
  #rule: DecidingRule | undefined;
  #decision: ActionDecision | undefined;

  constructor(candidate: Candidate, scope: string, slot: number | undefined, throughIndex: number) {
    const { effect, condition, derivedRole, output, params } = candidate;
    this.effect = effect;
    this.condition = condition;
    this.output = output;
    this.params = params;
    this.slot = slot;
    this.through = derivedRole?.condition && derivedRole;
    this.throughIndex = throughIndex;
    this.eager = params.readsRuntime;
    this.candidate = candidate;
    this.#scope = scope;
  }

  /** The decision that the rule's effect makes, as of a policy and a scope. */
  decision(policy: string, scope = this.#scope): ActionDecision {
    const known = this.#decision;
    if (known?.policy === policy && known.scope === scope) {
      return known;
    }
    const effect = this.effect ?? 'EFFECT_DENY';
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

/** Gives the candidates of a scope chain places for the outcomes of their conditions: one for each key. */
export class OutcomeSlots {
  readonly #slots = new Map<object, number>();

  of(key: object | undefined): number | undefined {
    if (!key) {
      return undefined;
    }
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      this.#slots.set(key, (slot = this.#slots.size));
    }
    return slot;
  }
}

/** A derived role that rules at a scope use. */
export interface ScopeDerivedRole {
  readonly role: DerivedRole;
  /** True if the outcome is the same whenever in a request it is evaluated. */
  readonly invariant: boolean;
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

/** The rules of policies for one kind of resource, or one principal, at one scope. */
export class ScopeEntry {
  readonly scope: string;
  readonly permissions: ScopePermissions | undefined;
  /** Those that the rules use, ordered by name. */
  readonly derivedRoles: readonly ScopeDerivedRole[];
  readonly #slots: OutcomeSlots;
  readonly #find: (action: string, roles: readonly string[]) => readonly Candidate[];
  readonly #entries = new WeakMap<Candidate, Entry>();
  readonly #found = new Map<string, Map<RoleChain, readonly Entry[]>>();

  constructor(
    scope: string,
    permissions: ScopePermissions | undefined,
    derivedRoles: readonly DerivedRole[],
    slots: OutcomeSlots,
    find: (action: string, roles: readonly string[]) => readonly Candidate[],
  ) {
    this.scope = scope;
    this.permissions = permissions;
    this.derivedRoles = derivedRoles.map((role) => ({ role, invariant: isRequestInvariant(role) }));
    this.#slots = slots;
    this.#find = find;
  }

  /** True if an ALLOW at this scope is final; false if the scopes above must consent, or say nothing. */
  get allowIsFinal(): boolean {
    return this.permissions === 'SCOPE_PERMISSIONS_OVERRIDE_PARENT';
  }

  /** The rules that match, in order. What was asked before is remembered, within bounds. */
  entries(action: string, chain: RoleChain): readonly Entry[] {
    let byRole = this.#found.get(action);
    if (!byRole) {
      if (this.#found.size >= mostActions) {
        this.#found.clear();
      }
      byRole = new Map();
      this.#found.set(action, byRole);
    }
    let entries = byRole.get(chain);
    if (!entries) {
      if (byRole.size >= mostRoles) {
        byRole.clear();
      }
      entries = this.#find(action, chain.roles).map((candidate) => this.#entry(candidate));
      byRole.set(chain, entries);
    }
    return entries;
  }

  #entry(candidate: Candidate): Entry {
    let entry = this.#entries.get(candidate);
    if (!entry) {
      const { derivedRole, key } = candidate;
      const throughIndex = this.derivedRoles.findIndex(({ role }) => role === derivedRole);
      entry = new Entry(candidate, this.scope, this.#slots.of(key), throughIndex);
      this.#entries.set(candidate, entry);
    }
    return entry;
  }
}
