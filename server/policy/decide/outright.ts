import { tableOf } from '../compile/policy-set';
import type { PolicySet } from '../compile/policy-set';
import { scopesToSearch } from '../compile/table';
import { defaultVersion, sanitize, scopeValue } from '../names';
import { resourceCandidates } from './candidates';
import { cerbos } from './semantics';

export interface OutrightQuestion {
  readonly kind: string;
  /** `default` if left out. */
  readonly version?: string;
  readonly scope?: string;
  readonly action: string;
  readonly roles: readonly string[];
}

/**
 * Whether the action is denied whatever the attributes are: for each of the roles an unconditional DENY rule matches that
 * no more specific scope can overrule. Scopes that have no policies fall back to their ancestors.
 */
export function isDeniedOutright(set: PolicySet, question: OutrightQuestion): boolean {
  const { kind, version = defaultVersion, scope = '', action, roles } = question;
  const table = tableOf(set);
  const resource = sanitize(kind);
  const scopes = scopesToSearch(table.resourceScopes, scopeValue(scope), true);
  const denied = (role: string): boolean => {
    const parents = table.parentRoles.get(scopeValue(scope))?.get(role) ?? [];
    for (const each of scopes) {
      const lookup = { version, resource, scope: each, action, roles: [role, ...parents] };
      const candidates = resourceCandidates(table, lookup);
      const isOutright = candidates.some(
        ({ effect, condition, derivedRole }) => effect === 'EFFECT_DENY' && !condition && !derivedRole,
      );
      if (isOutright) return true;
      const mayAllow = candidates.some(({ effect }) => effect === 'EFFECT_ALLOW');
      if (mayAllow && cerbos.allowIsFinal(table.scopePermissions.get(each))) return false;
    }
    return false;
  };
  // A principal policy may say otherwise for one principal, and its say comes first.
  return table.principals.size === 0 && roles.length > 0 && roles.every(denied);
}
