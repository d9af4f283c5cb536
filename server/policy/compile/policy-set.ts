import type { RuleTable } from './table/table';

/** Compiled policies, ready to decide. Opaque; holds no reference to anything mutable. */
export interface PolicySet {
  /** Every kind of resource that a resource policy is about, sorted. */
  readonly kinds: readonly string[];
}

const tables = new WeakMap<PolicySet, RuleTable>();

/** Makes the public, opaque form of a rule table. */
export function policySetOf(table: RuleTable, kinds: readonly string[]): PolicySet {
  const set: PolicySet = Object.freeze({ kinds });
  tables.set(set, table);
  return set;
}

/**
 * The rule table of a policy set.
 * @throws TypeError if the set did not come from `compilePolicySet`
 */
export function tableOf(set: PolicySet): RuleTable {
  const table = tables.get(set);
  if (!table) {
    throw new TypeError('not a compiled policy set');
  }
  return table;
}
