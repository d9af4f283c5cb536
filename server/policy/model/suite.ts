import type { JsonObject, JsonValue } from '../../cel';
import type { AuxDataInput } from '../aux-data/types';
import type { PrincipalInput, ResourceInput } from '../check-types';
import { optionalVersion, scopeName } from './patterns';
import { effect } from './policy';
import { boolean, field, json, list, map, message, text, timestamp } from './schema';
import type { Located, Model } from './schema';

// The messages of test suites and their fixtures, as `cerbos/policy/v1/policy.proto` and `cerbos/engine/v1/engine.proto`
// have them.

const nonEmpty = text({ minLength: 1 });
const fixtureName = text({ minLength: 1, holds: 'fixture' });
const attributes = field(map(json, 1), {
  doc: 'What is known about it, readable as `.attr` in expressions.',
});
const version = field(text({ pattern: optionalVersion, holds: 'version' }), {
  doc: 'The version of policies to apply.',
});
const scope = field(text({ pattern: scopeName, holds: 'scope' }), { doc: 'The scope to start from.' });

export const principal = message('Principal', {
  id: field(nonEmpty, { required: true, doc: 'The principal’s id.' }),
  policyVersion: version,
  roles: field(list(text({ minLength: 1, holds: 'role' })), {
    required: true,
    unique: true,
    doc: 'Its roles.',
  }),
  attr: attributes,
  scope,
});

export const resource = message('Resource', {
  kind: field(text({ minLength: 1, holds: 'kind' }), { required: true, doc: 'The kind of resource.' }),
  policyVersion: version,
  id: field(nonEmpty, { required: true, doc: 'The resource’s id.' }),
  attr: attributes,
  scope,
});

const auxData = message(
  'AuxData',
  {
    jwt: field(map(json), { doc: 'The claims of the request’s token.' }),
    jwts: field(map(message('AuxData.JWT', { claims: field(map(json)) }), 1), {
      doc: 'The claims of several tokens.',
    }),
  },
  [
    {
      message: 'Only one of the jwt or jwts fields must be set',
      holds: ({ jwt, jwts }) => isEmpty(jwt) || isEmpty(jwts),
    },
  ],
);

const principalGroups = field(
  map(
    message('TestFixtureGroup.Principals', {
      principals: field(list(fixtureName), { required: true, unique: true }),
    }),
  ),
  { doc: 'Names for several principals at once.' },
);
const resourceGroups = field(
  map(
    message('TestFixtureGroup.Resources', {
      resources: field(list(fixtureName), { required: true, unique: true }),
    }),
  ),
  { doc: 'Names for several resources at once.' },
);
const principals = field(map(principal), { doc: 'Principals by name.' });
const resources = field(map(resource), { doc: 'Resources by name.' });
const auxDatas = field(map(auxData), { doc: 'Auxiliary data by name.' });

export const principalFixtures = message('TestFixture.Principals', {
  principals,
  principalGroups,
  $schema: field(text()),
});
export const resourceFixtures = message('TestFixture.Resources', {
  resources,
  resourceGroups,
  $schema: field(text()),
});
export const auxDataFixtures = message('TestFixture.AuxData', { auxData: auxDatas, $schema: field(text()) });

const options = message('TestOptions', {
  now: field(timestamp, {
    doc: 'What `now()` is; without it, an expression that reads the clock fails the test.',
  }),
  lenientScopeSearch: field(boolean, { doc: 'Whether a missing scope falls back to its ancestors.' }),
  globals: field(map(json), { doc: 'Values by name, readable as `G.name`.' }),
  defaultPolicyVersion: field(text(), { doc: 'The version for principals and resources that name none.' }),
  defaultScope: field(text(), { doc: 'The scope for principals and resources that name none.' }),
  strictEvaluation: field(boolean, { doc: 'Whether an expression that cannot be evaluated denies.' }),
});
const optionsField = field(options, { doc: 'How the engine is set; a test’s options replace the suite’s.' });

const fixtureNames = (what: string) => field(list(fixtureName), { unique: true, doc: `Names of ${what}.` });
const skip = field(boolean, { doc: 'Whether to leave it out.' });
const skipReason = field(text(), { doc: 'Why it is left out.' });

const input = message(
  'TestTable.Input',
  {
    principals: fixtureNames('principals'),
    principalGroups: fixtureNames('groups of principals'),
    resources: fixtureNames('resources'),
    resourceGroups: fixtureNames('groups of resources'),
    actions: field(list(text({ minLength: 1, holds: 'action' })), {
      required: true,
      unique: true,
      doc: 'The actions to try.',
    }),
    auxData: field(text({ holds: 'fixture' }), { doc: 'The name of the auxiliary data.' }),
  },
  [
    {
      message: 'principals or principalGroups must be present',
      holds: (value) => !isEmpty(value['principals']) || !isEmpty(value['principalGroups']),
    },
    {
      message: 'resources or resourceGroups must be present',
      holds: (value) => !isEmpty(value['resources']) || !isEmpty(value['resourceGroups']),
    },
  ],
);

