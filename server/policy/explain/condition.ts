import type { CompiledCondition } from '../compile/table/rows';
import type { Step } from '../decide/recorder';
import { traceExpression } from './expression';
import type { ConditionTrace } from './types';

/**
 * The result of a condition and its parts.
 * @param steps the steps during which it was evaluated; empty if it was not reached
 */
export function traceCondition(condition: CompiledCondition, steps: readonly Step[]): ConditionTrace {
  const step = steps.find((each) => each.kind === 'expression' || each.kind === 'group');
  if (condition.kind === 'expr') {
    const explanation = step?.kind === 'expression' ? step.explanation : undefined;
    const expression = traceExpression(condition.expression, explanation);
    return { kind: 'expr', held: heldOf(expression.result), expression };
  }
  const within = step?.kind === 'group' ? step.steps : [];
  return {
    kind: condition.kind,
    held: step?.kind === 'group' ? step.held : undefined,
    of: condition.of.map((each, index) => traceCondition(each, within.slice(index, index + 1))),
  };
}

/** Without strict evaluation an expression that cannot be evaluated does not hold; with it, its outcome says `error`. */
function heldOf(
  result: Extract<ConditionTrace, { kind: 'expr' }>['expression']['result'],
): boolean | undefined {
  switch (result.kind) {
    case 'value':
      return result.value === true;
    case 'error':
      return false;
    default:
      return undefined;
  }
}
