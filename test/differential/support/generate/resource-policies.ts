import type { JsonObject } from '../../../../server/policy';
import { resourcePolicyName } from '../../../support/policy/names';
import type { Draft, RuleFacts } from './draft';
import { condition } from './expressions';
import type { Names } from './expressions';
import type { Feature } from './features';
import { conditionOf, definitions, outputOf, scopeOf } from './rule-parts';
import { ignoredActions } from './schemas';
import { consentScopes, deepestScope, derivedRoleSets } from './vocabulary';

export const schemaNames = ['one', 'two', 'three', 'four'] as const;

/** Adds a resource policy with a few rules. */
export function addResourcePolicy(draft: Draft, kind: string, version: string, scope: string): void {
  const { random, names: vocabulary } = draft;
  const used = new Set<Feature>(['resource policy', scope === '' ? 'unscoped policy' : 'scoped policy']);
  used.add(
    consentScopes.has(scope) ? 'scope that needs its parents’ consent' : 'scope that overrides its parent',
  );
  const imported = random.some(['owners', 'bosses'] as const, 1, 2);
  const derivedRoles = imported.flatMap((name) => derivedRoleSets[name]);
  const { names, body } = definitions(random, vocabulary, used, derivedRoles);
  const topLevel = random.chance(0.3);
  const allNames = topLevel ? { ...names, variables: [...names.variables, 'top'] } : names;
  if (topLevel) {
    used.add('top-level variable');
  }
  const count = scope === deepestScope && random.chance(0.3) ? 0 : 3 + random.below(3);
  const loose = vocabulary.looseKinds.includes(kind);
  const policy = resourcePolicyName(kind, version, scope);
  const rules = Array.from({ length: count }, (_, index) =>
    ruleOf(draft, `${policy}#${ruleNames[index] ?? ''}`, allNames, loose, used),
  );
  draft.add(
    `resources/${draft.policies.length}`,
    {
      ...(topLevel && { variables: { top: condition(random, { ...names, derivedRoles: [] }, 0) } }),
      resourcePolicy: {
        resource: kind,
        version,
        ...scopeOf(scope),
        importDerivedRoles: imported,
        ...schemasOf(draft, kind, version, scope),
        ...body,
        rules: rules.map(({ rule }) => rule),
      },
    },
    rules.map(({ facts }) => facts),
  );
}

const ruleNames = ['r0', 'R.1-', 'r@2', 'r3_', 'r.4-@_'] as const;

/** The schemas of a policy: those of the policy without a scope count for all scopes. */
function schemasOf(
  { random, names, schemas }: Draft,
  kind: string,
  version: string,
  scope: string,
): JsonObject {
  if (random.chance(0.5)) {
    return {};
  }
  const [view = '', , edit = ''] = names.actions;
  const ignored = ignoredActions(random, [...names.actions, `${view}*`, `${edit}*`]);
  const one = (): JsonObject => {
    const actions = ignored && { ignoreWhen: { actions: ignored } };
    return { ref: `cerbos:///${random.pick(schemaNames)}.json`, ...actions };
  };
  if (scope === '') {
    schemas.set(`${kind}/${version}`, { ignored: ignored ?? [] });
  }
  const both = random.chance(0.5);
  return {
    schemas: {
      ...((both || random.chance(0.4)) && { principalSchema: one() }),
      resourceSchema: one(),
    },
  };
}

function ruleOf(
  draft: Draft,
  fqn: string,
  names: Names,
  loose: boolean,
  ofPolicy: ReadonlySet<Feature>,
): { readonly rule: JsonObject; readonly facts: RuleFacts } {
  const {
    random,
    names: { roles, roleGlob, actionPatterns },
  } = draft;
  const { derivedRoles } = names;
  const unlimited = [...roles.slice(0, 5), roleGlob];
  const used = new Set(ofPolicy);
  const effect = random.chance(0.92) ? 'EFFECT_ALLOW' : 'EFFECT_DENY';
  const derived = random.chance(0.38) ? random.some(derivedRoles, 1, loose ? 2 : 1) : [];
  const plain = derived.length === 0 || (loose && random.chance(0.5));
  const own = random.chance(0.25)
    ? ['*']
    : random.some(random.chance(0.9) ? unlimited : [...roles, roleGlob], 2, 4);
  const patterns = random.chance(0.3) ? ['*'] : random.some(actionPatterns, 1, 4);
  if (derived.length > 0) {
    used.add('derived role');
  }
  if (derived.includes('any_reader')) {
    used.add('derived role of every role');
  }
  if (plain && own.includes('*')) {
    used.add('role *');
  }
  if (plain && own.includes(roleGlob)) {
    used.add('glob in a role');
  }
  if (patterns.some((pattern) => /[*{[]/.test(pattern))) {
    used.add('glob in an action');
  }
  const hasCondition = random.chance(effect === 'EFFECT_DENY' ? 0.97 : 0.5);
  if (!hasCondition) {
    used.add('no condition');
  }
  const rule: JsonObject = {
    ...outputOf(random, names, effect, derived.length + (plain ? 1 : 0)),
    name: fqn.slice(fqn.lastIndexOf('#') + 1),
    actions: patterns,
    effect,
    ...(plain && { roles: own }),
    ...(derived.length > 0 && { derivedRoles: derived }),
    ...(hasCondition && { condition: conditionOf(random, names, used) }),
  };
  return { rule, facts: draft.fact(fqn, used, plain ? own : []) };
}
