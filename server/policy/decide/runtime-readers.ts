import type { CompiledCondition, DerivedRole, Params } from '../compile/rows';

// `runtime.effectiveDerivedRoles` is the only thing that expressions read that changes while a request is decided. What
// does not mention it can be evaluated at another time, or once instead of twice.

const params = new WeakMap<Params, boolean>();
const roles = new WeakMap<DerivedRole, boolean>();

/** Whether any of the variables reads `runtime`. */
export function readsRuntime(of: Params): boolean {
  return remember(params, of, () =>
    of.variables.some(({ expression }) => mentionsRuntime(expression.source)),
  );
}

/** Whether a derived role is in effect or not whenever in the request, and for whichever rule, it is asked. */
export function isSteady(role: DerivedRole): boolean {
  return remember(
    roles,
    role,
    () => role.params.variables.length === 0 && !conditionMentions(role.condition),
  );
}

function conditionMentions(condition: CompiledCondition | undefined): boolean {
  if (!condition) return false;
  if (condition.kind === 'expr') return mentionsRuntime(condition.expression.source);
  return condition.of.some(conditionMentions);
}

function mentionsRuntime(source: string): boolean {
  return source.includes('runtime');
}

function remember<K extends object>(known: WeakMap<K, boolean>, key: K, find: () => boolean): boolean {
  let found = known.get(key);
  if (found === undefined) known.set(key, (found = find()));
  return found;
}
