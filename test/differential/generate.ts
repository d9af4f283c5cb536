import type { JsonObject, JsonValue } from '../../server/policy';
import { principalPolicyName, resourcePolicyName, rolePolicyName } from '../../server/policy/names';
import type { Random } from '../random';
import { condition, libraryCalls, outputValue } from './expressions';
import type { Names } from './expressions';
import type { Feature } from './features';
import {
  actionPatterns,
  actions,
  consentScopes,
  derivedRoleSets,
  kinds,
  looseKinds,
  parentScopes,
  principals,
  roles,
  scopes,
  versions,
} from './vocabulary';
import { attributeSchema, ignoredActions, sharedSchema } from './schemas';
import { formFeatures, forms } from './written';
import type { Form, GeneratedPolicy } from './written';

/** What a rule makes use of. */
export interface RuleFacts {
  readonly features: Set<Feature>;
  /** The roles that it names. */
  readonly roles: readonly string[];
}

export interface GeneratedSet {
  readonly policies: readonly GeneratedPolicy[];
  /** By the rule's fully qualified name. */
  readonly rules: ReadonlyMap<string, RuleFacts>;
  /** The actions that a policy's schemas do not look at, by kind and version, for those with schemas. */
  readonly schemas: ReadonlyMap<string, { readonly ignored: readonly string[] }>;
}

/** Generates a policy set in which every feature occurs. */
export function generateSet(random: Random): GeneratedSet {
  return new Generator(random).generate();
}

const schemaNames = ['one', 'two', 'three', 'four'] as const;
/** What role policies may list. */
const listed = [...actions, 'view:*', 'edit*', 'del*'];
const none: Names = { variables: [], constants: [], derivedRoles: [] };

class Generator {
  readonly #random: Random;
  readonly #policies: GeneratedPolicy[] = [];
  readonly #rules = new Map<string, RuleFacts>();
  readonly #schemas = new Map<string, { ignored: readonly string[] }>();

  constructor(random: Random) {
    this.#random = random;
  }

  generate(): GeneratedSet {
    this.#exports();
    this.#schema('shared', sharedSchema);
    for (const name of schemaNames) this.#schema(name, attributeSchema(this.#random));
    for (const [name, definitions] of Object.entries(derivedRoleSets)) this.#derivedRoles(name, definitions);
    for (const kind of [...kinds, ...looseKinds]) {
      for (const version of versions) {
        if (version === 'v2' && kind !== 'report') continue;
        for (const scope of scopes) {
          if (!parentScopes.has(scope) && this.#random.chance(0.4)) continue;
          this.#resourcePolicy(kind, version, scope);
        }
      }
    }
    for (const principal of principals.slice(0, 2)) {
      for (const scope of ['', 'open', 'consent'] as const)
        this.#principalPolicy(principal, 'default', scope);
    }
    this.#principalPolicy('cat', 'v2', '');
    this.#rolePolicy('clerk', ['scribe'], 'default', 'open');
    this.#rolePolicy('scribe', ['user', 'dev'], 'default', 'open');
    this.#rolePolicy('scribe', ['guest'], 'default', '');
    // The binary keeps the parents of a role for each scope but not for each version: two versions must agree.
    this.#rolePolicy('scribe', ['guest'], 'v2', '');
    this.#add(
      'roles/trainee',
      { rolePolicy: { role: 'trainee', version: 'default', parentRoles: ['user'] } },
      [],
    );
    return { policies: this.#policies, rules: this.#rules, schemas: this.#schemas };
  }

  /** Adds a policy, and what its form is to what its rules make use of. */
  #add(
    path: string,
    policy: JsonObject,
    rules: readonly RuleFacts[],
    form: Form = this.#random.pick(forms),
  ): void {
    const random = this.#random;
    const hasMetadata = random.chance(0.2);
    const written: GeneratedPolicy = {
      path,
      form,
      policy: {
        apiVersion: 'api.cerbos.dev/v1',
        ...(hasMetadata && {
          description: 'generated',
          metadata: { annotations: { a: 'b' }, sourceAttributes: { attributes: { n: 1 } } },
        }),
        ...policy,
      },
    };
    this.#policies.push(written);
    const twin = rules.length > 0 && random.chance(0.15);
    if (twin)
      this.#policies.push({ path: `${path}-disabled`, form: 'block', policy: opposite(written.policy) });
    for (const { features } of rules) {
      for (const feature of formFeatures(written)) features.add(feature);
      if (twin) features.add('policy beside a disabled one');
      if (hasMetadata) features.add('policy with metadata');
    }
  }

