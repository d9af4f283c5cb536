import { orDefault } from '../names/names';
import type { Span, YamlNode } from '../yaml/node';
import type { DerivedRoles, Policy, PrincipalPolicy, ResourcePolicy } from './policy';
import type { DecodeIssue } from './field-location';
import type { Located } from './schema';

type Issue = DecodeIssue & { readonly severity?: 'information' };

/** The checks that `cerbos 0.55` makes of a well-formed policy (`internal/policy/validate.go`). */
export function validatePolicy(policy: Policy, root: YamlNode): readonly Issue[] {
  if (policy.disabled?.value === true) {
    const { key, mark, span } = policy.disabled;
    const message = 'this policy is disabled: it never decides anything';
    return [{ code: 'disabled', message, severity: 'information', span: key ?? span, mark }];
  }
  if (policy.resourcePolicy) {
    return validateResourcePolicy(policy.resourcePolicy.value);
  }
  if (policy.principalPolicy) {
    return validatePrincipalPolicy(policy.principalPolicy.value);
  }
  if (policy.derivedRoles) {
    return validateDerivedRoles(policy.derivedRoles.value);
  }
  const topLevel = policy.variables;
  if (topLevel && topLevel.value.size > 0 && (policy.exportConstants ?? policy.exportVariables)) {
    const what = policy.exportConstants ? 'constants' : 'variables';
    const message = `export ${what} policies do not support the deprecated top-level variables field`;
    return [
      {
        code: 'top-level-variables',
        message,
        span: topLevel.key ?? root,
        mark: topLevel.mark,
        path: '$.variables',
      },
    ];
  }
  return [];
}

function validateResourcePolicy(policy: ResourcePolicy): readonly Issue[] {
  const issues: Issue[] = [];
  const rules = policy.rules?.value ?? [];
  for (const [index, rule] of rules.entries()) {
    const { name, roles, derivedRoles } = rule.value;
    if (!roles?.value.length && !derivedRoles?.value.length) {
      const label = orDefault(name?.value, `#${index + 1}`);
      const message = `rule ${label} does not specify any roles or derived roles to match`;
      issues.push({ code: 'no-roles', message, span: headOf(rule, name), mark: rule.mark, path: rule.path });
    }
  }
  const repeated = duplicates(rules, (rule) => rule.name);
  for (const { item, index, first, name } of repeated) {
    const message = `duplicate rule name "${name.value}": rule #${index + 1} has the same name as rule #${first + 1}`;
    issues.push({ code: 'duplicate-rule-name', message, span: name.span, mark: item.mark, path: item.path });
  }
  return issues;
}

function validatePrincipalPolicy(policy: PrincipalPolicy): readonly Issue[] {
  const issues: Issue[] = [];
  const rules = policy.rules?.value ?? [];
  for (const { item, index, first, name } of duplicates(rules, (rule) => rule.resource)) {
    const message = `duplicate resource "${name.value}" at rule #${index + 1}: previous definition in rule #${first + 1}`;
    issues.push({ code: 'duplicate-rule-name', message, span: name.span, mark: item.mark, path: item.path });
  }
  for (const rule of rules) {
    const resource = rule.value.resource?.value ?? '';
    for (const { item, index, first, name } of duplicates(
      rule.value.actions?.value ?? [],
      (each) => each.name,
    )) {
      const message =
        `duplicate action rule name "${name.value}": action rule #${index + 1} for resource "${resource}" ` +
        `has the same name as action rule #${first + 1}`;
      issues.push({
        code: 'duplicate-rule-name',
        message,
        span: name.span,
        mark: item.mark,
        path: item.path,
      });
    }
  }
  return issues;
}

function validateDerivedRoles(policy: DerivedRoles): readonly Issue[] {
  return duplicates(policy.definitions?.value ?? [], (role) => role.name).map(
    ({ item, index, first, name }) => ({
      code: 'duplicate-derived-role',
      message:
        `duplicate derived role definition "${name.value}": definition #${index + 1} ` +
        `has the same name as definition #${first + 1}`,
      span: name.span,
      mark: item.mark,
      path: item.path,
    }),
  );
}

interface Duplicate<T> {
  readonly item: Located<T>;
  readonly index: number;
  readonly first: number;
  readonly name: Located<string>;
}

/** The items whose name an earlier item has; items without a name have nothing to clash. */
function duplicates<T>(
  items: readonly Located<T>[],
  nameOf: (item: T) => Located<string> | undefined,
): readonly Duplicate<T>[] {
  const seen = new Map<string, number>();
  const found: Duplicate<T>[] = [];
  for (const [index, item] of items.entries()) {
    const name = nameOf(item.value);
    if (!name?.value) {
      continue;
    }
    const first = seen.get(name.value);
    if (first === undefined) {
      seen.set(name.value, index);
    } else {
      found.push({ item, index, first, name });
    }
  }
  return found;
}

/** The span to underline for a whole rule: its name, or its start if it has none. */
function headOf(rule: Located<unknown>, name: Located<string> | undefined): Span {
  return name?.span ?? rule.span;
}
