import type { DerivedRole } from '../compile/table/rows';
import type { EffectiveRoles, EvaluationContext, EvaluationSettings } from './context';
import { Failure } from './failure';
import type { ScopeLookup } from './lookup/role-sets';
import type { DerivedRoleStep } from './recorder';

/** The derived roles at one scope. */
interface Entered {
  readonly lookup: ScopeLookup;
  readonly roles: EffectiveRoles;
  /** The outcomes that are certain for the whole request, by derived role; undefined where one may still change. */
  readonly invariant: readonly (boolean | Failure | undefined)[];
}

/** The derived roles that the principal of a request has, scope by scope. */
export class ScopeRoles {
  readonly #context: EvaluationContext;
  readonly #settings: EvaluationSettings;
  readonly #entered: Entered[] = [];
  #current: Entered | undefined;

  constructor(context: EvaluationContext, settings: EvaluationSettings) {
    this.#context = context;
    this.#settings = settings;
  }

  /** All that were in effect at any scope, sorted. */
  get effective(): readonly string[] {
    const [first] = this.#entered;
    if (!first) {
      return [];
    }
    if (this.#entered.length === 1) {
      return first.roles.roles;
    }
    return [...new Set(this.#entered.flatMap(({ roles }) => roles.roles))].sort();
  }

  /** Makes the derived roles that rules at a scope use known to expressions. They are worked out once for each scope. */
  enter(lookup: ScopeLookup): void {
    if (this.#current?.lookup === lookup) {
      return;
    }
    let entered = this.#entered.find((known) => known.lookup === lookup);
    if (!entered) {
      this.#entered.push((entered = this.#list(lookup)));
    }
    this.#current = entered;
    this.#context.effectiveRoles = entered.roles;
  }

  /**
   * Tests that a derived role is effective for a rule.
   * @param index the place of the derived role among those of this scope
   * @returns a failure only under strict evaluation
   */
  has(role: DerivedRole, index: number): boolean | Failure {
    const { recorder } = this.#settings;
    const known = recorder ? undefined : this.#current?.invariant[index];
    if (known !== undefined) {
      return known;
    }
    recorder?.open('through', { role });
    const holds = this.#context.holds(role.condition, this.#context.bindings(role.params));
    recorder?.close();
    return holds;
  }

  #list(lookup: ScopeLookup): Entered {
    const { recorder } = this.#settings;
    const {
      eligible,
      frame: { scope, derivedRoles },
    } = lookup;
    const roles: string[] = [];
    let failed: string[] | undefined;
    const known: (boolean | Failure | undefined)[] = [];
    let index = 0;
    for (const { role, invariant } of derivedRoles) {
      const step = recorder?.open('derivedRole', { role, scope });
      let holds: boolean | Failure | undefined;
      if (eligible[index++] === true) {
        holds = this.#context.holds(role.condition, this.#context.listingBindings(role.params));
        if (step) {
          step.outcome = listingOutcome(holds);
        }
        if (holds instanceof Failure) {
          (failed ??= []).push(role.name);
        } else if (holds) {
          roles.push(role.name);
        }
      }
      known.push(invariant ? holds : undefined);
      recorder?.close();
    }
    return { lookup, roles: { roles, failed: failed ?? none }, invariant: known };
  }
}

const none: readonly string[] = [];

function listingOutcome(holds: boolean | Failure): NonNullable<DerivedRoleStep['outcome']> {
  return holds instanceof Failure ? 'error' : holds ? 'effective' : 'condition-not-met';
}
