import { mentionsRuntime } from '../../compile/table/rows';
import type { CompiledCondition, DerivedRole } from '../../compile/table/rows';

/** True if the derived role's outcome is the same whenever in a request, and for whichever rule, it is evaluated. */
export function isRequestInvariant({ params, condition }: DerivedRole): boolean {
  return params.variables.length === 0 && !conditionMentions(condition);
}

function conditionMentions(condition: CompiledCondition | undefined): boolean {
  if (!condition) {
    return false;
  }
  if (condition.kind === 'expr') {
    return mentionsRuntime(condition.expression.source);
  }
  return condition.of.some(conditionMentions);
}
