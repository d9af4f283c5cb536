import type { Expr } from '../ast';
import type { CallContext } from '../functions/define';
import type { Bindings } from '../program';
import type { Timestamp } from '../values/time/timestamp';
import type { CelValue } from '../values/value';
import type { Trouble } from '../values/failure';
import type { UnknownPaths } from './unknown-paths';

export type Evaluated = CelValue | Trouble;

/** A planned expression. */
export type Evaluator = (frame: Frame) => Evaluated;

/** Thrown when the budget is used up; nothing absorbs it. */
export class BudgetExceeded extends Error {}

const noSlots: Evaluated[] = [];
const noUnknowns: UnknownPaths = { unknown: [], known: [] };

/** The state of one evaluation. */
export class Frame implements CallContext {
  readonly bindings: Bindings;
  /** The values that the plan, which other expressions may share, has places for. */
  readonly constants: readonly CelValue[];
  readonly now: Timestamp | undefined;
  /** Local variables. A slot that is undefined has not been computed yet. */
  readonly slots: (Evaluated | undefined)[];
  readonly unknowns: UnknownPaths;
  /** Where results are recorded, when somebody wants to see them. */
  readonly record: ((node: Expr, outcome: Evaluated) => void) | undefined;
  #left: number;

  constructor(
    bindings: Bindings,
    constants: readonly CelValue[],
    slots: number,
    costLimit: number,
    now: Timestamp | undefined,
    unknowns: UnknownPaths = noUnknowns,
    record?: (node: Expr, outcome: Evaluated) => void,
  ) {
    this.bindings = bindings;
    this.constants = constants;
    this.now = now;
    this.slots = slots === 0 ? noSlots : new Array<Evaluated | undefined>(slots);
    this.#left = costLimit;
    this.unknowns = unknowns;
    this.record = record;
  }

  /** @throws BudgetExceeded when nothing is left */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) {
      throw new BudgetExceeded();
    }
  }

  get left(): number {
    return this.#left;
  }
}
