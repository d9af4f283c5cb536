import { mentionsRuntime } from '../compile/rows';
import type { CompiledCondition, DerivedRole } from '../compile/rows';

/** Whether a derived role is in effect or not whenever in the request, and for whichever rule, it is asked. */
export function isRequestInvariant({ params, condition }: DerivedRole): boolean {
  return params.variables.length === 0 && !conditionMentions(condition);
}

function conditionMentions(condition: CompiledCondition | undefined): boolean {
  if (!condition) return false;
  if (condition.kind === 'expr') return mentionsRuntime(condition.expression.source);
  return condition.of.some(conditionMentions);
}
