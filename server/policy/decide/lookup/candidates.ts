import { nameMatches } from '../../names/name-matches';
import type { RoleRules } from '../../compile/table/role-rules';
import { tableKey } from '../../compile/table/table';
import type { RuleTable, ScopeRules } from '../../compile/table/table';
import { noParams } from '../../compile/table/rows';
import type { Candidate, CompiledOutput, RoleEntry } from '../../compile/table/rows';
import { matchesGlob } from '../../names/glob';
import { rolePolicyName } from '../../names/names';

/** The parts of a request that select rules. */
interface Lookup {
  readonly version: string;
  /** Sanitized. */
  readonly resource: string;
  readonly scope: string;
  readonly action: string;
  /** A role and its parents. */
  readonly roles: readonly string[];
}

/** The candidates among principal policies, whatever the roles. */
export function principalCandidates(
  table: RuleTable,
  principal: string,
  lookup: Lookup,
): readonly Candidate[] {
  const rules = table.principals.get(tableKey(lookup.version, principal))?.get(lookup.scope);
  if (!rules) {
    return [];
  }
  const rows = [...rules]
    .filter(([resource]) => nameMatches(resource, lookup.resource))
    .flatMap(([, each]) => each.forAction(lookup.action));
  return rows.sort((a, b) => a.order - b.order).map((row) => row.candidate);
}

/** The candidates among resource policies and role policies: first the denials that follow from role policies. */
export function resourceCandidates(table: RuleTable, lookup: Lookup): readonly Candidate[] {
  const rules = table.resources.get(tableKey(lookup.version, lookup.resource))?.get(lookup.scope);
  const roleRules = table.roles.get(tableKey(lookup.version, lookup.scope));
  const denials = roleRules && concernsRoles(rules, roleRules, lookup) ? roleDenials(roleRules, lookup) : [];
  const candidates = [...denials];
  for (const row of rules?.forAction(lookup.action) ?? []) {
    if (matchesRole(row.role, lookup.roles)) {
      candidates.push(row.candidate);
    }
  }
  return candidates;
}

function matchesRole(pattern: string, roles: readonly string[]): boolean {
  return pattern === '*' || roles.some((role) => nameMatches(pattern, role));
}

/**
 * True if anything at this scope mentions the resource for these roles. If nothing does, `cerbos 0.55` skips role
 * policies, so that they do not deny a resource that nobody mentions.
 */
function concernsRoles(rules: ScopeRules | undefined, roleRules: RoleRules, lookup: Lookup): boolean {
  return (
    (rules?.rows.some((row) => matchesRole(row.role, lookup.roles)) ?? false) ||
    lookup.roles.some((role) => roleRules.about(role, lookup.resource).length > 0)
  );
}

/**
 * The denials that follow from role policies: of everything that they do not list, and of what they list under
 * conditions that do not hold.
 */
function roleDenials(roleRules: RoleRules, lookup: Lookup): readonly Candidate[] {
  const denials: Candidate[] = [];
  for (const role of lookup.roles) {
    const head = roleRules.head(role);
    if (!head) {
      continue;
    }
    const listed = roleRules
      .about(role, lookup.resource)
      .filter(({ actions }) =>
        actions.some((action) => action === lookup.action || matchesGlob(action, lookup.action)),
      );
    if (listed.length === 0) {
      denials.push({
        effect: 'EFFECT_DENY',
        policy: rolePolicyName(role, lookup.version, lookup.scope),
        name: '',
        fqn: head.policy,
        location: head.location,
        params: noParams,
        fromRolePolicy: true,
      });
    }
    denials.push(...listed.flatMap(entryCandidate));
  }
  return denials;
}

function entryCandidate({ rule, key }: RoleEntry): readonly Candidate[] {
  const { condition, output, ...rest } = rule;
  if (!condition) {
    return output ? [{ ...rest, effect: undefined, output, key, fromRolePolicy: true }] : [];
  }
  const { ruleActivated, conditionNotMet } = output ?? {};
  // The denial applies when the entry does not, so that its outputs change places.
  const swapped: CompiledOutput = {
    ...(conditionNotMet && { ruleActivated: conditionNotMet }),
    ...(ruleActivated && { conditionNotMet: ruleActivated }),
  };
  return [
    {
      ...rest,
      effect: 'EFFECT_DENY',
      condition: { kind: 'none', of: [condition] },
      inverted: true,
      output: swapped,
      key,
      fromRolePolicy: true,
    },
  ];
}
