import { expect, test } from 'vitest';
import { checkResource, planResources } from '../../server/policy';
import type { JsonObject, JsonValue, PolicySet } from '../../server/policy';
import { Random } from '../random';
import { compileGenerated } from './support/compare';
import { holds } from './filter';
import { seedOfRun } from './support/seed';

const seed = seedOfRun();
const sets = Number(process.env['DIFFERENTIAL_PLAN_SETS'] ?? 150);
const resourcesPerPlan = 12;

/** A condition that can be evaluated for every resource here. */
function condition(random: Random, depth: number): string {
  if (depth > 0 && random.chance(0.5)) {
    const inner = (): string => condition(random, depth - 1);
    return random.pick([
      () => `(${inner()} && ${inner()})`,
      () => `(${inner()} || ${inner()})`,
      () => `!(${inner()})`,
      () => `(${inner()} ? ${inner()} : ${inner()})`,
    ])();
  }
  const number = (): string => random.pick(['R.attr.a', 'R.attr.b', 'P.attr.n', '1.0', '2.0', 'C.limit']);
  const list = (): string => random.pick(['R.attr.tags', 'P.attr.tags', '["x", "y"]']);
  const word = (): string => random.pick(['R.attr.word', 'P.attr.word', '"x"', '"y"']);
  return random.pick([
    () => `${number()} ${random.pick(['<', '<=', '>', '>=', '==', '!='])} ${number()}`,
    () => `R.attr.a + ${number()} > ${number()} * 2.0`,
    () => random.pick(['R.attr.flag', 'P.attr.flag', 'V.both', 'true', 'false']),
    () => `${word()} in ${list()}`,
    () => `${word()} == ${word()}`,
    () => `${list()}.exists(t, t == ${word()} || R.attr.flag)`,
    () => `${list()}.all(t, t in ${list()} || t == ${word()})`,
    () => `${random.pick(['"owner"', '"fan"'])} in runtime.effectiveDerivedRoles`,
  ])();
}

function match(random: Random): JsonObject {
  const kind = random.pick(['expr', 'all', 'any', 'none'] as const);
  if (kind === 'expr') return { match: { expr: condition(random, 2) } };
  const of = Array.from({ length: 1 + random.below(3) }, () => ({ expr: condition(random, 1) }));
  return { match: { [kind]: { of } } };
}

const names: JsonObject = {
  variables: { local: { both: 'R.attr.flag && P.attr.n > 1.0' } },
  constants: { local: { limit: 1.5 } },
};

/** Policies without scopes, whose plans say exactly what checks do for a principal with one role. */
function generated(random: Random): PolicySet {
  const rule = (): JsonObject => ({
    actions: random.some(['view', 'edit', '*'], 1, 2),
    effect: random.chance(0.3) ? 'EFFECT_DENY' : 'EFFECT_ALLOW',
    ...(random.chance(0.4)
      ? { derivedRoles: [random.pick(['owner', 'fan'])] }
      : { roles: [random.pick(['user', '*'])] }),
    ...(random.chance(0.85) && { condition: match(random) }),
  });
  const policies: JsonObject[] = [
    {
      derivedRoles: {
        name: 'roles',
        definitions: [
          {
            name: 'owner',
            parentRoles: ['user'],
            condition: { match: { expr: 'R.attr.word == P.attr.word' } },
          },
          { name: 'fan', parentRoles: ['user'], condition: { match: { expr: 'R.attr.a > 1.0' } } },
        ],
      },
    },
    {
      resourcePolicy: {
        resource: 'album',
        version: 'default',
        importDerivedRoles: ['roles'],
        ...names,
        // Where resource policies only deny, the binary's plans allow what is not denied once a principal policy allows
        // something, so that there is always a rule that allows.
        rules: [
          { actions: ['*'], effect: 'EFFECT_ALLOW', roles: ['user'], condition: match(random) },
          ...Array.from({ length: random.below(4) }, rule),
        ],
      },
    },
    {
      principalPolicy: {
        principal: 'ann',
        version: 'default',
        ...names,
        rules: [
          {
            resource: 'album',
            // The binary's plans forget a denial here that depends on nothing, so that there is none.
            actions: ['view', 'edit'].map((action) => ({
              action,
              effect: 'EFFECT_ALLOW',
              // What names derived roles means nothing here.
              condition: {
                match: { expr: condition(random, 2).replaceAll(/"\w+" in runtime.\w+/g, 'R.attr.flag') },
              },
            })),
          },
        ],
      },
    },
    {
      rolePolicy: {
        role: 'clerk',
        version: 'default',
        parentRoles: ['user'],
        ...names,
        rules: [{ resource: 'album', allowActions: ['view'], condition: match(random) }],
      },
    },
  ];
  return compileGenerated(
    policies.map((policy, index) => ({
      path: `${index}`,
      form: 'json',
      policy: { apiVersion: 'api.cerbos.dev/v1', ...policy },
    })),
  );
}

function attributes(random: Random): JsonObject {
  const number = (): JsonValue => random.pick([0, 1, 1.5, 2, 3]);
  return {
    a: number(),
    b: number(),
    n: number(),
    flag: random.chance(0.5),
    word: random.pick(['x', 'y', 'z']),
    tags: random.some(['x', 'y', 'z'], 0, 3),
  };
}

test(`a filter holds for exactly the resources that checks allow, generated from seed ${seed}`, () => {
  const counts = { allowed: 0, denied: 0, conditional: 0 };
  for (let index = 0; index < sets; index++) {
    const random = new Random(seed + index);
    const set = generated(random);
    for (const role of ['user', 'clerk']) {
      const principal = { id: random.pick(['ann', 'bob']), roles: [role], attr: attributes(random) };
      const actions = random.some(['view', 'edit'], 1, 2);
      const known = random.chance(0.3) ? { flag: random.chance(0.5) } : {};
      const { filter } = planResources(set, { principal, resource: { kind: 'album', attr: known }, actions });
      if (filter.kind === 'KIND_CONDITIONAL') counts.conditional++;
      for (let resource = 0; resource < resourcesPerPlan; resource++) {
        const attr = { ...attributes(random), ...known };
        const named = {
          'request.resource.attr': attr,
          'request.principal.attr': principal.attr,
          constants: { limit: 1.5 },
        };
        const output = checkResource(set, { principal, resource: { kind: 'album', id: '1', attr }, actions });
        expect(output.evaluationErrors).toEqual([]);
        const allowed = Object.values(output.actions).every(({ effect }) => effect === 'EFFECT_ALLOW');
        counts[allowed ? 'allowed' : 'denied']++;
        expect(
          holds(filter, named),
          JSON.stringify({ seed: seed + index, principal, actions, attr, filter }),
        ).toBe(allowed);
      }
    }
  }
  console.log(JSON.stringify(counts));
  expect(Math.min(counts.allowed, counts.denied)).toBeGreaterThan(sets);
  expect(counts.conditional).toBeGreaterThan(sets / 3);
});
