import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../cel';
import { compilePolicySet } from '../compile-set';
import { checkResource } from '../decide/check';
import type { CheckInput, CheckOutput, SchemaEnforcement } from '../check-types';

// What schemas say of values is tested against Cerbos itself, in test/differential; here is what it would take too long
// over, or not survive, and how the parts fit together.

const policy = (schemas: string, more = ''): string => `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: album
  version: default
${more}  schemas: ${schemas}
  rules:
    - {actions: ["*"], effect: EFFECT_ALLOW, roles: ["*"]}
`;
const forResource = policy('{resourceSchema: {ref: "cerbos:///album.json"}}');
const compiled = (schema: string, ...more: { path: string; text: string }[]) =>
  compilePolicySet([
    { path: 'album.yaml', text: forResource },
    { path: '_schemas/album.json', text: schema },
    ...more,
  ]);

function check(schema: object, attr: JsonObject, enforcement: SchemaEnforcement = 'reject'): CheckOutput {
  const { set, issues } = compiled(JSON.stringify(schema));
  expect(issues).toEqual([]);
  return checkResource(set!, inputWith(attr), { schemaEnforcement: enforcement });
}

function inputWith(attr: JsonObject, more: Partial<CheckInput> = {}): CheckInput {
  const principal = { id: 'ann', roles: ['user'] };
  return { principal, resource: { kind: 'album', id: '1', attr }, actions: ['view', 'edit'], ...more };
}

function effects({ actions }: CheckOutput): readonly string[] {
  return Object.values(actions).map(({ effect }) => effect);
}

describe('enforcement', () => {
  const schema = { properties: { size: { type: 'number' } } };
  const error = { path: '/size', message: 'expected number, but got string', source: 'SOURCE_RESOURCE' };

  test.each([
    ['none', ['EFFECT_ALLOW', 'EFFECT_ALLOW'], []],
    ['warn', ['EFFECT_ALLOW', 'EFFECT_ALLOW'], [error]],
    ['reject', ['EFFECT_DENY', 'EFFECT_DENY'], [error]],
  ] as const)('schemas are enforced as set: %s', (enforcement, expected, validationErrors) => {
    const output = check(schema, { size: 'large' }, enforcement);
    expect(effects(output)).toEqual(expected);
    expect(output.validationErrors).toEqual(validationErrors);
  });

  test('a schema’s rejection has the validation errors, and is explicit', () => {
    expect(check(schema, { size: 'large' }).actions['view']).toEqual({
      effect: 'EFFECT_DENY',
      policy: 'resource.album.vdefault',
      scope: '',
      explicit: true,
      error: 'R.attr[/size]: expected number, but got string',
      bySchema: true,
    });
  });

  test('a schema is not enforced only if all actions are to be ignored', () => {
    const text = policy(
      '{principalSchema: {ref: "cerbos:///album.json", ignoreWhen: {actions: ["view", "list:*"]}}}',
    );
    const files = [
      { path: 'album.yaml', text },
      { path: '_schemas/album.json', text: '{"required": ["team"]}' },
    ];
    const { set } = compilePolicySet(files);
    const asked = (...actions: readonly string[]): number =>
      checkResource(set!, inputWith({}, { actions }), { schemaEnforcement: 'reject' }).validationErrors
        .length;
    expect([asked('view'), asked('view', 'list:all'), asked('view', 'edit'), asked('edit')]).toEqual([
      0, 0, 1, 1,
    ]);
  });

  test('the topmost policy’s schemas hold at every scope', () => {
    const scoped = policy('{resourceSchema: {ref: "cerbos:///other.json"}}', '  scope: acme\n');
    const { set } = compiled(
      '{"required": ["a"]}',
      { path: 'acme.yaml', text: scoped },
      { path: '_schemas/other.json', text: '{"required": ["b"]}' },
    );
    const resource = { kind: 'album', id: '1', scope: 'acme' };
    const { validationErrors } = checkResource(set!, inputWith({}, { resource }), {
      schemaEnforcement: 'warn',
    });
    expect(validationErrors).toMatchObject([{ path: '/', message: "missing properties: 'a'" }]);
  });
});

