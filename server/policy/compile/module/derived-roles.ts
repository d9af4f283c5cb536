import type { DerivedRoles } from '../../model/policy';
import type { Product } from './compiled-module';
import type { ModuleContext } from './module-context';
import type { DerivedRole } from '../table/rows';
import { anyOr } from './rules';

/** Compiles a set of derived roles; of namesakes the first counts. */
export function compileDerivedRoles(context: ModuleContext, policy: DerivedRoles): Product {
  const roles = new Map<string, DerivedRole>();
  for (const located of policy.definitions?.value ?? []) {
    const { value } = located;
    const parts = context.parts();
    const condition = parts.condition(value.condition);
    const name = value.name?.value;
    if (name === undefined || roles.has(name)) {
      continue;
    }
    roles.set(name, {
      name,
      parentRoles: new Set(anyOr((value.parentRoles?.value ?? []).map((each) => each.value))),
      params: context.paramsOf(parts.usage),
      policy: context.module.key,
      location: context.lazyLocation(located),
      ...(condition && { condition }),
    });
  }
  return { kind: 'derivedRoles', roles };
}
