import { locate, originOf } from '../issues';
import { sanitize } from '../names/names';
import { isGlob } from '../names/glob';
import type { SourceLocation } from '../position';
import type { SchemasByPolicy } from '../schemas/enforce';
import type { CompiledModules } from './compile-policies';
import type { Product } from './module/compiled-module';
import type { LinkedSet } from './link';
import type { Module } from './modules';
import type { DerivedRole, RoleEntry } from './table/rows';
import { RoleRules } from './table/role-rules';
import { tableKey } from './table/table';
import type { PrincipalRules, RuleTable, ScopeRules } from './table/table';

/** Gathers what the policies of a set add into a rule table. */
export function tableOfModules(
  linked: LinkedSet,
  compiled: CompiledModules,
  schemas: SchemasByPolicy = new Map(),
): RuleTable {
  const builder = new TableBuilder();
  for (const module of linked.modules) {
    const product = compiled.get(module)?.product;
    if (product) {
      builder.add(module, product);
    }
  }
  return { ...builder.build(linked), schemas };
}

class TableBuilder {
  readonly #resources = new Map<string, Map<string, ScopeRules>>();
  readonly #principals = new Map<string, Map<string, PrincipalRules>>();
  readonly #roles = new Map<string, RoleRules>();
  readonly #directParents = new Map<string, Map<string, readonly string[]>>();
  readonly #derivedRoles = new Map<string, readonly DerivedRole[]>();
  readonly #definedRoles: DerivedRole[] = [];
  readonly #resourceScopes = new Set<string>();
  readonly #principalScopes = new Set<string>();
  readonly #principalVersions = new Set<string>();
  readonly #names = new Set<string>();
  readonly #globs = new Set<string>();

  add(module: Module, product: Product): void {
    switch (product.kind) {
      case 'resource':
        this.#addResource(module, product.rules, product.derivedRoles);
        break;
      case 'principal':
        this.#addPrincipal(module, product.rules);
        break;
      case 'role':
        this.#addRole(module, product.parents, product.entries);
        break;
      case 'derivedRoles':
        // What decides is the part of it that resource policies import.
        this.#definedRoles.push(...product.roles.values());
        break;
    }
  }

  build({ scopePermissions }: LinkedSet): Omit<RuleTable, 'schemas'> {
    return {
      resources: this.#resources,
      principals: this.#principals,
      roles: this.#roles,
      parentRoles: this.#allParents(),
      derivedRoles: this.#derivedRoles,
      definedRoles: this.#definedRoles,
      resourceScopes: this.#resourceScopes,
      principalScopes: this.#principalScopes,
      principalVersions: this.#principalVersions,
      resourceNames: { names: this.#names, globs: [...this.#globs] },
      scopePermissions,
    };
  }

  #addResource(module: Module, rules: ScopeRules, derivedRoles: readonly DerivedRole[]): void {
    const { version, scope, key } = module;
    const name = sanitize(module.name);
    put(this.#resources, tableKey(version, name), scope, rules);
    this.#derivedRoles.set(key, derivedRoles);
    this.#resourceScopes.add(scope);
    this.#names.add(name);
  }

  #addPrincipal({ version, scope, name }: Module, rules: PrincipalRules): void {
    put(this.#principals, tableKey(version, name), scope, rules);
    this.#principalScopes.add(scope);
    this.#principalVersions.add(tableKey(version, scope));
    for (const resource of rules.keys()) {
      this.#addName(resource);
    }
  }

  #addRole(module: Module, parents: readonly string[], entries: readonly RoleEntry[]): void {
    const { version, scope, name: role, key, file, located } = module;
    put(this.#directParents, scope, role, parents);
    const id = tableKey(version, scope);
    const rules = this.#roles.get(id) ?? new RoleRules();
    this.#roles.set(id, rules);
    if (entries.length === 0) {
      return;
    }
    const origin = originOf(file);
    const { span, mark } = located;
    const location = (): SourceLocation => locate(origin, span, mark);
    rules.add({ role, policy: key, location }, entries);
    this.#resourceScopes.add(scope);
    for (const { resource } of entries) {
      this.#addName(resource);
    }
  }

  #addName(resource: string): void {
    if (isGlob(resource)) {
      this.#globs.add(resource);
    } else {
      this.#names.add(resource);
    }
  }

  #allParents(): ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> {
    const all = new Map<string, Map<string, readonly string[]>>();
    for (const [scope, direct] of this.#directParents) {
      for (const role of direct.keys()) {
        const found = new Set<string>();
        const seen = new Set<string>();
        const pending = [role];
        for (let each = pending.pop(); each !== undefined; each = pending.pop()) {
          if (seen.has(each)) {
            continue;
          }
          seen.add(each);
          for (const parent of direct.get(each) ?? []) {
            found.add(parent);
            pending.push(parent);
          }
        }
        put(all, scope, role, [...found]);
      }
    }
    return all;
  }
}

function put<V>(maps: Map<string, Map<string, V>>, first: string, second: string, value: V): void {
  const inner = maps.get(first) ?? new Map<string, V>();
  inner.set(second, value);
  maps.set(first, inner);
}