const outputEntry = message('OutputEntry', {
  src: field(text(), { doc: 'The rule, such as `resource.album.vdefault#name`.' }),
  val: field(json, { doc: 'The value it must hand back.' }),
  action: field(text()),
  error: field(text()),
});

const expectation = message(
  'TestTable.Expectation',
  {
    principal: field(text({ holds: 'fixture' }), { doc: 'The name of the principal.' }),
    principals: fixtureNames('principals'),
    principalGroups: fixtureNames('groups of principals'),
    resource: field(text({ holds: 'fixture' }), { doc: 'The name of the resource.' }),
    resources: fixtureNames('resources'),
    resourceGroups: fixtureNames('groups of resources'),
    actions: field(map(effect, 1), { required: true, doc: 'The effect that each action must have.' }),
    outputs: field(
      list(
        message('TestTable.OutputExpectations', {
          action: field(text({ minLength: 1, holds: 'action' }), { required: true }),
          expected: field(list(outputEntry), { required: true, doc: 'What the rules must hand back.' }),
        }),
      ),
      { doc: 'What the decisions must say beyond their effects.' },
    ),
  },
  [
    {
      message: 'principal, principals, or principalGroups must be present',
      holds: (value) => ['principal', 'principals', 'principalGroups'].some((name) => !isEmpty(value[name])),
    },
    {
      message: 'principal and principals may not both be present',
      holds: (value) => isEmpty(value['principal']) || isEmpty(value['principals']),
    },
    {
      message: 'resource, resources, or resourceGroups must be present',
      holds: (value) => ['resource', 'resources', 'resourceGroups'].some((name) => !isEmpty(value[name])),
    },
    {
      message: 'resource and resources may not both be present',
      holds: (value) => isEmpty(value['resource']) || isEmpty(value['resources']),
    },
  ],
);

const testTable = message('TestTable', {
  name: field(nonEmpty, { required: true, doc: 'The test’s name, unique within the suite.' }),
  description: field(text()),
  skip,
  skipReason,
  input: field(input, { required: true, doc: 'What is tried: every principal with every resource.' }),
  expected: field(list(expectation), {
    required: true,
    doc: 'What must come out; what is not mentioned must be denied.',
  }),
  options: optionsField,
});

export const testSuite = message('TestSuite', {
  name: field(nonEmpty, { required: true, doc: 'The suite’s name.' }),
  description: field(text()),
  skip,
  skipReason,
  options: optionsField,
  principals,
  principalGroups,
  resources,
  resourceGroups,
  auxData: auxDatas,
  tests: field(list(testTable), { required: true, doc: 'The tests.' }),
  $schema: field(text()),
});

export type Principal = Model<typeof principal>;
export type Resource = Model<typeof resource>;
export type AuxData = Model<typeof auxData>;
export type PrincipalFixtures = Model<typeof principalFixtures>;
export type ResourceFixtures = Model<typeof resourceFixtures>;
export type AuxDataFixtures = Model<typeof auxDataFixtures>;
export type TestSuite = Model<typeof testSuite>;
export type TestTable = Model<typeof testTable>;
export type Expectation = Model<typeof expectation>;
export type TestOptions = Model<typeof options>;

/** Values by name as an object without a prototype, so that any name is a key. */
export function toObject(values: ReadonlyMap<string, Located<JsonValue>> | undefined): JsonObject {
  const object = Object.create(null) as Record<string, JsonValue>;
  for (const [name, { value }] of values ?? []) {
    object[name] = value;
  }
  return object;
}

export function principalInput({ id, roles, attr, policyVersion, scope }: Principal): PrincipalInput {
  return {
    id: id?.value ?? '',
    roles: (roles?.value ?? []).map(({ value }) => value),
    attr: toObject(attr?.value),
    policyVersion: policyVersion?.value ?? '',
    scope: scope?.value ?? '',
  };
}

export function resourceInput({ kind, id, attr, policyVersion, scope }: Resource): ResourceInput {
  return {
    kind: kind?.value ?? '',
    id: id?.value ?? '',
    attr: toObject(attr?.value),
    policyVersion: policyVersion?.value ?? '',
    scope: scope?.value ?? '',
  };
}

export function auxDataInput({ jwt, jwts }: AuxData): AuxDataInput {
  const tokens = Object.create(null) as Record<string, { readonly claims: JsonObject }>;
  for (const [name, { value }] of jwts?.value ?? []) {
    tokens[name] = { claims: toObject(value.claims?.value) };
  }
  return { jwt: toObject(jwt?.value), ...(jwts && { jwts: tokens }) };
}

/** True if a field is missing or holds the zero of its type: `cerbos 0.55` does not tell these apart. */
export function isEmpty(located: Located<unknown> | undefined): boolean {
  const value = located?.value;
  if (value === undefined || value === null || value === '' || value === false) {
    return true;
  }
  if (Array.isArray(value)) {
    return value.length === 0;
  }
  return value instanceof Map && value.size === 0;
}
