import type { Bindings, CelValue } from '../../cel';
import type { Params } from '../compile/table/rows';

/** The values of the variables of one policy in one check. A variable that cannot be evaluated has none. */
export class Variables {
  readonly params: Params;
  /** The names that the variables themselves are evaluated with. */
  bindings: Bindings | undefined;
  readonly #values: (CelValue | undefined)[] = [];
  readonly #settled: boolean[] = [];

  constructor(params: Params) {
    this.params = params;
  }

  indexOf(name: string): number {
    const { variables } = this.params;
    for (let index = 0; index < variables.length; index++) {
      if (variables[index]?.name === name) {
        return index;
      }
    }
    return -1;
  }

  /** True if the variable was evaluated, even if it has no value. */
  isSettled(index: number): boolean {
    return this.#settled[index] === true;
  }

  valueAt(index: number): CelValue | undefined {
    return this.#values[index];
  }

  settle(index: number, value: CelValue | undefined): void {
    this.#values[index] = value;
    this.#settled[index] = true;
  }

  /** Gives a value to those that have none. */
  setMissing(value: CelValue): void {
    for (let index = 0; index < this.params.variables.length; index++) {
      this.#values[index] ??= value;
    }
  }
}
