import type { Evaluator } from '../frame';

/** A local variable: its slot, and for a name given to a value, how to compute it on first use. */
export interface Local {
  readonly slot: number;
  readonly initial?: Evaluator;
}

/** The local variables of an expression that is being planned, and the slots of its frame that they take. */
export class Scopes {
  readonly #stack: ReadonlyMap<string, Local>[] = [];
  #slots = 0;

  /** How many slots a frame needs. */
  get slots(): number {
    return this.#slots;
  }

  newSlot(): number {
    return this.#slots++;
  }

  /** Finds a name, the innermost first. One that begins with a dot is never local. */
  find(name: string): Local | undefined {
    if (name.startsWith('.')) {
      return undefined;
    }
    for (let index = this.#stack.length - 1; index >= 0; index--) {
      const local = this.#stack[index]?.get(name);
      if (local) {
        return local;
      }
    }
    return undefined;
  }

  /** Does something where there are some more names. */
  within<T>(locals: ReadonlyMap<string, Local>, action: () => T): T {
    this.#stack.push(locals);
    try {
      return action();
    } finally {
      this.#stack.pop();
    }
  }
}
