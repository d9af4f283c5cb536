// What schemas say of attributes, against `cerbos 0.55`: which schemas can be used at all, and every validation error.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkResource, compilePolicySet } from '../../../server/policy';
import type { JsonObject, JsonValue, PolicyFile, PolicySet } from '../../../server/policy';
import { removePolicies, startServer, writePolicies } from '../support/server';
import type { CerbosServer } from '../support/server';
import { brokenSchemas } from './broken-schemas';
import { schemas } from './schema-cases';

const names = [...Object.keys(schemas), ...Object.keys(brokenSchemas)];
/** `cerbos 0.55` fails to fetch what they refer to; the engine does not try. */
const fetched = new Set(['an unknown draft']);
const kindOf = (name: string): string => `kind${names.indexOf(name)}`;

function policyFor(kind: string): PolicyFile {
  const text = `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: ${kind}
  version: default
  schemas:
    resourceSchema:
      ref: cerbos:///${kind}.json
      ignoreWhen: {actions: ["free:*", gratis]}
  rules:
    - {actions: ["*"], effect: EFFECT_ALLOW, roles: ["*"]}
`;
  return { path: `${kind}.yaml`, text };
}

/** The policy about a kind, its schema, and what the schema refers to, in a folder of the kind's own. */
function filesFor(name: string): readonly PolicyFile[] {
  const kind = kindOf(name);
  const { schema, others = {} } = schemas[name] ?? { schema: brokenSchemas[name] ?? null };
  const own = (value: JsonValue): string => JSON.stringify(value, null, 2).replaceAll('FOLDER', kind);
  return [
    policyFor(kind),
    { path: `_schemas/${kind}.json`, text: own(schema) },
    ...Object.entries(others).map(([path, value]) => ({
      path: `_schemas/${path.replaceAll('FOLDER', kind)}`,
      text: own(value),
    })),
  ];
}

interface Result {
  readonly actions: Readonly<Record<string, string>>;
  readonly validationErrors?: readonly { path?: string; message: string; source: string }[];
}

const principal = { id: 'somebody', roles: ['user'], attr: {} };

async function askBinary(
  server: CerbosServer,
  name: string,
  attributes: JsonObject,
  actions: string[],
): Promise<Result> {
  const resource = { kind: kindOf(name), id: 'it', attr: attributes };
  const response = await server.check({ principal, resources: [{ resource, actions }] });
  const { results } = response as { results?: readonly Result[] };
  expect(results, JSON.stringify(response)).toHaveLength(1);
  return results![0]!;
}

/** Errors in an order of their own: `cerbos 0.55`'s order is random, also of the names within one message. */
function sorted(errors: Result['validationErrors'] = []): readonly string[] {
  return errors
    .map(({ path = '', message, source }) => {
      const list = /^additionalProperties (.*) not allowed$/s.exec(message)?.[1];
      return `${source} ${path} ${list === undefined ? message : list.split(', ').sort().join()}`;
    })
    .sort();
}

describe.each(['warn', 'reject'] as const)('with enforcement %s', (schemaEnforcement) => {
  let directory: string;
  let server: CerbosServer;

  beforeAll(async () => {
    directory = await writePolicies(names.flatMap(filesFor));
    server = await startServer(directory, {
      name: schemaEnforcement,
      strictEvaluation: false,
      lenientScopeSearch: false,
      globals: {},
      schemaEnforcement,
    });
  });

  afterAll(async () => {
    await server.stop();
    await removePolicies(directory);
  });

  test.each(Object.entries(schemas))(
    'validation errors are those of cerbos 0.55: %s',
    async (name, { attributes }) => {
      const { set, issues } = compilePolicySet(filesFor(name));
      expect(issues).toEqual([]);
      for (const attr of attributes) {
        for (const actions of [
          ['view', 'free:view'],
          ['free:view', 'gratis'],
        ]) {
          const binary = await askBinary(server, name, attr, actions);
          const own = ask(set!, name, attr, actions);
          expect({ attr, ...own }).toEqual({
            attr,
            actions: binary.actions,
            errors: sorted(binary.validationErrors),
          });
        }
      }
    },
  );

  function ask(set: PolicySet, name: string, attr: JsonObject, actions: string[]) {
    const resource = { kind: kindOf(name), id: 'it', attr };
    const output = checkResource(set, { principal, resource, actions }, { schemaEnforcement });
    const effects = Object.entries(output.actions).map(([action, { effect }]) => [action, effect]);
    return {
      actions: Object.fromEntries(effects) as Record<string, string>,
      errors: sorted(output.validationErrors),
    };
  }

  test.each(Object.keys(brokenSchemas))('a schema can not be used by either: %s', async (name) => {
    const { actions, validationErrors } = await askBinary(server, name, {}, ['view']);
    expect(actions['view']).toBe(schemaEnforcement === 'reject' ? 'EFFECT_DENY' : 'EFFECT_ALLOW');
    expect(validationErrors?.[0]?.message).toMatch(/^Failed to load resource schema/);
    const { set, issues } = compilePolicySet(filesFor(name));
    expect(set).toBeUndefined();
    const code = fetched.has(name) ? 'not-supported-yet' : 'invalid-schema';
    expect(issues).toMatchObject([{ code, line: 7, column: 7 }]);
  });
});
