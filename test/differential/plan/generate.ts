// Sets of policies, principals and resources for which a plan must mean what checks say: several roles, scopes with
// every kind of permissions, derived roles, principal and role policies, variables, and conditions that err.
import type { JsonObject, JsonValue } from '../../../server/policy';
import type { Random } from '../../random';

const scopes = ['', 'acme', 'acme.hr'] as const;
const actions = ['view', 'edit', 'share'] as const;
const roles = ['user', 'guest', 'clerk'] as const;

/** A condition over attributes that may be missing, or of another type. */
function condition(random: Random, depth: number): string {
  if (depth > 0 && random.chance(0.55)) {
    const inner = (): string => condition(random, depth - 1);
    return random.pick([
      () => `(${inner()} && ${inner()})`,
      () => `(${inner()} || ${inner()})`,
      () => `!(${inner()})`,
      () => `(${inner()} ? ${inner()} : ${inner()})`,
      () => `(${inner()}) == (${inner()})`,
    ])();
  }
  const number = (): string =>
    random.pick(['R.attr.a', 'R.attr.b', 'P.attr.n', 'P.attr.gone', '1.0', '2.0', 'C.limit', 'V.twice']);
  const list = (): string => random.pick(['R.attr.tags', 'P.attr.tags', 'dyn(["x", "y"])', 'R.attr.a']);
  const word = (): string => random.pick(['R.attr.word', 'P.attr.word', '"x"', '"y"', 'R.attr.map.k']);
  const body = (): string =>
    random.pick([
      () => `t == ${word()}`,
      () => `t == ${word()} || R.attr.flag`,
      () => `t in ${list()} && !(t == ${word()})`,
      () => `t > ${number()}`,
      () => `${list()}.exists(u, u == t)`,
      () => `t == ${word()} ? P.attr.flag : R.attr.flag`,
    ])();
  return random.pick([
    () => `${number()} ${random.pick(['<', '<=', '>', '>=', '==', '!='])} ${number()}`,
    () => `R.attr.a + ${number()} > ${number()} * 2.0`,
    () => random.pick(['R.attr.flag', 'P.attr.flag', 'V.both', 'V.open', 'R.attr.gone', 'true', 'false']),
    () => `${word()} in ${list()}`,
    () => `${word()} == ${word()}`,
    () => `${word()}.startsWith(${word()})`,
    () => `${list()}.${random.pick(['exists', 'all', 'exists_one'])}(t, ${body()})`,
    () => `size(${list()}.filter(t, ${body()})) > 0`,
    () => `${random.pick(['"owner"', '"fan"'])} in runtime.effectiveDerivedRoles`,
    // Seldom: below the top of a filter there is no has().
    () =>
      random.pick([
        'has(R.attr.a)',
        '!has(R.attr.word)',
        'R.attr.flag',
        'R.attr.map.x == "v"',
        '!R.attr.flag',
      ]),
    () => `P.attr.levels[R.attr.word] ${random.pick(['<', '==', '>='])} 2.0`,
    () => `R.attr.map[P.attr.word] == "v"`,
    () => `math.greatest(R.attr.a, P.attr.n) > 1.5`,
    () => random.pick(['R.kind == "album"', 'R.scope == "acme"', 'R.id == "r1"', 'P.id == "ann"']),
  ])();
}

function match(random: Random, depth = 1): JsonObject {
  const group = (left: number): JsonObject => {
    const kind = left > 0 ? random.pick(['expr', 'expr', 'all', 'any', 'none'] as const) : 'expr';
    if (kind === 'expr') {
      return { expr: condition(random, 2) };
    }
    return { [kind]: { of: Array.from({ length: 1 + random.below(3) }, () => group(left - 1)) } };
  };
  return { match: group(depth) };
}

function names(random: Random): JsonObject {
  return {
    variables: {
      local: {
        twice: random.pick(['R.attr.a + R.attr.a', 'P.attr.n * 2.0', 'R.attr.gone']),
        open: condition(random, 1).replaceAll('V.', 'R.attr.'),
        both: random.pick(['V.open && P.attr.n > 1.0', 'V.open || R.attr.flag', 'P.attr.flag']),
      },
    },
    constants: { local: { limit: 1.5 } },
  };
}

const effects = ['EFFECT_ALLOW', 'EFFECT_ALLOW', 'EFFECT_DENY'] as const;

