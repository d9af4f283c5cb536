import { stringify } from 'yaml';
import type { JsonObject, JsonValue, PolicyFile } from '../../server/policy';
import { resourcePolicyName } from '../../server/policy/names';
import { condition, outputValue, principals, roles, words } from './expressions';
import type { Names } from './expressions';
import type { Random } from '../random';

/** A policy as plain data, and the name of its file. */
export interface GeneratedPolicy {
  readonly path: string;
  readonly policy: JsonObject;
}

export interface GeneratedSet {
  readonly policies: readonly GeneratedPolicy[];
  /** What each rule makes use of, by its fully qualified name. */
  readonly features: ReadonlyMap<string, ReadonlySet<Feature>>;
}

/** What the count of the differential test is about. */
export const features = [
  'unscoped policy',
  'scoped policy',
  'scope that overrides its parent',
  'scope that needs its parents’ consent',
  'derived role',
  'exported variable',
  'local variable',
  'top-level variable',
  'exported constant',
  'local constant',
  'expr condition',
  'all condition',
  'any condition',
  'none condition',
  'no condition',
  'output ruleActivated',
  'output conditionNotMet',
  'glob in an action',
  'role *',
  'globals',
  'effective derived roles',
  'default evaluation',
  'strict evaluation',
  'strict evaluation that denied',
  'strict scope search',
  'lenient scope search',
  'lenient scope search that fell back',
  'principal policy',
  'role policy',
  'no rule matched',
  'no policy matched',
] as const;
export type Feature = (typeof features)[number];

/** Kinds of resource that may have rules whose outputs depend on the binary's random order under strict evaluation. */
export const looseKinds = ['loose-b'] as const;
export const kinds = ['album:photo', 'leave-request', 'report', 'x y (z)'] as const;
const scopes = [
  '',
  'open',
  'open.inner',
  'open.inner.most',
  'consent',
  'consent.inner',
  'open.strict',
] as const;
const consentScopes: ReadonlySet<string> = new Set(['consent', 'consent.inner', 'open.strict']);
export const requestScopes = [...scopes, '.', 'open.unknown', 'elsewhere', 'consent.inner.x'] as const;
export const actions = [
  'view',
  'view:public',
  'edit',
  'edit:title:draft',
  'delete',
  'delete_all',
  'share',
] as const;
const actionPatterns = [
  ...actions,
  '*',
  'view:*',
  '**',
  'edit:*:draft',
  'del*',
  '{view,edit}*',
  'edit:**',
] as const;
export const versions = ['default', 'v2'] as const;

const derivedRoleSets = {
  owners: ['owner', 'fan'],
  bosses: ['boss', 'any_reader'],
} as const;

/** Generates a policy set in which every feature occurs. */
export function generateSet(random: Random): GeneratedSet {
  return new Generator(random).generate();
}

class Generator {
  readonly #random: Random;
  readonly #policies: GeneratedPolicy[] = [];
  readonly #features = new Map<string, Set<Feature>>();

  constructor(random: Random) {
    this.#random = random;
  }

