import type { Params } from '../table/rows';

/** Sees to it that policies that read the same variables and constants share one object, which a check works out once. */
export class ParamsPool {
  readonly #known = new Map<string, Params>();

  /** Adds what policies have already. */
  add(params: ReadonlyMap<string, Params>): void {
    for (const [id, each] of params) {
      if (!this.#known.has(id)) {
        this.#known.set(id, each);
      }
    }
  }

  share(id: string, params: Params): Params {
    const known = this.#known.get(id);
    if (known) {
      return known;
    }
    this.#known.set(id, params);
    return params;
  }
}