  #exports(): void {
    const variables: Record<string, string> = {};
    for (const name of ['far', 'near', 'odd']) variables[name] = condition(this.#random, none, 1);
    variables['both'] = 'V.far && !V.near';
    this.#add('exports/variables', { exportVariables: { name: 'shared.vars', definitions: variables } }, []);
    const constants = { limit: 2, few: 1, nested: { a: [1, 'x'] } };
    this.#add(
      'exports/constants',
      { exportConstants: { name: 'shared-consts', definitions: constants } },
      [],
    );
  }

  #derivedRoles(name: string, definitions: readonly string[]): void {
    const { names, body } = this.#definitions(new Set(), []);
    this.#add(
      `derived/${name}`,
      {
        derivedRoles: {
          name,
          ...body,
          definitions: definitions.map((role) => ({
            name: role,
            parentRoles: role === 'any_reader' ? ['*'] : this.#random.some(roles, 1, 3),
            ...(this.#random.chance(0.85) && { condition: this.#condition(names, new Set()) }),
          })),
        },
      },
      [],
    );
  }

  /** Variables and constants of a policy, and what its expressions can name. */
  #definitions(used: Set<Feature>, derivedRoles: readonly string[]): { names: Names; body: JsonObject } {
    const random = this.#random;
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
      if (expr.includes('jwt')) used.add('claims of a token');
      if (libraryCalls.test(expr)) used.add('function beyond CEL’s own');
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
        // The binary mistakes an output for another rule's that has the same expression under the other key.
        ...(notMet && { conditionNotMet: `["not met", ${outputValue(random, names)}]` }),
      },
    };
  }

  #resourcePolicy(kind: string, version: string, scope: string): void {
    const random = this.#random;
    const used = new Set<Feature>(['resource policy', scope === '' ? 'unscoped policy' : 'scoped policy']);
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
    const policy = resourcePolicyName(kind, version, scope);
    const rules = Array.from({ length: count }, (_, index) =>
      this.#rule(`${policy}#r${index}`, allNames, derivedRoles, loose, used),
    );
    this.#add(
      `resources/${this.#policies.length}`,
      {
        ...(topLevel && { variables: { top: condition(random, { ...names, derivedRoles: [] }, 0) } }),
        resourcePolicy: {
          resource: kind,
          version,
          ...this.#scope(scope),
          importDerivedRoles: imported,
          ...this.#schemasOf(kind, version, scope),
          ...body,
          rules: rules.map(({ rule }) => rule),
        },
      },
      rules.map(({ facts }) => facts),
    );
  }

  #schema(name: string, policy: JsonObject): void {
    this.#policies.push({ path: `_schemas/${name}`, form: 'json', policy });
  }

  /** The schemas of a policy: those of the policy without a scope count for all scopes. */
  #schemasOf(kind: string, version: string, scope: string): JsonObject {
    const random = this.#random;
    if (random.chance(0.5)) return {};
    const one = (): JsonObject => {
      const actions = ignored && { ignoreWhen: { actions: ignored } };
      return { ref: `cerbos:///${random.pick(schemaNames)}.json`, ...actions };
    };
    const ignored = ignoredActions(random);
    if (scope === '') this.#schemas.set(`${kind}/${version}`, { ignored: ignored ?? [] });
    const both = random.chance(0.5);
    return {
      schemas: {
        ...((both || random.chance(0.4)) && { principalSchema: one() }),
        resourceSchema: one(),
      },
    };
  }

  #scope(scope: string): JsonObject {
    return {
      ...(scope !== '' && { scope }),
      ...(consentScopes.has(scope) && {
        scopePermissions: 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS',
      }),
    };
  }

  #fact(fqn: string, features: Set<Feature>, named: readonly string[] = []): RuleFacts {
    const facts = { features, roles: named };
    this.#rules.set(fqn, facts);
    return facts;
  }

  #rule(
    fqn: string,
    names: Names,
    derivedRoles: readonly string[],
    loose: boolean,
    ofPolicy: ReadonlySet<Feature>,
  ): { readonly rule: JsonObject; readonly facts: RuleFacts } {
    const random = this.#random;
    const used = new Set(ofPolicy);
    const effect = random.chance(0.85) ? 'EFFECT_ALLOW' : 'EFFECT_DENY';
    const derived = random.chance(0.45) ? random.some(derivedRoles, 1, loose ? 2 : 1) : [];
    const plain = derived.length === 0 || (loose && random.chance(0.5));
    const own = random.chance(0.35) ? ['*'] : random.some([...roles, 'dev*'], 2, 4);
    const patterns = random.chance(0.3) ? ['*'] : random.some(actionPatterns, 1, 4);
    if (derived.length > 0) used.add('derived role');
    if (derived.includes('any_reader')) used.add('derived role of every role');
    if (plain && own.includes('*')) used.add('role *');
    if (plain && own.includes('dev*')) used.add('glob in a role');
    if (patterns.some((pattern) => /[*{[]/.test(pattern))) used.add('glob in an action');
    const hasCondition = random.chance(effect === 'EFFECT_DENY' ? 0.97 : 0.5);
    if (!hasCondition) used.add('no condition');
    const output = this.#output(names, effect, derived.length + (plain ? 1 : 0));
    const rule: JsonObject = {
      name: fqn.slice(fqn.indexOf('#') + 1),
      actions: patterns,
      effect,
      ...(plain && { roles: own }),
      ...(derived.length > 0 && { derivedRoles: derived }),
      ...(hasCondition && { condition: this.#condition(names, used) }),
      ...(output && { output }),
    };
    return { rule, facts: this.#fact(fqn, used, plain ? own : []) };
  }

  #principalPolicy(principal: string, version: string, scope: string): void {
    const random = this.#random;
    const ofPolicy = new Set<Feature>(['principal policy']);
    if (scope !== '') ofPolicy.add('principal policy of a scope');
    const { names, body } = this.#definitions(ofPolicy, []);
    const policy = principalPolicyName(principal, version, scope);
    const facts: RuleFacts[] = [];
    const rules = ['report', 'album*', 'loose-b'].map((resource) => ({
      resource,
      actions: ['share', 'delete*'].map((action) => {
        const used = new Set(ofPolicy);
        if (resource.includes('*')) used.add('glob in a resource');
        const effect = random.chance(0.5) ? 'EFFECT_ALLOW' : 'EFFECT_DENY';
        const output = this.#output(names, effect, 1);
        const name = `a${facts.length}`;
        facts.push(this.#fact(`${policy}#${name}`, used));
        return {
          action,
          name,
          effect,
          ...(random.chance(0.8) && { condition: this.#condition(names, used) }),
          ...(output && { output }),
        };
      }),
    }));
    this.#add(
      `principals/${principal}-${version}-${scope || 'root'}`,
      { principalPolicy: { principal, version, ...this.#scope(scope), ...body, rules } },
      facts,
    );
  }

  #rolePolicy(role: string, parentRoles: readonly string[], version: string, scope: string): void {
    const random = this.#random;
    const ofPolicy = new Set<Feature>();
    const { names, body } = this.#definitions(ofPolicy, []);
    const policy = rolePolicyName(role, version, scope);
    const facts: RuleFacts[] = [];
    const rules = ['report', 'album*', 'leave_request', 'x*'].map((resource, index) => {
      const used = new Set(ofPolicy);
      const output = this.#output(names, 'EFFECT_ALLOW', 1);
      const name = `entry${index}`;
      if (resource.includes('*')) used.add('glob in a resource');
      facts.push(this.#fact(`${policy}#${name}`, used));
      return {
        resource,
        name,
        allowActions: random.some(listed, 1, 5),
        ...(random.chance(0.5) && { condition: this.#condition(names, used) }),
        ...(output && { output }),
      };
    });
    this.#add(
      `roles/${role}-${version}-${scope || 'root'}`,
      {
        rolePolicy: {
          role,
          version,
          ...(scope !== '' && { scope }),
          parentRoles,
          ...body,
          rules,
        },
      },
      facts,
    );
  }
}

/** A disabled policy of the same name that says the opposite, so that it would be noticed if it counted. */
function opposite(policy: JsonObject): JsonObject {
  const turned = JSON.stringify(policy)
    .replaceAll('"EFFECT_ALLOW"', '"was allowed"')
    .replaceAll('"EFFECT_DENY"', '"EFFECT_ALLOW"')
    .replaceAll('"was allowed"', '"EFFECT_DENY"');
  return { disabled: true, ...(JSON.parse(turned) as JsonObject) };
}