  generate(): GeneratedSet {
    this.#exports();
    for (const [name, definitions] of Object.entries(derivedRoleSets)) this.#derivedRoles(name, definitions);
    for (const kind of [...kinds, ...looseKinds]) {
      for (const version of versions) {
        if (version === 'v2' && kind !== 'report') continue;
        for (const scope of scopes) {
          const isParent = scope === '' || scope === 'open' || scope === 'open.inner' || scope === 'consent';
          if (!isParent && this.#random.chance(0.4)) continue;
          this.#resourcePolicy(kind, version, scope);
        }
      }
    }
    for (const principal of principals.slice(0, 2)) {
      for (const scope of ['', 'open', 'consent'] as const) this.#principalPolicy(principal, scope);
    }
    this.#rolePolicy('clerk', 'scribe', 'open');
    this.#rolePolicy('scribe', 'user', 'open');
    this.#rolePolicy('scribe', 'guest', '');
    return { policies: this.#policies, features: this.#features };
  }

  #add(path: string, policy: JsonObject): void {
    this.#policies.push({ path, policy: { apiVersion: 'api.cerbos.dev/v1', ...policy } });
  }

  #exports(): void {
    const none: Names = { variables: [], constants: [], derivedRoles: [] };
    const variables: Record<string, string> = {};
    for (const name of ['far', 'near', 'odd']) variables[name] = condition(this.#random, none, 1);
    variables['both'] = 'V.far && !V.near';
    this.#add('exports/variables.yaml', { exportVariables: { name: 'shared.vars', definitions: variables } });
    const constants = { limit: 2, few: 1, nested: { a: [1, 'x'] } };
    this.#add('exports/constants.json', {
      exportConstants: { name: 'shared-consts', definitions: constants },
    });
  }

  #derivedRoles(name: string, definitions: readonly string[]): void {
    const { names, body } = this.#definitions(new Set(), []);
    this.#add(`derived/${name}.yaml`, {
      derivedRoles: {
        name,
        ...body,
        definitions: definitions.map((role, index) => ({
          name: role,
          parentRoles: index === 1 && name === 'bosses' ? ['*'] : this.#random.some(roles, 1, 3),
          ...(this.#random.chance(0.85) && { condition: this.#condition(names, new Set()) }),
        })),
      },
    });
  }

  /** Variables and constants of a policy, and what its expressions can name. */
  #definitions(used: Set<Feature>, derivedRoles: readonly string[]): { names: Names; body: JsonObject } {
    const random = this.#random;
    const none: Names = { variables: [], constants: [], derivedRoles: [] };
    const variables: string[] = [];
    const constants: string[] = [];
    const local: Record<string, string> = {};
    const body: Record<string, JsonValue> = {};
    if (random.chance(0.6)) {
      variables.push('mine', 'chain');
      local['mine'] = condition(random, none, 1);
      local['chain'] = random.pick(['V.mine', '!V.mine', 'V.mine || R.attr.flag']);
      used.add('local variable');
    }
    const imports = random.chance(0.6);
    if (imports) {
      variables.push('far', 'near', 'odd', 'both');
      used.add('exported variable');
    }
    if (variables.length > 0) {
      body['variables'] = {
        ...(imports && { import: ['shared.vars'] }),
        ...(Object.keys(local).length > 0 && { local }),
      };
    }
    const importsConstants = random.chance(0.5);
    const ownConstants = random.chance(0.5);
    if (importsConstants) {
      constants.push('limit', 'few');
      used.add('exported constant');
    }
    if (ownConstants) {
      constants.push('own');
      used.add('local constant');
    }
    if (constants.length > 0) {
      body['constants'] = {
        ...(importsConstants && { import: ['shared-consts'] }),
        ...(ownConstants && { local: { own: random.below(4) } }),
      };
    }
    return { names: { variables, constants, derivedRoles }, body };
  }

  #condition(names: Names, used: Set<Feature>): JsonObject {
    return { match: this.#match(names, used, 2) };
  }

  #match(names: Names, used: Set<Feature>, depth: number): JsonObject {
    const kind =
      depth > 0 ? this.#random.pick(['expr', 'expr', 'expr', 'all', 'any', 'none'] as const) : 'expr';
    used.add(`${kind} condition`);
    if (kind === 'expr') {
      const expr = condition(this.#random, names, 1);
      if (/\bG\.|globals\./.test(expr)) used.add('globals');
      if (expr.includes('runtime.')) used.add('effective derived roles');
      return { expr };
    }
    const of = Array.from({ length: 1 + this.#random.below(3) }, () => this.#match(names, used, depth - 1));
    return { [kind]: { of } };
  }

  #output(names: Names, effect: string, ways: number): JsonObject | undefined {
    const random = this.#random;
    if (random.chance(0.5)) return undefined;
    if (random.chance(0.15)) return { expr: outputValue(random, names) };
    // Where a rule can match in several ways, which of them a denial meets first is random in the binary.
    const notMet = (effect === 'EFFECT_ALLOW' || ways === 1) && random.chance(0.6);
    return {
      when: {
        ...((!notMet || random.chance(0.5)) && { ruleActivated: outputValue(random, names) }),
        ...(notMet && { conditionNotMet: outputValue(random, names) }),
      },
    };
  }

  #resourcePolicy(kind: string, version: string, scope: string): void {
    const random = this.#random;
    const used = new Set<Feature>([scope === '' ? 'unscoped policy' : 'scoped policy']);
    used.add(
      consentScopes.has(scope) ? 'scope that needs its parents’ consent' : 'scope that overrides its parent',
    );
    const imported = random.some(['owners', 'bosses'] as const, 1, 2);
    const derivedRoles = imported.flatMap((name) => derivedRoleSets[name]);
    const { names, body } = this.#definitions(used, derivedRoles);
    const topLevel = random.chance(0.3);
    const allNames = topLevel ? { ...names, variables: [...names.variables, 'top'] } : names;
    if (topLevel) used.add('top-level variable');
    const count = scope === 'open.inner.most' && random.chance(0.3) ? 0 : 3 + random.below(3);
    const loose = (looseKinds as readonly string[]).includes(kind);
    const rules = Array.from({ length: count }, (_, index) =>
      this.#rule(`r${index}`, allNames, derivedRoles, loose, used, [kind, version, scope]),
    );
    this.#add(`resources/${this.#policies.length}.yaml`, {
      ...(topLevel && { variables: { top: condition(random, { ...names, derivedRoles: [] }, 0) } }),
      resourcePolicy: {
        resource: kind,
        version,
        ...(scope !== '' && { scope }),
        ...(consentScopes.has(scope) && {
          scopePermissions: 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS',
        }),
        importDerivedRoles: imported,
        ...body,
        rules,
      },
    });
  }

  #rule(
    name: string,
    names: Names,
    derivedRoles: readonly string[],
    loose: boolean,
    ofPolicy: ReadonlySet<Feature>,
    [kind, version, scope]: readonly [string, string, string],
  ): JsonObject {
    const random = this.#random;
    const used = new Set(ofPolicy);
    const effect = random.chance(0.85) ? 'EFFECT_ALLOW' : 'EFFECT_DENY';
    const derived = random.chance(0.45) ? random.some(derivedRoles, 1, loose ? 2 : 1) : [];
    const plain = derived.length === 0 || (loose && random.chance(0.5));
    const own = random.chance(0.35) ? ['*'] : random.some([...roles, 'dev*'], 2, 4);
    const patterns = random.chance(0.3) ? ['*'] : random.some(actionPatterns, 1, 4);
    if (derived.length > 0) used.add('derived role');
    if (plain && own.includes('*')) used.add('role *');
    if (patterns.some((pattern) => pattern.includes('*'))) used.add('glob in an action');
    const hasCondition = random.chance(effect === 'EFFECT_DENY' ? 0.97 : 0.62);
    if (!hasCondition) used.add('no condition');
    const rule: JsonObject = {
      name,
      actions: patterns,
      effect,
      ...(plain && { roles: own }),
      ...(derived.length > 0 && { derivedRoles: derived }),
      ...(hasCondition && { condition: this.#condition(names, used) }),
    };
    const output = this.#output(names, effect, derived.length + (plain ? 1 : 0));
    this.#features.set(`${resourcePolicyName(kind, version, scope)}#${name}`, used);
    return output ? { ...rule, output } : rule;
  }

  #principalPolicy(principal: string, scope: string): void {
    const random = this.#random;
    const { names, body } = this.#definitions(new Set(), []);
    this.#add(`principals/${principal}-${scope || 'root'}.yaml`, {
      principalPolicy: {
        principal,
        version: 'default',
        ...(scope !== '' && { scope }),
        ...(consentScopes.has(scope) && {
          scopePermissions: 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS',
        }),
        ...body,
        rules: ['report', 'album:*', 'loose-b'].map((resource) => ({
          resource,
          actions: ['share', 'delete*'].map((action) => {
            const effect = random.chance(0.5) ? 'EFFECT_ALLOW' : 'EFFECT_DENY';
            const output = this.#output(names, effect, 1);
            return {
              action,
              effect,
              ...(random.chance(0.8) && { condition: this.#condition(names, new Set()) }),
              ...(output && { output }),
            };
          }),
        })),
      },
    });
  }

  #rolePolicy(role: string, parent: string, scope: string): void {
    const random = this.#random;
    const { names, body } = this.#definitions(new Set(), []);
    this.#add(`roles/${role}-${scope || 'root'}.yaml`, {
      rolePolicy: {
        role,
        version: 'default',
        ...(scope !== '' && { scope }),
        parentRoles: [parent],
        ...body,
        rules: ['report', 'album:*', 'leave_request'].map((resource, index) => {
          const output = this.#output(names, 'EFFECT_ALLOW', 1);
          return {
            resource,
            name: `entry${index}`,
            allowActions: random.some(['view', 'view:*', 'edit*', 'share', 'delete'], 1, 4),
            ...(random.chance(0.5) && { condition: this.#condition(names, new Set()) }),
            ...(output && { output }),
          };
        }),
      },
    });
  }
}

