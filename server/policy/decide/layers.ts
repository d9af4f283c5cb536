import { scopesToSearch, tableKey } from '../compile/table';
import type { RuleTable } from '../compile/table';
import { noPolicy, principalPolicyName, resourcePolicyName, sanitize } from '../names';
import { principalCandidates, resourceCandidates } from './candidates';
import { ScopeEntry } from './scope-entry';
import type { RoleChain } from './scope-entry';

/** The policies of one kind, principal or resource, that may have a say. */
export interface Layer {
  readonly kind: 'principal' | 'resource';
  /** From the most specific up. */
  readonly scopes: readonly ScopeEntry[];
  /** The policy of the most specific scope. */
  readonly name: string;
  /** What decisions call the policy. */
  readonly policy: string;
}

/** What of a request selects the policies. */
export interface Selection {
  readonly kind: string;
  readonly version: string;
  readonly scope: string;
  readonly lenient: boolean;
}

/** What selects principal policies, whose rules are about kinds of resources. */
export interface PrincipalSelection extends Selection {
  readonly principal: string;
  readonly principalVersion: string;
  /** The principal's. */
  readonly scope: string;
}

/** Names come with requests, so that what is remembered by them has a limit. */
const mostNames = 2048;
const mostLayers = 64;

/**
 * What requests look up in a rule table, remembered: a table never changes, and most requests ask what others asked
 * before. A lookup costs the same however many policies there are.
 */
export class TableLookups {
  readonly #table: RuleTable;
  readonly #resources = new Map<string, { readonly selection: Selection; readonly layer: Layer }[]>();
  readonly #principals = new Map<
    string,
    { readonly selection: PrincipalSelection; readonly layer: Layer }[]
  >();
  readonly #chains = new Map<string, Map<string, RoleChain>>();
  readonly #unscoped = new Map<string, RoleChain>();

  constructor(table: RuleTable) {
    this.#table = table;
  }

  /** The resource policies that may have a say. */
  resources(kind: string, version: string, scope: string, lenient: boolean): Layer {
    const known = within(this.#resources, kind);
    for (const { selection, layer } of known) {
      if (selection.scope === scope && selection.version === version && selection.lenient === lenient) {
        return layer;
      }
    }
    const selection = { kind, version, scope, lenient };
    const layer = this.#resourceLayer(selection);
    known.push({ selection, layer });
    return layer;
  }

  /** The principal policies that may have a say about a kind of resource. */
  principals(selection: PrincipalSelection): Layer {
    const known = within(this.#principals, selection.principal);
    for (const { selection: other, layer } of known) if (isSame(selection, other)) return layer;
    const layer = this.#principalLayer(selection);
    known.push({ selection, layer });
    return layer;
  }

  /** A role with the parents that it has at the scope of a resource. */
  chain(role: string, scope: string): RoleChain {
    const parents = this.#table.parentRoles.get(scope);
    let known = parents ? this.#chains.get(scope) : this.#unscoped;
    if (!known) this.#chains.set(scope, (known = new Map<string, RoleChain>()));
    let chain = known.get(role);
    if (!chain) {
      if (known.size >= mostNames) known.clear();
      chain = { role, roles: [role, ...(parents?.get(role) ?? [])] };
      known.set(role, chain);
    }
    return chain;
  }

  #resourceLayer({ kind, version, scope, lenient }: Selection): Layer {
    const table = this.#table;
    const resource = sanitize(kind);
    const rules = table.resources.get(tableKey(version, resource));
    const hasRoleEntries = (each: string): boolean =>
      table.roles.get(tableKey(version, each))?.speaksOf(resource) === true;
    const scopes = scopesToSearch(table.resourceScopes, scope, lenient);
    const exists = scopes.some((each) => rules?.has(each) === true || hasRoleEntries(each));
    const name = resourcePolicyName(kind, version, scopes[0] ?? '');
    const entries = scopes.map((each) => {
      const derivedRoles = table.derivedRoles.get(resourcePolicyName(kind, version, each)) ?? [];
      return new ScopeEntry(each, table.scopePermissions.get(each), derivedRoles, (action, roles) =>
        resourceCandidates(table, { version, resource, scope: each, action, roles }),
      );
    });
    return { kind: 'resource', scopes: entries, name, policy: exists ? name : noPolicy };
  }

  #principalLayer({ principal, principalVersion, scope, lenient, kind, version }: PrincipalSelection): Layer {
    const table = this.#table;
    const resource = sanitize(kind);
    const scopes = scopesToSearch(table.principalScopes, scope, lenient);
    const exists = scopes.some((each) => table.principalVersions.has(tableKey(principalVersion, each)));
    const name = principalPolicyName(principal, principalVersion, scopes[0] ?? '');
    const entries = scopes.map(
      (each) =>
        new ScopeEntry(each, table.scopePermissions.get(each), [], (action, roles) =>
          principalCandidates(table, principal, { version, resource, scope: each, action, roles }),
        ),
    );
    return { kind: 'principal', scopes: entries, name, policy: exists ? name : noPolicy };
  }
}

function within<T>(known: Map<string, T[]>, name: string): T[] {
  let list = known.get(name);
  if (!list) {
    if (known.size >= mostNames) known.clear();
    known.set(name, (list = []));
  }
  if (list.length >= mostLayers) list.length = 0;
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
  if (!known) lookups.set(table, (known = new TableLookups(table)));
  return known;
}
