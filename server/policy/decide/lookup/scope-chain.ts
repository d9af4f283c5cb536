import type { RoleSet, ScopeLookup } from './role-sets';
import { Entry } from './scope-entry';
import type { ScopeEntry } from './scope-entry';

/**
 * The rules that the roles of a principal meet for one action, role by role: a scope, the rules at it, the next scope up and its
 * rules; undefined ends the role. One list rather than a tree: with many policies, each object that is looked at takes
 * time.
 */
export type LookupSteps = readonly (ScopeLookup | Entry | undefined)[];

/** The rules of one scope among steps, from the first on. */
export function entriesFrom(steps: LookupSteps, first: number): readonly Entry[] {
  const entries: Entry[] = [];
  for (let entry = steps[first]; entry instanceof Entry; entry = steps[++first]) {
    entries.push(entry);
  }
  return entries;
}

/** The place of the next scope for the same role, or of the end of the role. */
export function nextScope(steps: LookupSteps, scope: number): number {
  let at = scope + 1;
  while (steps[at] instanceof Entry) {
    at++;
  }
  return at;
}

/** The place of the next role's first step. */
export function nextRole(steps: LookupSteps, first: number): number {
  let at = first;
  while (steps[at] !== undefined) {
    at++;
  }
  return at + 1;
}

/** The look-up for some roles and an action. */
class ActionLookup {
  readonly roles: RoleSet;
  readonly action: string;
  readonly steps: LookupSteps;
  readonly next: ActionLookup | undefined;

  constructor(roles: RoleSet, action: string, steps: LookupSteps, next: ActionLookup | undefined) {
    this.roles = roles;
    this.action = action;
    this.steps = steps;
    this.next = next;
  }
}

/** The first look-ups of a scope chain are linked to it, which is fastest; the others are in a map, within bounds. */
const mostLinked = 8;
const mostActions = 256;
const mostRoleSets = 64;

/** The parts of a request that select policies. */
export interface Selection {
  readonly kind: string;
  readonly version: string;
  readonly scope: string;
  readonly lenient: boolean;
}

/** The policies of one kind, principal or resource, that may have a say. */
export class ScopeChain {
  readonly kind: 'principal' | 'resource';
  /** The parts of {@link Selection} that chains for one kind of resource differ in. */
  readonly version: string;
  readonly scope: string;
  readonly lenient: boolean;
  #first: ActionLookup | undefined;
  /** The policy's name in decisions. */
  readonly policy: string;
  /** The policy of the most specific scope. */
  readonly name: string;
  /** From the most specific up. */
  readonly scopes: readonly ScopeEntry[];
  #linked = 0;
  #others: Map<RoleSet, Map<string, LookupSteps>> | undefined;

  constructor(
    kind: ScopeChain['kind'],
    { version, scope, lenient }: Selection,
    scopes: readonly ScopeEntry[],
    name: string,
    policy: string,
  ) {
    this.kind = kind;
    this.version = version;
    this.scope = scope;
    this.lenient = lenient;
    this.policy = policy;
    this.name = name;
    this.scopes = scopes;
  }

  /** The rules that principals with certain roles meet. Remembered, within bounds. */
  stepsFor(roles: RoleSet, action: string): LookupSteps {
    for (let each = this.#first; each; each = each.next) {
      if (each.roles === roles && each.action === action) {
        return each.steps;
      }
    }
    return this.#others?.get(roles)?.get(action) ?? this.#find(roles, action);
  }

  #find(roles: RoleSet, action: string): LookupSteps {
    const steps = this.#stepsOf(roles, action);
    if (this.#linked < mostLinked) {
      this.#first = new ActionLookup(roles, action, steps, this.#first);
      this.#linked++;
      return steps;
    }
    this.#others ??= new Map();
    let actions = this.#others.get(roles);
    if (!actions) {
      if (this.#others.size >= mostRoleSets) {
        this.#others.clear();
      }
      this.#others.set(roles, (actions = new Map<string, LookupSteps>()));
    }
    if (actions.size >= mostActions) {
      actions.clear();
    }
    actions.set(action, steps);
    return steps;
  }

  #stepsOf(roles: RoleSet, action: string): LookupSteps {
    // Principal policies speak to the principal whatever its roles, so that one look-up is enough.
    const chains = this.kind === 'principal' ? roles.chains.slice(0, 1) : roles.chains;
    return chains.flatMap((chain) => [
      ...this.scopes.flatMap((scope) => [roles.lookupAt(scope.frame), ...scope.entries(action, chain)]),
      undefined,
    ]);
  }
}
