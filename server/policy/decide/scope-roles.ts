import type { DerivedRole } from '../compile/rows';
import type { EffectiveRoles, EvaluationContext, EvaluationSettings } from './context';
import { Failure } from './failure';
import type { TableLookups } from './layers';
import type { DerivedRoleStep } from './recorder';
import { isSteady } from './runtime-readers';
import type { ScopeEntry } from './scope-entry';

/** What finding derived roles needs of what decides. */
export interface RoleSources {
  readonly lookups: TableLookups;
  readonly settings: EvaluationSettings;
}

/** The derived roles that the principal of a request has, scope by scope. */
export class ScopeRoles {
  readonly #context: EvaluationContext;
  readonly #sources: RoleSources;
  readonly #roles: readonly string[];
  readonly #resourceScope: string;
  readonly #entered: { readonly scope: ScopeEntry; readonly roles: EffectiveRoles }[] = [];
  readonly #steady = new Map<DerivedRole, boolean | Failure>();

  constructor(
    context: EvaluationContext,
    sources: RoleSources,
    roles: readonly string[],
    resourceScope: string,
  ) {
    this.#context = context;
    this.#sources = sources;
    this.#roles = roles;
    this.#resourceScope = resourceScope;
  }

  /** All that were in effect at any scope, sorted. */
  get effective(): readonly string[] {
    const [first, ...others] = this.#entered;
    if (!first) return [];
    if (others.length === 0) return first.roles.roles;
    return [...new Set(this.#entered.flatMap(({ roles }) => roles.roles))].sort();
  }

  /** Makes the derived roles that rules at a scope use known to expressions. They are worked out once for each scope. */
  enter(scope: ScopeEntry): void {
    for (const known of this.#entered) {
      if (known.scope === scope) {
        this.#context.effectiveRoles = known.roles;
        return;
      }
    }
    const roles = this.#list(scope);
    this.#entered.push({ scope, roles });
    this.#context.effectiveRoles = roles;
  }

  /** Whether a derived role is in effect for a rule; with strict evaluation, what went wrong instead. */
  has(role: DerivedRole): boolean | Failure {
    const { recorder, semantics } = this.#sources.settings;
    if (!semantics.derivedRolesHaveConditions) return true;
    const known = recorder ? undefined : this.#steady.get(role);
    if (known !== undefined) return known;
    recorder?.open('through', { role });
    const holds = this.#context.holds(role.condition, this.#context.bindings(role.params));
    recorder?.close();
    return holds;
  }

  #list({ scope, derivedRoles }: ScopeEntry): EffectiveRoles {
    const { recorder } = this.#sources.settings;
    const roles: string[] = [];
    const failed: string[] = [];
    for (const role of derivedRoles) {
      const step = recorder?.open('derivedRole', { role, scope });
      if (this.#hasParentOf(role)) {
        const holds = this.#context.holds(role.condition, this.#context.listingBindings(role.params));
        if (step) step.outcome = listingOutcome(holds);
        if (isSteady(role)) this.#steady.set(role, holds);
        if (holds instanceof Failure) failed.push(role.name);
        else if (holds) roles.push(role.name);
      }
      recorder?.close();
    }
    return { roles, failed };
  }

  #hasParentOf({ parentRoles }: DerivedRole): boolean {
    if (parentRoles.has('*')) return true;
    for (const role of this.#roles) {
      const { roles } = this.#sources.lookups.chain(role, this.#resourceScope);
      for (const each of roles) if (parentRoles.has(each)) return true;
    }
    return false;
  }
}

function listingOutcome(holds: boolean | Failure): NonNullable<DerivedRoleStep['outcome']> {
  return holds instanceof Failure ? 'error' : holds ? 'effective' : 'condition-not-met';
}
