import type { RolePolicy } from '../../model/policy';
import { rolePolicyName } from '../../names/names';
import type { Product } from './compiled-module';
import type { ModuleContext } from './module-context';
import type { RoleEntry } from '../table/rows';

/** Compiles a role policy into entries, each of which lets the role do something. */
export function compileRolePolicy(context: ModuleContext, policy: RolePolicy): Product {
  const { module } = context;
  const parts = context.parts();
  const drafts = (policy.rules?.value ?? []).map((located) => ({ located, ...parts.rule(located.value) }));
  const params = context.paramsOf(parts.usage);
  const prefix = rolePolicyName(module.name, module.version, module.scope);
  const keys: object[] = [];
  const counts = new Map<string, number>();
  const entries = drafts.map(({ located, ...draft }): RoleEntry => {
    const resource = located.value.resource?.value ?? '';
    const name = located.value.name?.value ?? '';
    // `cerbos 0.55` numbers entries within each resource, and entries with the same number share their outcome.
    const number = counts.get(resource) ?? 0;
    counts.set(resource, number + 1);
    const key = (keys[number] ??= {});
    const actions = (located.value.allowActions?.value ?? []).map(({ value }) => value);
    const location = context.lazyLocation(located);
    const rule = { ...draft, name, fqn: `${prefix}#${name}`, policy: module.key, params, location };
    return { role: module.name, resource, actions, key, rule };
  });
  return { kind: 'role', parents: (policy.parentRoles?.value ?? []).map(({ value }) => value), entries };
}