describe('a schema that cannot be used', () => {
  const issuesOf = (schema: string, ...more: { path: string; text: string }[]) =>
    compiled(schema, ...more).issues;

  test('an unusable schema is reported at the reference in the policy, with the place in its file', () => {
    const [issue] = issuesOf('{\n  "properties": {"a": {"type": "strin"}}\n}');
    expect(issue).toMatchObject({ code: 'invalid-schema', file: 'album.yaml', line: 5, column: 30 });
    expect(issue?.message).toContain(
      'cerbos:///album.json#/properties/a/type: type must be one or several of',
    );
    expect(issue?.related).toMatchObject([{ file: '_schemas/album.json', line: 2, column: 32 }]);
  });

  test.each([
    ['https://example.com/a.json', 'not-supported-yet'],
    ['http://example.com/a.json', 'not-supported-yet'],
    ['https://json-schema.org/draft-07/schema#/definitions/nonNegativeInteger', 'not-supported-yet'],
    ['file:///etc/passwd', 'invalid-schema'],
    ['cerbos:///other.json', 'invalid-schema'],
  ])('a schema that refers to %s is %s', (reference, code) => {
    expect(issuesOf(JSON.stringify({ $ref: reference }))).toMatchObject([{ severity: 'error', code }]);
  });

  test.each([
    ['a file on the network', '{"$ref": "https://example.com/a.json"}', 'none is fetched'],
    ['a file elsewhere on this machine', '{"$ref": "file:///etc/passwd"}', 'none is fetched'],
    ['a file beside the schemas', '{"$ref": "cerbos:///../album.yaml"}', 'does not exist'],
    [
      'a name of its own on the network',
      '{"$id": "https://example.com/", "$ref": "a.json"}',
      'none is fetched',
    ],
    ['no JSON', '{"type": "string",}', '_schemas/album.json:1:19 is not valid JSON: expected a key'],
    ['an empty file', '', 'is not valid JSON: the text ends early'],
    ['a pattern that RE2 does not know', '{"pattern": "(?=a)"}', 'must be a regular expression (RE2)'],
    ['a schema that is itself', '{"$ref": "#"}', 'refers to itself without end'],
  ])('a schema that cannot be used is reported: %s', (_, schema, message) => {
    expect(issuesOf(schema)).toMatchObject([{ message: expect.stringContaining(message) as string }]);
  });

  test.each([
    ['brackets within brackets', `${'{"not":'.repeat(100_000)}true${'}'.repeat(100_000)}`, 'levels deep'],
    ['a number that fills memory', '{"minimum": 1e999999999}', 'too large or too small'],
    ['a number of many digits', `{"minimum": ${'9'.repeat(100_000)}}`, 'too large or too small'],
    ['a huge file', ' '.repeat(5_000_000), '4 MiB'],
  ])('a hostile schema is refused: %s', (_, schema, message) => {
    expect(issuesOf(schema)).toMatchObject([{ message: expect.stringContaining(message) as string }]);
  });

  test('a long chain of references between schemas ends', () => {
    const links = Array.from(
      { length: 20_000 },
      (_, index) => `"l${index}": {"$ref": "#/$defs/l${index + 1}"}`,
    );
    const schema = `{"$ref": "#/$defs/l0", "$defs": {${links.join()}, "l20000": true}}`;
    expect(issuesOf(schema)).toMatchObject([{ message: expect.stringContaining('too deeply') as string }]);
  });

  test('a schema that no policy refers to may be invalid', () => {
    expect(issuesOf('true', { path: '_schemas/draft.json', text: '{' })).toEqual([]);
  });
});

describe('hostile schemas and attributes end, with a denial', () => {
  function denied(output: CheckOutput, message: string): void {
    expect(effects(output)).toEqual(['EFFECT_DENY', 'EFFECT_DENY']);
    expect(output.validationErrors).toMatchObject([
      { path: '/', message: expect.stringContaining(message) as string },
    ]);
  }

  test('a schema with branches in branches ends with a denial', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => {
        const $ref = `#/$defs/b${at + 1}`;
        return [
          `b${at}`,
          {
            anyOf: [
              { $ref, not: {} },
              { $ref, not: {} },
            ],
          },
        ];
      }),
    );
    const schema = { $defs: { ...$defs, b40: false }, properties: { a: { $ref: '#/$defs/b0' } } };
    denied(check(schema, { a: 1 }, 'warn'), 'too complex');
  });

  test('attributes that are nested deeply end with a denial', () => {
    let value: JsonObject = {};
    for (let depth = 0; depth < 5000; depth++) {
      value = { a: value };
    }
    denied(check({ properties: { a: { $ref: '#' } } }, value, 'warn'), 'nested too deeply');
  });

  test('a circle of references that only shows during validation ends with a denial', () => {
    const x = { properties: { p: { $ref: '#/$defs/y' } }, if: true, then: { $ref: '#/$defs/y' } };
    const schema = { $ref: '#/$defs/x', $defs: { x, y: { $ref: '#/$defs/x' } } };
    denied(check(schema, {}, 'warn'), 'infinite loop');
  });

  test('a pattern that is exponential with backtracking ends', () => {
    const output = check(
      { properties: { a: { pattern: '^(([a-z])+.)+[A-Z]([a-z])+$' } } },
      { a: 'a'.repeat(50_000) },
    );
    expect(output.validationErrors).toHaveLength(1);
  });
});

test('a schema is parsed again only if it changes', () => {
  const before = compiled('{"required": ["a"]}');
  const after = compilePolicySet(
    before.files.map((file) =>
      file.path === '_schemas/album.json' ? { ...file, text: '{"required": ["b"]}' } : file,
    ),
    before,
  );
  const options = { schemaEnforcement: 'warn' } as const;
  const missing = ({ set }: typeof before): string | undefined =>
    checkResource(set!, inputWith({}), options).validationErrors[0]?.message;
  expect([missing(before), missing(after)]).toEqual(["missing properties: 'a'", "missing properties: 'b'"]);
  expect(missing(compilePolicySet(after.files, after))).toBe("missing properties: 'b'");
});
