import type { JsonObject } from '../../../../server/policy';
import { rolePolicyName } from '../../../support/policy/names';
import type { Random } from '../../../random';
import type { Feature } from './features';
import { versions } from './vocabulary';
import type { Vocabulary } from './vocabulary';
import { formFeatures, forms } from './written';
import type { Form, GeneratedPolicy } from './written';

/** The features and roles that a rule uses. */
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
  readonly names: Vocabulary;
  /** True if a role has a policy beside a resource policy and at a scope. */
  hasRolePolicy(role: string, resourcePolicy: string, scope: string): boolean;
}

/** A set of policies while it is being generated. */
export class Draft implements GeneratedSet {
  readonly random: Random;
  readonly names: Vocabulary;
  readonly policies: GeneratedPolicy[] = [];
  readonly rules = new Map<string, RuleFacts>();
  readonly schemas = new Map<string, { ignored: readonly string[] }>();
  readonly #rolePolicies = new Set<string>();

  constructor(random: Random, names: Vocabulary) {
    this.random = random;
    this.names = names;
  }

  /** Adds a policy, and what its form is to what its rules make use of. */
  add(
    path: string,
    policy: JsonObject,
    rules: readonly RuleFacts[] = [],
    form: Form = this.random.pick(forms),
  ): void {
    const random = this.random;
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
    this.policies.push(written);
    const twin = rules.length > 0 && random.chance(0.15);
    if (twin) {
      this.policies.push({ path: `${path}-disabled`, form: 'block', policy: opposite(written.policy) });
    }
    for (const { features } of rules) {
      for (const feature of formFeatures(written)) {
        features.add(feature);
      }
      if (twin) {
        features.add('policy beside a disabled one');
      }
      if (hasMetadata) {
        features.add('policy with metadata');
      }
    }
  }

  addRolePolicy(
    role: string,
    version: string,
    scope: string,
    body: JsonObject,
    rules: readonly RuleFacts[] = [],
  ): void {
    this.#rolePolicies.add(rolePolicyName(role, version, scope));
    const rolePolicy = { role, version, ...(scope !== '' && { scope }), ...body };
    this.add(`roles/${this.policies.length}`, { rolePolicy }, rules);
  }

  hasRolePolicy(role: string, resourcePolicy: string, scope: string): boolean {
    const version = versions.find((each) => `${resourcePolicy}/`.includes(`.v${each}/`)) ?? '';
    return this.#rolePolicies.has(rolePolicyName(role, version, scope));
  }

  addSchema(name: string, schema: JsonObject): void {
    this.policies.push({ path: `_schemas/${name}`, form: 'json', policy: schema });
  }

  /** Notes what a rule makes use of, by its fully qualified name. */
  fact(fqn: string, features: Set<Feature>, roles: readonly string[] = []): RuleFacts {
    const facts = { features, roles };
    this.rules.set(fqn, facts);
    return facts;
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
