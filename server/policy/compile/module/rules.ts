import type { ResourceRule } from '../../model/policy';
import type { Located } from '../../model/schema';
import type { ModuleContext } from './module-context';
import type { CompiledCondition, Params, Rule } from '../table/rows';

const requireConsent = 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS';

/**
 * A rule of a resource or principal policy.
 * @param prefix the policy's name, to which the rule's is added
 * @returns undefined if the rule does not say whether it allows or denies
 */
export function compileRule(
  context: ModuleContext,
  located: Located<Pick<ResourceRule, 'effect'>>,
  prefix: string,
  params: Params,
  draft: Pick<Rule, 'name' | 'output'> & { readonly condition?: CompiledCondition },
): Rule | undefined {
  const { module } = context;
  const effect = located.value.effect?.value;
  if (effect !== 'EFFECT_ALLOW' && effect !== 'EFFECT_DENY') {
    return undefined;
  }
  const rule: Rule = {
    ...draft,
    effect,
    fqn: `${prefix}#${draft.name}`,
    policy: module.key,
    params,
    location: context.lazyLocation(located),
  };
  // Where allowances need the parents' consent, a conditional ALLOW becomes a DENY on the opposite condition.
  const consent = module.scopePermissions === requireConsent;
  if (!consent || effect !== 'EFFECT_ALLOW' || !draft.condition) {
    return rule;
  }
  return {
    ...rule,
    effect: 'EFFECT_DENY',
    condition: { kind: 'none', of: [draft.condition] },
    inverted: true,
  };
}

/** The name of a rule that has none. */
export function ruleNumber(index: number): string {
  return `rule-${String(index + 1).padStart(3, '0')}`;
}

/** `*` among roles stands for all of them. */
export function anyOr(roles: readonly string[]): readonly string[] {
  return roles.includes('*') ? ['*'] : [...new Set(roles)];
}
