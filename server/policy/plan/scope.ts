import type { PlannedValue } from './outcome';
import type { Term } from './term';

/** What works out the value of a term. */
export interface Evaluator {
  evaluate(term: Term, scope: LoopScope): PlannedValue;
}

/** The names that loops give to something, the innermost first. */
export class LoopScope {
  static readonly none = new LoopScope(undefined, new Map());

  readonly #outer: LoopScope | undefined;
  readonly #values: Map<string, PlannedValue | Lazy>;

  constructor(outer: LoopScope | undefined, values: Map<string, PlannedValue | Lazy>) {
    this.#outer = outer;
    this.#values = values;
  }

  /** The value of a name; one that is not worked out yet is now. Undefined if no loop gives the name to anything. */
  find(name: string, evaluator: Evaluator): PlannedValue | undefined {
    if (!this.#values.has(name)) return this.#outer?.find(name, evaluator);
    const value = this.#values.get(name);
    if (!(value instanceof Lazy)) return value;
    const outcome = evaluator.evaluate(value.term, value.scope);
    this.#values.set(name, outcome);
    return outcome;
  }

  set(name: string, value: PlannedValue): void {
    this.#values.set(name, value);
  }
}

/** A value that is worked out when it is first read. */
export class Lazy {
  readonly term: Term;
  readonly scope: LoopScope;

  constructor(term: Term, scope: LoopScope) {
    this.term = term;
    this.scope = scope;
  }
}
