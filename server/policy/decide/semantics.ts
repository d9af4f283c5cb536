import type { ScopePermissions } from '../model/policy';

/**
 * The choices that make Cerbos' decisions what they are. They are data so that the differential test can replace one by a
 * wrong one and show that it notices; deciding otherwise always uses {@link cerbos}.
 */
export interface Semantics {
  /** True if an ALLOW at a scope with these permissions is final; false if the parent scopes must consent. */
  readonly allowIsFinal: (permissions: ScopePermissions | undefined) => boolean;
  /** True: a DENY beats an ALLOW for the same role and scope. */
  readonly denyBeatsAllow: boolean;
  /** True: an ALLOW for one role beats a DENY for another. */
  readonly anyRoleMayAllow: boolean;
  /** True: a rule for a derived role applies only if the derived role's condition holds. */
  readonly derivedRolesHaveConditions: boolean;
  /** The outcome of `none` for the outcomes of its conditions. */
  readonly none: (held: readonly boolean[]) => boolean;
  /** Which outputs a rule hands back. */
  readonly outputs: { readonly ruleActivated: boolean; readonly conditionNotMet: boolean };
  /** The outcome of a condition that cannot be evaluated, without strict evaluation. */
  readonly erroringCondition: boolean;
}

/** Cerbos 0.55 (`internal/ruletable/check.go`). */
export const cerbos: Semantics = {
  allowIsFinal: (permissions) => permissions === 'SCOPE_PERMISSIONS_OVERRIDE_PARENT',
  denyBeatsAllow: true,
  anyRoleMayAllow: true,
  derivedRolesHaveConditions: true,
  none: (held) => !held.includes(true),
  outputs: { ruleActivated: true, conditionNotMet: true },
  erroringCondition: false,
};
