// Policies and questions for the planner.
import type { JsonObject, JsonValue } from '../../server/policy';
import type { Random } from '../random';
import type { PlanRequest } from './plan-compare';
import { planCondition } from './plan-expressions';
import type { GeneratedPolicy } from './support/generate/written';

const kinds = ['doc', 'file', 'task', 'note'] as const;
const scopes = ['', 'acme', 'acme.hr', 'acme.hr.uk', 'solo'] as const;
const consent: ReadonlySet<string> = new Set(['acme.hr', 'solo']);
const actions = ['view', 'view:list', 'edit', 'delete', 'share'] as const;
const patterns = [...actions, '*', 'view*', '{edit,delete}'] as const;
const roles = ['user', 'admin', 'guest'] as const;
const limited = ['clerk', 'temp'] as const;
const versions = ['default', 'v2'] as const;

/** Generates a set of policies, of every kind, from whose rules filters can be made. */
export function generatePlanSet(random: Random): readonly GeneratedPolicy[] {
  const policies: JsonObject[] = [
    derivedRoles(random),
    { exportVariables: { name: 'plan_variables', definitions: { open: 'R.attr.a', sum: '1.0 + P.attr.n' } } },
  ];
  for (const kind of kinds) {
    for (const scope of scopes) policies.push(resourcePolicy(random, kind, 'default', scope));
    policies.push(resourcePolicy(random, kind, 'v2', ''));
  }
  for (const principal of ['ann', 'bob']) {
    for (const scope of ['', 'acme']) policies.push(principalPolicy(random, principal, scope));
  }
  for (const scope of ['', 'acme'] as const) policies.push(rolePolicy(random, 'clerk', ['user'], scope));
  policies.push(rolePolicy(random, 'temp', ['clerk', 'guest'], 'acme'));
  return policies.map((policy, index) => ({
    path: `plan/${index}`,
    form: 'json',
    policy: { apiVersion: 'api.cerbos.dev/v1', ...policy },
  }));
}

function derivedRoles(random: Random): JsonObject {
  return {
    derivedRoles: {
      name: 'plan_roles',
      ...definitions('R.attr.b == 1'),
      definitions: [
        { name: 'owner', parentRoles: ['user'], condition: { match: { expr: 'R.attr.owner == P.id' } } },
        { name: 'reader', parentRoles: ['guest', 'clerk'] },
        { name: 'anybody', parentRoles: ['*'], condition: match(random, 1) },
        { name: 'boss', parentRoles: ['admin', 'user'], condition: match(random, 1) },
      ],
    },
  };
}

function definitions(both: string): JsonObject {
  return {
    variables: { import: ['plan_variables'], local: { both } },
    constants: { local: { limit: 3 } },
  };
}

function match(random: Random, depth: number): JsonObject {
  const kind = depth > 0 ? random.pick(['expr', 'expr', 'all', 'any', 'none'] as const) : 'expr';
  return { match: matchOf(random, kind, depth) };
}

function matchOf(random: Random, kind: 'expr' | 'all' | 'any' | 'none', depth: number): JsonObject {
  if (kind === 'expr') return { expr: planCondition(random, 1) };
  const of = Array.from({ length: 1 + random.below(3) }, () =>
    matchOf(random, depth > 1 ? random.pick(['expr', 'all', 'any', 'none'] as const) : 'expr', depth - 1),
  );
  return { [kind]: { of } };
}

