import type { CompiledCondition } from '../../compile/table/rows';
import type { Step } from '../../decide/recorder';
import type { SourceLocation } from '../../position';
import type { ConditionCoverage, Share } from './coverage-types';

/** Counts the outcomes of a condition and of its parts. */
export class ConditionTally implements ConditionCoverage {
  readonly kind: CompiledCondition['kind'];
  readonly source?: string;
  readonly location?: SourceLocation;
  readonly of: readonly ConditionTally[];
  held = 0;
  notHeld = 0;
  errored = 0;

  constructor(condition: CompiledCondition) {
    this.kind = condition.kind;
    if (condition.kind === 'expr') {
      const { source, locate } = condition.expression;
      this.source = source;
      if (locate) {
        this.location = locate();
      }
      this.of = [];
    } else {
      this.of = condition.of.map((part) => new ConditionTally(part));
    }
  }

  /** @param steps the steps during which the condition was evaluated, if it was */
  note(steps: readonly Step[]): void {
    const step = steps.find((each) => each.kind === 'expression' || each.kind === 'group');
    if (step?.kind === 'expression') {
      const { result } = step.explanation;
      if (result.kind !== 'value') {
        this.errored++;
      } else if (result.value === true) {
        this.held++;
      } else {
        this.notHeld++;
      }
    }
    if (step?.kind === 'group') {
      if (step.held === undefined) {
        this.errored++;
      } else if (step.held) {
        this.held++;
      } else {
        this.notHeld++;
      }
      for (const [index, part] of this.of.entries()) {
        part.note(step.steps.slice(index, index + 1));
      }
    }
  }
}

/** The number of outcomes (held, not held) that occurred, over all parts. */
export function outcomesOf({ held, notHeld, of }: ConditionCoverage): Share {
  const own = { covered: Number(held > 0) + Number(notHeld > 0), total: 2 };
  return sum([own, ...of.map(outcomesOf)]);
}

export function sum(shares: readonly Share[]): Share {
  const add = (key: keyof Share): number => shares.reduce((total, share) => total + share[key], 0);
  return { covered: add('covered'), total: add('total') };
}
