// Policies of principals and of roles, derived roles, and what policies import.
import { principalPolicyName, rolePolicyName } from '../../../support/policy/names';
import type { Draft, RuleFacts } from './draft';
import { condition } from './expressions';
import type { Feature } from './features';
import { firstOf } from './odd-names';
import { conditionOf, definitions, exportedVariables, onlyRequests, outputOf, scopeOf } from './rule-parts';

/** Adds the variables and constants that other policies import. */
export function addExports(draft: Draft): void {
  const [first, second, third, both] = exportedVariables;
  const variables: Record<string, string> = { [both]: `V.${first} && !V.${second}` };
  for (const name of [first, second, third]) {
    variables[name] = condition(draft.random, onlyRequests(draft.names), 1);
  }
  draft.add('exports/variables', { exportVariables: { name: 'shared.vars', definitions: variables } });
  const constants = { limit: 2, few: 1, nested: { a: [1, 'x'] } };
  draft.add('exports/constants', { exportConstants: { name: 'shared-consts', definitions: constants } });
}

/** Adds a set of derived roles. */
export function addDerivedRoles(draft: Draft, name: string, roles: readonly string[]): void {
  const { random, names: vocabulary } = draft;
  const { names, body } = definitions(random, vocabulary, new Set());
  draft.add(`derived/${name}`, {
    derivedRoles: {
      name,
      ...body,
      definitions: roles.map((role) => ({
        name: role,
        parentRoles: role === 'any_reader' ? ['*'] : random.some(vocabulary.roles, 1, 3),
        ...(random.chance(0.85) && { condition: conditionOf(random, names, new Set()) }),
      })),
    },
  });
}

/** Adds a policy of a principal, about three kinds of resource. */
export function addPrincipalPolicy(draft: Draft, principal: string, version: string, scope: string): void {
  const { random, names: vocabulary } = draft;
  const ofPolicy = new Set<Feature>(['principal policy']);
  if (scope !== '') {
    ofPolicy.add('principal policy of a scope');
  }
  const { names, body } = definitions(random, vocabulary, ofPolicy);
  const policy = principalPolicyName(principal, version, scope);
  const facts: RuleFacts[] = [];
  const { kinds, kindGlob, looseKinds, actions } = vocabulary;
  const rules = [kinds[2] ?? '', kindGlob, ...looseKinds].map((resource) => ({
    resource,
    actions: [actions[6] ?? '', `${actions[4] ?? ''}*`].map((action) => {
      const used = new Set(ofPolicy);
      if (resource.includes('*')) {
        used.add('glob in a resource');
      }
      const effect = random.chance(0.5) ? 'EFFECT_ALLOW' : 'EFFECT_DENY';
      const name = `a${facts.length}`;
      facts.push(draft.fact(`${policy}#${name}`, used));
      return {
        ...outputOf(random, names, effect, 1),
        action,
        name,
        effect,
        ...(random.chance(0.8) && { condition: conditionOf(random, names, used) }),
      };
    }),
  }));
  draft.add(
    `principals/${draft.policies.length}`,
    { principalPolicy: { principal, version, ...scopeOf(scope), ...body, rules } },
    facts,
  );
}

/** Adds a policy of a role, which lists a few actions. */
export function addRolePolicy(
  draft: Draft,
  role: string,
  parentRoles: readonly string[],
  version: string,
  scope: string,
): void {
  const { random, names: vocabulary } = draft;
  const ofPolicy = new Set<Feature>();
  const { names, body } = definitions(random, vocabulary, ofPolicy);
  const policy = rolePolicyName(role, version, scope);
  const facts: RuleFacts[] = [];
  const { kinds, kindGlob, listed } = vocabulary;
  const [, second = '', third = '', fourth = ''] = kinds;
  const rules = [third, kindGlob, second, `${firstOf(fourth)}*`].map((resource, index) => {
    const used = new Set(ofPolicy);
    const name = `entry${index}`;
    if (resource.includes('*')) {
      used.add('glob in a resource');
    }
    facts.push(draft.fact(`${policy}#${name}`, used));
    return {
      ...outputOf(random, names, 'EFFECT_ALLOW', 1),
      resource,
      name,
      allowActions: random.some(listed, 3, 7),
      ...(random.chance(0.5) && { condition: conditionOf(random, names, used) }),
    };
  });
  draft.addRolePolicy(role, version, scope, { parentRoles, ...body, rules }, facts);
}