function scopeOf(scope: string): JsonObject {
  return {
    ...(scope !== '' && { scope }),
    ...(consent.has(scope) && { scopePermissions: 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS' }),
  };
}

function resourcePolicy(random: Random, resource: string, version: string, scope: string): JsonObject {
  // One for each policy: the binary mixes up the conditions of several in `runtime.effectiveDerivedRoles`.
  const derivedRole = random.pick(['owner', 'reader', 'anybody', 'boss']);
  const rules = Array.from({ length: 4 + random.below(3) }, (): JsonObject => {
    const denies = random.chance(0.2);
    const derived = random.chance(0.35);
    return {
      actions: random.some(patterns, 1, 2),
      effect: denies ? 'EFFECT_DENY' : 'EFFECT_ALLOW',
      ...(derived
        ? { derivedRoles: [derivedRole] }
        : { roles: random.chance(0.3) ? ['*'] : random.some([...roles, ...limited], 1, 3) }),
      ...(random.chance(denies ? 0.95 : 0.55) && { condition: match(random, 2) }),
    };
  });
  return {
    resourcePolicy: {
      resource,
      version,
      ...scopeOf(scope),
      importDerivedRoles: ['plan_roles'],
      ...definitions(planCondition(random, 0).replaceAll('V.both', 'V.open')),
      rules,
    },
  };
}

function principalPolicy(random: Random, principal: string, scope: string): JsonObject {
  const rules = random.some(kinds, 1, 3).map((resource) => ({
    resource,
    actions: [
      {
        action: random.pick(patterns),
        effect: random.chance(0.4) ? 'EFFECT_DENY' : 'EFFECT_ALLOW',
        ...(random.chance(0.8) && { condition: match(random, 1) }),
      },
    ],
  }));
  return {
    principalPolicy: {
      principal,
      version: 'default',
      ...scopeOf(scope),
      ...definitions('P.attr.n == 1.0'),
      rules,
    },
  };
}

function rolePolicy(random: Random, role: string, parentRoles: readonly string[], scope: string): JsonObject {
  const rules = random.some(kinds, 2, 4).map((resource) => ({
    resource,
    allowActions: random.some(patterns, 2, 4),
    ...(random.chance(0.5) && { condition: match(random, 1) }),
  }));
  return {
    rolePolicy: {
      role,
      version: 'default',
      ...(scope !== '' && { scope }),
      parentRoles,
      ...definitions('R.attr.a == 2'),
      rules,
    },
  };
}

/** Generates a question about a set that {@link generatePlanSet} made. */
export function generatePlanRequest(random: Random): PlanRequest {
  const attr: Readonly<Record<string, JsonValue>> = {
    n: random.pick<JsonValue>([1, 2, 'three']),
    word: random.pick(['x', 'a', 'lead']),
    list: random.pick<JsonValue>([['a', 'b'], [], ['ann', 1]]),
    map: random.pick<JsonValue>([{ k: 1 }, {}, { ann: 'x' }]),
    team: { x: { role: random.pick(['x', 'lead']) } },
  };
  const version = random.chance(0.1) ? random.pick([...versions, 'v9']) : undefined;
  const scope = random.chance(0.6) ? random.pick([...scopes, 'acme.unknown']) : undefined;
  const given: Readonly<Record<string, JsonValue>> = {
    kind: random.pick(['x', 'ann']),
    size: random.pick<JsonValue>([1, null, true]),
    list: ['a', 'b'],
    a: random.pick<JsonValue>([1, 'x', true, { x: 1 }]),
  };
  const isGiven = random.chance(0.5);
  return {
    principal: {
      id: random.pick(['ann', 'bob', 'cat']),
      roles: random.some([...roles, ...limited], 1, 2),
      attr,
      ...(random.chance(0.1) && { policyVersion: random.pick(versions) }),
      ...(random.chance(0.3) && { scope: random.pick(['', 'acme', 'acme.hr']) }),
    },
    ...(random.chance(0.7) && { claims: { level: random.below(4) } }),
    resource: {
      kind: random.chance(0.98) ? random.pick(kinds) : 'nothing',
      ...(isGiven && {
        attr: Object.fromEntries(Object.entries(given).filter(() => random.chance(0.4))),
      }),
      ...(version !== undefined && { policyVersion: version }),
      ...(scope !== undefined && { scope }),
    },
    actions: random.some([...actions, 'other'], 1, random.chance(0.6) ? 1 : 3),
  };
}
