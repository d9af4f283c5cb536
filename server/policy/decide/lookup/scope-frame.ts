import type { DerivedRole } from '../../compile/table/rows';
import type { ScopePermissions } from '../../model/policy';
import { isRequestInvariant } from './request-invariant';

/** A derived role that rules at a scope use. */
interface ScopeDerivedRole {
  readonly role: DerivedRole;
  /** True if the outcome is the same whenever in a request it is evaluated. */
  readonly invariant: boolean;
}

/** A scope without its rules. Policies that have it in common share the object. */
export interface ScopeFrame {
  readonly scope: string;
  readonly permissions: ScopePermissions | undefined;
  /** True if an ALLOW at this scope is final; false if the scopes above must consent, or say nothing. */
  readonly allowIsFinal: boolean;
  /** Those that the rules use, ordered by name. */
  readonly derivedRoles: readonly ScopeDerivedRole[];
}

/** The scope frames of one rule table. */
export class ScopeFrames {
  readonly #known = new Map<string, ScopeFrame>();
  readonly #roles = new Map<DerivedRole, { readonly id: number; readonly shared: ScopeDerivedRole }>();

  share(
    scope: string,
    permissions: ScopePermissions | undefined,
    derivedRoles: readonly DerivedRole[],
  ): ScopeFrame {
    const roles = derivedRoles.map((role) => this.#role(role));
    const key = JSON.stringify([scope, permissions, ...roles.map(({ id }) => id)]);
    let frame = this.#known.get(key);
    if (!frame) {
      const allowIsFinal = permissions === 'SCOPE_PERMISSIONS_OVERRIDE_PARENT';
      frame = { scope, permissions, allowIsFinal, derivedRoles: roles.map(({ shared }) => shared) };
      this.#known.set(key, frame);
    }
    return frame;
  }

  #role(role: DerivedRole): { readonly id: number; readonly shared: ScopeDerivedRole } {
    let known = this.#roles.get(role);
    if (!known) {
      known = { id: this.#roles.size, shared: { role, invariant: isRequestInvariant(role) } };
      this.#roles.set(role, known);
    }
    return known;
  }
}