/** The files that both engines read: YAML and JSON. */
export function filesOf(policies: readonly GeneratedPolicy[]): readonly PolicyFile[] {
  return policies.map(({ path, policy }) => ({
    path,
    text: path.endsWith('.json') ? JSON.stringify(policy) : stringify(policy),
  }));
}

/** Roles without a role policy, which would take most of their rights away. */
const unlimitedRoles = roles.filter((role) => role !== 'scribe' && role !== 'clerk');

/** One resource of one request. */
export interface GeneratedRequest {
  readonly principal: JsonObject;
  readonly resource: JsonObject;
  readonly actions: readonly string[];
}

/** Generates a request; strict evaluation is only asked about kinds whose answers do not depend on random order. */
export function generateRequest(random: Random, strict: boolean): GeneratedRequest {
  const scoped = random.chance(0.7);
  const version = random.chance(0.12) ? random.pick([...versions, 'v9']) : undefined;
  return {
    principal: {
      id: random.pick(principals),
      roles: random.some(random.chance(0.25) ? roles : unlimitedRoles, 1, 3),
      attr: attributes(random),
      ...(random.chance(0.4) && { scope: random.pick(['', 'open', 'consent', 'open.unknown']) }),
    },
    resource: {
      kind: random.chance(0.03)
        ? 'unheard:of'
        : random.pick<string>(strict ? kinds : [...kinds, ...looseKinds]),
      id: random.pick(words),
      attr: attributes(random),
      ...(version !== undefined && { policyVersion: version }),
      ...(scoped && { scope: random.pick(random.chance(0.85) ? scopes : requestScopes) }),
    },
    actions: random.some(actions, 1, 4),
  };
}

function attributes(random: Random): JsonObject {
  const all: Readonly<Record<string, () => JsonValue>> = {
    num: () => random.pick<JsonValue>([0, 1, 2, 3, 4, 5, 2.5, 'two']),
    flag: () => random.pick<JsonValue>([true, false, true, false, null]),
    word: () => random.pick(words),
    tags: () => random.some(words, 0, 3),
    map: () => random.pick<JsonValue>([{ deep: 2 }, { deep: 3, a: 'x' }, { a: { b: 1 } }]),
    time: () =>
      random.pick(['2026-01-01T12:00:00Z', '2025-03-01T00:00:00+02:00', '2026-02-01T00:00:00Z', 'never']),
  };
  const chosen = Object.entries(all).filter(() => random.chance(0.93));
  return Object.fromEntries(chosen.map(([name, make]) => [name, make()]));
}
