import type { ResourcePolicy, ResourceRule } from '../../model/policy';
import { orDefault, resourcePolicyName, sanitize } from '../../names/names';
import type { Product } from './compiled-module';
import { importedDerivedRoles } from './imported-roles';
import type { ModuleContext } from './module-context';
import type { Candidate, DerivedRole, Row, Rule } from '../table/rows';
import { anyOr, compileRule, ruleNumber } from './rules';
import { ScopeRules } from '../table/table';

/** Compiles a resource policy into one row for each way in which one of its rules can match. */
export function compileResourcePolicy(context: ModuleContext, policy: ResourcePolicy): Product {
  const { module } = context;
  const parts = context.parts();
  const derivedRoles = importedDerivedRoles(context);
  const drafts = (policy.rules?.value ?? []).map((located, index) => ({
    located,
    name: orDefault(located.value.name?.value, ruleNumber(index)),
    ...parts.rule(located.value),
  }));
  const params = context.paramsOf(parts.usage);
  const prefix = resourcePolicyName(sanitize(module.name), module.version, module.scope);
  const rows: Row[] = [];
  const used = new Map<string, DerivedRole>();
  for (const { located, ...draft } of drafts) {
    const rule = compileRule(context, located, prefix, params, draft);
    if (rule) {
      addRows(rows, located.value, rule, derivedRoles, used);
    }
  }
  return {
    kind: 'resource',
    rules: new ScopeRules(rows),
    derivedRoles: [...used.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function addRows(
  rows: Row[],
  written: ResourceRule,
  rule: Rule,
  derivedRoles: ReadonlyMap<string, DerivedRole>,
  used: Map<string, DerivedRole>,
): void {
  const ways: { readonly roles: Iterable<string>; readonly candidate: Candidate }[] = [];
  const roles = anyOr((written.roles?.value ?? []).map(({ value }) => value));
  ways.push({ roles, candidate: { ...rule, key: {}, fromRolePolicy: false } });
  for (const { value } of written.derivedRoles?.value ?? []) {
    const derivedRole = derivedRoles.get(value);
    if (!derivedRole) {
      continue;
    }
    used.set(value, derivedRole);
    const candidate = { ...rule, derivedRole, key: {}, fromRolePolicy: false };
    ways.push({ roles: derivedRole.parentRoles, candidate });
  }
  for (const { value: action } of written.actions?.value ?? []) {
    for (const way of ways) {
      for (const role of way.roles) {
        rows.push({ order: rows.length, action, role, candidate: way.candidate });
      }
    }
  }
}