function resourcePolicy(random: Random, scope: string): JsonObject {
  const permissions = random.pick([
    '',
    'SCOPE_PERMISSIONS_OVERRIDE_PARENT',
    'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS',
  ]);
  return {
    resourcePolicy: {
      resource: 'album',
      version: 'default',
      ...(scope !== '' && { scope, ...(permissions !== '' && { scopePermissions: permissions }) }),
      importDerivedRoles: ['roles'],
      ...names(random),
      rules: Array.from({ length: 2 + random.below(4) }, () => ({
        actions: random.some([...actions, '*'], 1, 2),
        effect: random.pick(effects),
        ...(random.chance(0.3)
          ? { derivedRoles: [random.pick(['owner', 'fan'])] }
          : { roles: random.chance(0.3) ? ['*'] : random.some(roles, 1, 2) }),
        ...(random.chance(0.75) && { condition: match(random) }),
      })),
    },
  };
}

function withoutRoles(value: JsonObject): JsonObject {
  // What names derived roles means nothing outside resource policies.
  return JSON.parse(
    JSON.stringify(value).replaceAll(/\\"\w+\\" in runtime.\w+/g, 'R.attr.flag'),
  ) as JsonObject;
}

export function generatePolicies(random: Random): readonly JsonObject[] {
  const policies: JsonObject[] = [
    {
      derivedRoles: {
        name: 'roles',
        ...withoutRoles(names(random)),
        definitions: [
          { name: 'owner', parentRoles: ['user'], condition: withoutRoles(match(random)) },
          {
            name: 'fan',
            parentRoles: random.pick([['user', 'guest'], ['*']]),
            condition: { match: { expr: random.pick(['R.attr.a > 1.0', 'R.attr.word == P.attr.word']) } },
          },
        ],
      },
    },
    ...scopes.map((scope) => resourcePolicy(random, scope)),
  ];
  if (random.chance(0.6)) {
    policies.push(
      withoutRoles({
        principalPolicy: {
          principal: 'ann',
          version: 'default',
          ...names(random),
          rules: [
            {
              resource: 'album',
              actions: random.some([...actions, '*'], 1, 2).map((action) => ({
                action,
                effect: random.pick(effects),
                ...(random.chance(0.8) && { condition: match(random) }),
              })),
            },
          ],
        },
      }),
    );
  }
  if (random.chance(0.6)) {
    policies.push(
      withoutRoles({
        rolePolicy: {
          role: 'clerk',
          version: 'default',
          parentRoles: ['user'],
          ...names(random),
          rules: [
            {
              resource: 'album',
              allowActions: random.some([...actions], 1, 3),
              ...(random.chance(0.7) && { condition: match(random) }),
            },
          ],
        },
      }),
    );
  }
  return policies.map((policy) => ({ apiVersion: 'api.cerbos.dev/v1', ...policy }));
}

export interface Subject {
  readonly principal: { readonly id: string; readonly roles: readonly string[]; readonly attr: JsonObject };
  readonly scope: string;
  readonly actions: readonly string[];
  /** Attributes that all resources have, and that the planner is told. */
  readonly known: JsonObject;
}

export function generateSubject(random: Random): Subject {
  return {
    principal: {
      id: random.pick(['ann', 'bob']),
      roles: random.some(roles, 1, 2),
      attr: {
        n: random.pick([0, 1, 1.5, 2]),
        flag: random.chance(0.5),
        word: random.pick(['x', 'y', 'k']),
        tags: random.some(['x', 'y', 'z'], 0, 3),
        levels: { x: 1, y: 2, z: 3 },
      },
    },
    scope: random.pick(scopes),
    actions: random.some([...actions], 1, 2),
    known: random.chance(0.3) ? { flag: random.pick<JsonValue>([true, false, 'odd']) } : {},
  };
}

/** Attributes of which any may be missing or of an unexpected type. */
export function generateAttributes(random: Random): JsonObject {
  const number = (): JsonValue => random.pick<JsonValue>([0, 1, 1.5, 2, 3, 'x', null]);
  const all: JsonObject = {
    a: number(),
    b: number(),
    flag: random.pick<JsonValue>([true, false, true, false, 1]),
    word: random.pick<JsonValue>(['x', 'y', 'z', 2]),
    tags: random.pick<JsonValue>([[], ['x'], ['x', 'y'], ['z', 1], 'x']),
    map: random.pick<JsonValue>([{ k: 'v', x: 'v' }, {}, { k: 'x', y: 1 }]),
  };
  return Object.fromEntries(Object.entries(all).filter(() => random.chance(0.85)));
}
