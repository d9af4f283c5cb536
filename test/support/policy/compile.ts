import { compilePolicySet } from '../../../server/policy/compile-set';
import type { PolicySet } from '../../../server/policy/compile/policy-set';

/** The first line of every policy in tests. */
export const header = 'apiVersion: api.cerbos.dev/v1\n';

/**
 * The set of these policies, as files `0.yaml`, `1.yaml`, …, each given without its header.
 * @throws if they do not compile
 */
export function compile(...texts: readonly string[]): PolicySet {
  const { set, issues } = compilePolicySet(
    texts.map((text, index) => ({ path: `${index}.yaml`, text: header + text })),
  );
  if (!set) {
    throw new Error(JSON.stringify(issues));
  }
  return set;
}

/** A policy for albums with these rules, and fields before them. */
export function album(rules: string, before = ''): string {
  return `resourcePolicy:\n  resource: album\n  version: default\n${before}  rules:\n${rules}`;
}
