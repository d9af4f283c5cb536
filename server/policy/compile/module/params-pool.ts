import type { Params } from '../table/rows';

/** Sees to it that policies that read the same variables and constants share one object, which a check works out once. */
export class ParamsPool {
  readonly #known = new Map<string, Params>();
  readonly #names = new Map<string, string>();

  /** Adds what policies have already. */
  add(params: ReadonlyMap<string, Params>): void {
    for (const [id, each] of params) {
      if (!this.#known.has(id)) {
        this.#known.set(id, each);
      }
    }
  }

  /** The same text for every policy that has a variable of this name. */
  name(name: string): string {
    const known = this.#names.get(name);
    if (known === undefined) {
      this.#names.set(name, name);
    }
    return known ?? name;
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
