import type { Outcome } from './outcome';
import type { Term } from './term';

/** What works out the value of a term. */
export interface Evaluator {
  evaluate(term: Term, scope: Scope): Outcome;
}

/** The names that loops give to something, the innermost first. */
export class Scope {
  static readonly none = new Scope(undefined, new Map());

  readonly #outer: Scope | undefined;
  readonly #values: Map<string, Outcome | Lazy>;

  constructor(outer: Scope | undefined, values: Map<string, Outcome | Lazy>) {
    this.#outer = outer;
    this.#values = values;
  }

  /** The value of a name; one that is not worked out yet is now. Undefined if no loop gives the name to anything. */
  find(name: string, evaluator: Evaluator): Outcome | undefined {
    if (!this.#values.has(name)) return this.#outer?.find(name, evaluator);
    const value = this.#values.get(name);
    if (!(value instanceof Lazy)) return value;
    const outcome = evaluator.evaluate(value.term, value.scope);
    this.#values.set(name, outcome);
    return outcome;
  }

  set(name: string, value: Outcome): void {
    this.#values.set(name, value);
  }
}

/** A value that is worked out when it is first read. */
export class Lazy {
  readonly term: Term;
  readonly scope: Scope;

  constructor(term: Term, scope: Scope) {
    this.term = term;
    this.scope = scope;
  }
}
