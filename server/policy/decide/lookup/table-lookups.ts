import { scopesToSearch, tableKey } from '../../compile/table/table';
import type { RuleTable } from '../../compile/table/table';
import {
  ancestorScopes,
  noPolicy,
  principalPolicyName,
  resourcePolicyName,
  sanitize,
} from '../../names/names';
import { principalCandidates, resourceCandidates } from './candidates';
import { ScopeChain } from './scope-chain';
import type { Selection } from './scope-chain';
import { RoleSets } from './role-sets';
import type { RoleChain } from './role-sets';
import { OutcomeSlots, ScopeEntry } from './scope-entry';
import { ScopeFrames } from './scope-frame';

/** The parts of a request that select principal policies, whose rules name kinds of resources. */
interface PrincipalSelection extends Selection {
  readonly principal: string;
  readonly principalVersion: string;
  /** The principal's. */
  readonly scope: string;
}

interface Selected {
  readonly scopeChain: ScopeChain;
}

/** Names come with requests, so that what is remembered by them has a limit. */
const mostNames = 2048;
const mostScopeChains = 64;

/**
 * The look-ups that requests make in a rule table, remembered: a table never changes, and most requests repeat earlier
 * look-ups. A look-up costs the same however many policies there are.
 */
export class TableLookups {
  readonly #table: RuleTable;
  readonly #resources = new Map<string, ScopeChain[]>();
  readonly #principals = new Map<string, (PrincipalSelection & Selected)[]>();
  readonly #frames = new ScopeFrames();
  readonly roles: RoleSets;

  constructor(table: RuleTable) {
    this.#table = table;
    this.roles = new RoleSets(table);
  }

  /** The resource policies that may have a say. */
  resources(kind: string, version: string, scope: string, lenient: boolean): ScopeChain {
    const known = within(this.#resources, kind);
    for (const each of known) {
      if (each.scope === scope && each.version === version && each.lenient === lenient) {
        return each;
      }
    }
    const scopeChain = this.#resourceChain({ kind, version, scope, lenient });
    known.push(scopeChain);
    return scopeChain;
  }

  /**
   * True if one of the roles has a policy, at a scope or above it, that lists nothing of a kind of resource. Where
   * nothing else mentions that kind either, `cerbos 0.55` skips role policies and answers that nothing matched. Here
   * the role policy denies all the same.
   */
  anyRoleOmits(roles: readonly RoleChain[], kind: string, version: string, scope: string): boolean {
    const table = this.#table;
    if (table.roles.size === 0) {
      return false;
    }
    const resource = sanitize(kind);
    return [scope, ...ancestorScopes(scope)].some((each) => {
      const rules = table.roles.get(tableKey(version, each));
      return roles.some((chain) =>
        chain.roles.some(
          (role) => rules?.head(role) !== undefined && rules.about(role, resource).length === 0,
        ),
      );
    });
  }

  /** The principal policies that may have a say about a kind of resource. */
  principals(selection: PrincipalSelection): ScopeChain {
    const known = within(this.#principals, selection.principal);
    for (const each of known) {
      if (isSame(selection, each)) {
        return each.scopeChain;
      }
    }
    const scopeChain = this.#principalChain(selection);
    known.push({ ...selection, scopeChain });
    return scopeChain;
  }

  #resourceChain(selection: Selection): ScopeChain {
    const { kind, version, scope, lenient } = selection;
    const table = this.#table;
    const resource = sanitize(kind);
    const rules = table.resources.get(tableKey(version, resource));
    const hasRoleEntries = (each: string): boolean =>
      table.roles.get(tableKey(version, each))?.speaksOf(resource) === true;
    const scopes = scopesToSearch(table.resourceScopes, scope, lenient);
    const exists = scopes.some((each) => rules?.has(each) === true || hasRoleEntries(each));
    const name = resourcePolicyName(kind, version, scopes[0] ?? '');
    const slots = new OutcomeSlots();
    const entries = scopes.map((each) => {
      const derivedRoles = table.derivedRoles.get(resourcePolicyName(kind, version, each)) ?? [];
      const frame = this.#frames.share(each, table.scopePermissions.get(each), derivedRoles);
      return new ScopeEntry(frame, slots, (action, roles) =>
        resourceCandidates(table, { version, resource, scope: each, action, roles }),
      );
    });
    return new ScopeChain('resource', selection, entries, name, exists ? name : noPolicy);
  }

  #principalChain(selection: PrincipalSelection): ScopeChain {
    const { principal, principalVersion, scope, lenient, kind, version } = selection;
    const table = this.#table;
    const resource = sanitize(kind);
    const scopes = scopesToSearch(table.principalScopes, scope, lenient);
    const exists = scopes.some((each) => table.principalVersions.has(tableKey(principalVersion, each)));
    const name = principalPolicyName(principal, principalVersion, scopes[0] ?? '');
    const slots = new OutcomeSlots();
    const entries = scopes.map(
      (each) =>
        new ScopeEntry(
          this.#frames.share(each, table.scopePermissions.get(each), []),
          slots,
          (action, roles) =>
            principalCandidates(table, principal, { version, resource, scope: each, action, roles }),
        ),
    );
    return new ScopeChain('principal', selection, entries, name, exists ? name : noPolicy);
  }
}

function within<T>(known: Map<string, T[]>, name: string): T[] {
  let list = known.get(name);
  if (!list) {
    if (known.size >= mostNames) {
      known.clear();
    }
    known.set(name, (list = []));
  }
  if (list.length >= mostScopeChains) {
    list.length = 0;
  }
  return list;
}

function isSame(a: PrincipalSelection, b: PrincipalSelection): boolean {
  return (
    a.kind === b.kind &&
    a.version === b.version &&
    a.scope === b.scope &&
    a.lenient === b.lenient &&
    a.principalVersion === b.principalVersion
  );
}

const lookups = new WeakMap<RuleTable, TableLookups>();

/** The lookups of a table, made when they are first asked for. */
export function lookupsOf(table: RuleTable): TableLookups {
  let known = lookups.get(table);
  if (!known) {
    lookups.set(table, (known = new TableLookups(table)));
  }
  return known;
}
