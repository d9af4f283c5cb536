// Policy sets and test suites whose outcome depends on schemas and on tokens, for both programs.
import type { Files } from '../support/policy-text';
import { owners, resource } from '../support/policy-text';

const both =
  '  schemas:\n    principalSchema: {ref: "cerbos:///who.json"}\n    resourceSchema:\n      ref: cerbos:///album.json\n';
const only = '  schemas: {resourceSchema: {ref: "cerbos:///album.json"}}\n';

/** Sets that do not compile because of their schemas. */
export const brokenBySchemas: Readonly<Record<string, Files>> = {
  'schemas that are not there': { 'a.yaml': resource(both) },
  'a schema that is not there': { 'a.yaml': resource(both), '_schemas/who.json': '{}' },
  'a schema that is no JSON': { 'a.yaml': resource(only), '_schemas/album.json': '{' },
  'a schema that is none': { 'a.yaml': resource(only), '_schemas/album.json': '{"type": "strin"}' },
  'a schema that refers to one that is not there': {
    'a.yaml': resource(only),
    '_schemas/album.json': '{"$ref": "other.json"}',
  },
  'a schema of another scheme': { 'a.yaml': resource(only.replace('cerbos:///', 'ftp://host/')) },
  'a schema of a policy at a scope': {
    'a.yaml': resource(),
    'b.yaml': resource(`  scope: acme\n${only}`),
  },
};

/** Sets that compile. */
export const validWithSchemas: Readonly<Record<string, Files>> = {
  'schemas in folders and with other names': {
    'a.yaml': resource(
      both.replace('album.json', 'deep/er/album.schema').replace('who.json', 'who.json#/$defs/a'),
    ),
    '_schemas/deep/er/album.schema': '{"$ref": "../part.json#/$defs/a"}',
    '_schemas/deep/part.json': '{"$defs": {"a": {"type": "object"}}}',
    '_schemas/who.json': '{"$defs": {"a": {"required": []}}}',
    '_schemas/unused.json': 'not JSON',
  },
  'a schema with a host in its name': {
    'a.yaml': resource(only.replace('cerbos:///', 'cerbos://host/')),
    '_schemas/album.json': 'true',
  },
  'an empty list of schemas': { 'a.yaml': resource('  schemas: {}\n'), 'b.yaml': owners },
};

const header = 'apiVersion: api.cerbos.dev/v1\n';
const sized: Files = {
  'book.yaml': `${header}resourcePolicy:
  resource: book
  version: default
  schemas:
    resourceSchema: {ref: "cerbos:///book.json", ignoreWhen: {actions: [draft]}}
  rules:
    - {name: read, actions: [read, draft], effect: EFFECT_ALLOW, roles: [user], output: {when: {ruleActivated: "1"}}}
    - actions: [token]
      effect: EFFECT_ALLOW
      roles: [user]
      condition:
        match: {expr: 'request.auxData.jwts.app.claims.scope == "read" && !("other" in request.auxData.jwts)'}
`,
  '_schemas/book.json': '{"properties": {"pages": {"type": "integer"}}}',
  'book_test.yaml': `name: Books
principals: {ann: {id: ann, roles: [user]}}
resources:
  right: {kind: book, id: "1", attr: {pages: 5}}
  wrong: {kind: book, id: "2", attr: {pages: many}}
auxData:
  one: {jwts: {app: {claims: {scope: read}}}}
  several: {jwts: {app: {claims: {scope: read}}, other: {claims: {}}}}
tests:
  - name: sizes
    input: {principals: [ann], resources: [right, wrong], actions: [read, draft]}
    expected:
      - {principal: ann, resource: right, actions: {read: EFFECT_ALLOW, draft: EFFECT_ALLOW}}
      - {principal: ann, resource: wrong, actions: {read: EFFECT_DENY, draft: EFFECT_DENY}}
  - name: drafts
    input: {principals: [ann], resources: [wrong], actions: [draft]}
    expected:
      - {principal: ann, resource: wrong, actions: {draft: EFFECT_ALLOW}}
  - name: wrongly expected
    input: {principals: [ann], resources: [wrong], actions: [read]}
    expected:
      - {principal: ann, resource: wrong, actions: {read: EFFECT_ALLOW}}
  - name: a token
    input: {principals: [ann], resources: [right], actions: [token], auxData: one}
    expected:
      - {principal: ann, resource: right, actions: {token: EFFECT_ALLOW}}
  - name: several tokens
    input: {principals: [ann], resources: [right], actions: [token], auxData: several}
    expected:
      - {principal: ann, resource: right, actions: {token: EFFECT_DENY}}
`,
};

/** Test suites that schemas have a say in. */
export const suitesWithSchemas: Readonly<
  Record<string, { readonly files: Files; readonly options?: readonly string[] }>
> = {
  'attributes that a schema does not allow, and several tokens': { files: sized },
  'each action by itself, so that some ignore the schema': { files: sized, options: ['--skip-batching'] },
  'schemas ignored': { files: sized, options: ['--ignore-schemas'] },
  'missing schemas ignored': {
    files: { ...sized, '_schemas/book.json': '{' },
    options: ['--ignore-schemas'],
  },
};
