import type { Severity } from '../../issues';
import type { Module } from '../modules';
import type { Reports } from '../reporter';
import type { DerivedRole, Params, RoleEntry } from '../table/rows';
import type { PrincipalRules, ScopeRules } from '../table/table';

/**
 * The result of compiling one policy. It depends on the policy and on the definitions that it imports, and on nothing
 * else: it stays valid as long as those are the same.
 */
export interface CompiledModule {
  readonly module: Module;
  /** How bad mistakes are: errors, or warnings in what no policy uses. */
  readonly severity: Severity;
  readonly reports: Reports;
  /** The modules that were looked up during compilation, by name; undefined for those that were not found. */
  readonly lookedUp: ReadonlyMap<string, Module | undefined>;
  /** The variables and constants of its rules, by a text that says which they are. */
  readonly params: ReadonlyMap<string, Params>;
  /** Missing for exports, which are compiled into the policies that import them. */
  readonly product?: Product;
}

/** The contribution of a policy to the rule table, or to the policies that import it. */
export type Product =
  | {
      readonly kind: 'resource';
      readonly rules: ScopeRules;
      /** Those that the rules use, ordered by name. */
      readonly derivedRoles: readonly DerivedRole[];
    }
  | { readonly kind: 'principal'; readonly rules: PrincipalRules }
  | { readonly kind: 'role'; readonly parents: readonly string[]; readonly entries: readonly RoleEntry[] }
  | { readonly kind: 'derivedRoles'; readonly roles: ReadonlyMap<string, DerivedRole> };

/** True if compiling again would give the same: the severity, and the module of every look-up, have not changed. */
export function isCurrent(
  { lookedUp, severity }: CompiledModule,
  now: { readonly severity: Severity; readonly byKey: ReadonlyMap<string, Module> },
): boolean {
  if (severity !== now.severity) {
    return false;
  }
  for (const [key, module] of lookedUp) {
    if (now.byKey.get(key) !== module) {
      return false;
    }
  }
  return true;
}
