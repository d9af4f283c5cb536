import { compileGlob, isGlob } from '../../names/glob';
import { ancestorScopes } from '../../names/names';
import type { ScopePermissions } from '../../model/policy';
import type { SchemasByPolicy } from '../../schemas/enforce';
import type { RoleRules } from './role-rules';
import type { DerivedRole, Row } from './rows';

/** The rules for one kind of resource (or one principal) at one version and scope. */
export class ScopeRules {
  readonly #rows: readonly Row[];
  readonly #byAction = new Map<string, readonly Row[]>();
  readonly #globs: readonly {
    readonly matches: (action: string) => boolean;
    readonly rows: readonly Row[];
  }[];
  readonly #matching = new Map<string, readonly Row[]>();

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
    const byAction = new Map<string, Row[]>();
    for (const row of rows) {
      byAction.set(row.action, [...(byAction.get(row.action) ?? []), row]);
    }
    const globs: { matches: (action: string) => boolean; rows: readonly Row[] }[] = [];
    for (const [action, each] of byAction) {
      if (!isGlob(action)) {
        this.#byAction.set(action, each);
      } else {
        const glob = compileGlob(action);
        // `cerbos 0.55` leaves a malformed glob out of its index, so that it matches nothing.
        if (glob) {
          globs.push({ matches: (name) => glob.matches(name), rows: each });
        }
      }
    }
    this.#globs = globs;
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** The rows whose action matches, in order. What was asked before is remembered, within bounds. */
  forAction(action: string): readonly Row[] {
    const known = this.#matching.get(action);
    if (known) {
      return known;
    }
    const found = [...(this.#byAction.get(action) ?? [])];
    for (const { matches, rows } of this.#globs) {
      if (matches(action)) {
        found.push(...rows);
      }
    }
    found.sort((a, b) => a.order - b.order);
    if (this.#matching.size >= 512) {
      this.#matching.clear();
    }
    this.#matching.set(action, found);
    return found;
  }
}

/**
 * Everything that policies say, indexed by what requests ask for. A lookup costs the same however many policies there
 * are. Built once, then only read.
 */
export interface RuleTable {
  /** By {@link tableKey} of version and kind of resource, then by scope. */
  readonly resources: ReadonlyMap<string, ReadonlyMap<string, ScopeRules>>;
  /** By {@link tableKey} of version and principal, then by scope. */
  readonly principals: ReadonlyMap<string, ReadonlyMap<string, PrincipalRules>>;
  /** By {@link tableKey} of version and scope. */
  readonly roles: ReadonlyMap<string, RoleRules>;
  /** By scope, then role: all its parents, the parents' parents included. */
  readonly parentRoles: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  /** The derived roles that a resource policy's rules use, by the policy's name, ordered by name. */
  readonly derivedRoles: ReadonlyMap<string, readonly DerivedRole[]>;
  /** All derived roles, whether or not any rule uses them. */
  readonly definedRoles: readonly DerivedRole[];
  readonly resourceScopes: ReadonlySet<string>;
  readonly principalScopes: ReadonlySet<string>;
  /** {@link tableKey} of version and scope, where there is any principal policy. */
  readonly principalVersions: ReadonlySet<string>;
  /** Every name or glob of a resource that any rule speaks of. */
  readonly resourceNames: { readonly names: ReadonlySet<string>; readonly globs: readonly string[] };
  readonly scopePermissions: ReadonlyMap<string, ScopePermissions>;
  /** The schemas for attributes, by the name of the resource policy. */
  readonly schemas: SchemasByPolicy;
}

/** A principal policy's rules by the kind of resource, which may be a glob. */
export type PrincipalRules = ReadonlyMap<string, ScopeRules>;

export function tableKey(first: string, second: string): string {
  return `${first}\u0000${second}`;
}

/** The scopes to look at, from the most specific up, of those where there is any policy. */
export function scopesToSearch(
  existing: ReadonlySet<string>,
  scope: string,
  lenient: boolean,
): readonly string[] {
  const known = existing.has(scope);
  if (!known && !lenient) {
    return [];
  }
  const ancestors = ancestorScopes(scope).filter((each) => existing.has(each));
  return known ? [scope, ...ancestors] : ancestors;
}
