import type { Environment } from '../environment';
import type { Plan } from './planner/planner';

/**
 * The plans of one environment that programs use, by {@link Constants.key}. Policies ask for the same things of
 * different values, and a processor's caches hold few plans.
 */
class SharedPlans {
  readonly #plans = new Map<string, WeakRef<Plan>>();
  #sweepAt = 1024;

  /** The plan of a key, while any program uses it. */
  share(key: string, make: () => Plan): Plan {
    const known = this.#plans.get(key)?.deref();
    if (known) {
      return known;
    }
    const made = make();
    if (this.#plans.size >= this.#sweepAt) {
      this.#sweep();
    }
    this.#plans.set(key, new WeakRef(made));
    return made;
  }

  /** Has later programs planned anew. */
  clear(): void {
    this.#plans.clear();
  }

  #sweep(): void {
    for (const [key, plan] of this.#plans) {
      if (!plan.deref()) {
        this.#plans.delete(key);
      }
    }
    this.#sweepAt = Math.max(1024, 2 * this.#plans.size);
  }
}

const plansOf = new WeakMap<Environment, SharedPlans>();

export function sharedPlans(environment: Environment): SharedPlans {
  let plans = plansOf.get(environment);
  if (!plans) {
    plansOf.set(environment, (plans = new SharedPlans()));
  }
  return plans;
}
