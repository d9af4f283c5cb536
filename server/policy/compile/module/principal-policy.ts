import type { PrincipalPolicy } from '../../model/policy';
import { orDefault, principalPolicyName, sanitize } from '../../names/names';
import type { Product } from './compiled-module';
import type { ModuleContext } from './module-context';
import type { Row } from '../table/rows';
import { compileRule, ruleNumber } from './rules';
import { ScopeRules } from '../table/table';

/** Compiles a principal policy; its rules speak to the principal whatever its roles. */
export function compilePrincipalPolicy(context: ModuleContext, policy: PrincipalPolicy): Product {
  const { module } = context;
  const parts = context.parts();
  const drafts = (policy.rules?.value ?? []).flatMap(({ value: { resource, actions } }) =>
    (actions?.value ?? []).map((located, index) => {
      const kind = resource?.value ?? '';
      const name = orDefault(located.value.name?.value, `${kind}_${ruleNumber(index)}`);
      return { located, kind, name, ...parts.rule(located.value) };
    }),
  );
  const params = context.paramsOf(parts.usage);
  const prefix = principalPolicyName(module.name, module.version, module.scope);
  const rows = new Map<string, Row[]>();
  let order = 0;
  for (const { located, kind, ...draft } of drafts) {
    const rule = compileRule(context, located, prefix, params, draft);
    if (!rule) {
      continue;
    }
    const candidate = { ...rule, key: {}, fromRolePolicy: false };
    const row: Row = { order: order++, action: located.value.action?.value ?? '', role: '*', candidate };
    const resource = sanitize(kind);
    const known = rows.get(resource);
    if (known) {
      known.push(row);
    } else {
      rows.set(resource, [row]);
    }
  }
  return {
    kind: 'principal',
    rules: new Map([...rows].map(([resource, each]) => [resource, new ScopeRules(each)])),
  };
}
