// Schemas that refer to others, to metaschemas and to themselves, and those of older drafts.
import type { JsonValue } from '../../../server/policy';
import { of, older } from './schema-case';
import type { SchemaCase } from './schema-case';

/** Schemas, right and wrong ones, as attributes that are to be valid by a metaschema. */
const someSchemas: readonly JsonValue[] = [
  ...[
    true,
    1,
    {},
    { type: 'text' },
    { type: ['string', 'string'] },
    { properties: { a: 1, b: { minLength: -1 } } },
  ],
  ...[{ pattern: '(' }, { $ref: 'not a reference' }, { $id: '#a' }, { id: '#a' }, { multipleOf: 0 }],
  ...[
    { items: [{ type: 1 }], allOf: [] },
    { required: ['a', 'a'] },
    { required: [] },
    { exclusiveMaximum: true },
  ],
  ...[{ definitions: { a: { not: 1 } } }, { $defs: { a: { if: 1 } } }, { dependencies: { a: 1, b: ['c'] } }],
  ...[
    { minItems: 1.5, uniqueItems: 'yes', format: 1 },
    { $anchor: '1' },
    { $vocabulary: { 'not a uri': 1 } },
  ],
  ...[{ contentSchema: 1, unevaluatedItems: 1, prefixItems: [1], dependentSchemas: { a: 1 } }],
  ...[{ additionalItems: 1, contains: { enum: 1 }, propertyNames: { const: 1, title: 1 }, $comment: 1 }],
];

const metaschemas = {
  ...older,
  2020: 'https://json-schema.org/draft/2020-12/schema',
  newest: 'http://json-schema.org/schema',
  'older, over TLS': 'https://json-schema.org/draft-07/schema',
  'newer, without TLS': 'http://json-schema.org/draft/2019-09/schema',
} as const;
const vocabularies = [
  ...['core', 'applicator', 'validation', 'meta-data', 'format', 'content'].map(
    (name) => `2019-09/meta/${name}`,
  ),
  ...['core', 'applicator', 'unevaluated', 'validation', 'meta-data', 'format-annotation', 'content'].map(
    (name) => `2020-12/meta/${name}`,
  ),
  '2020-12/meta/core#/$defs/uriString',
  '2020-12/meta/validation#/$defs/stringArray',
];
const references: Readonly<Record<string, SchemaCase>> = Object.fromEntries([
  ...Object.entries(metaschemas).map(([draft, url]) => [
    `a reference to the metaschema ${draft}`,
    of({ $ref: url }, someSchemas),
  ]),
  ...vocabularies.map((name) => [
    `a reference to ${name}`,
    of({ $ref: `https://json-schema.org/draft/${name}` }, [
      ...someSchemas,
      'a',
      'a b',
      ['a', 'b'],
      ['a', 'a'],
      [1],
    ]),
  ]),
]) as Readonly<Record<string, SchemaCase>>;

/** Schemas that `cerbos 0.55` takes, and what makes them special is not a keyword. */
export const schemasBeyondKeywords: Readonly<Record<string, SchemaCase>> = {
  ...references,
  'references within the file': {
    schema: {
      $defs: { name: { $anchor: 'named', type: 'string', minLength: 1 }, 'a/b c': { type: 'number' } },
      properties: {
        a: { $ref: '#/$defs/name', maxLength: 3 },
        b: { $ref: '#named' },
        c: { $ref: '#/$defs/a~1b%20c' },
        d: { $ref: '#/properties/a' },
      },
    },
    attributes: [
      { a: '', b: 1, c: 'x', d: 'long text' },
      { a: 'abc', b: 'b', c: 1, d: 'd' },
    ],
  },
  'references to other files': {
    schema: {
      properties: {
        a: { $ref: 'FOLDER/inner.json' },
        b: { $ref: 'cerbos:///FOLDER/inner.json#/$defs/small' },
      },
    },
    others: {
      'FOLDER/inner.json': { $ref: 'deeper/most.json', $defs: { small: { maximum: 3 } } },
      'FOLDER/deeper/most.json': { type: 'number', $defs: {} },
    },
    attributes: [
      { a: 'x', b: 4 },
      { a: 1, b: 3 },
    ],
  },
  'files that refer to each other': {
    schema: { $ref: 'FOLDER/tree.json' },
    others: {
      'FOLDER/tree.json': { properties: { next: { $ref: 'leaf.json' }, value: { type: 'number' } } },
      'FOLDER/leaf.json': { anyOf: [{ type: 'null' }, { $ref: 'tree.json' }] },
    },
    attributes: [{ next: { next: { next: null, value: 'x' } }, value: 1 }, { next: 5 }],
  },
  'a schema that holds itself': {
    schema: { properties: { child: { $ref: '#' }, name: { type: 'string' } }, additionalProperties: false },
    attributes: [{ child: { child: { name: 1 } } }, { child: { other: 1 } }],
  },
  'names of its own': {
    schema: {
      $id: 'cerbos:///elsewhere/root.json',
      $defs: { a: { $id: 'inner.json', type: 'string', $defs: { b: { $anchor: 'b', type: 'number' } } } },
      properties: {
        x: { $ref: 'inner.json' },
        y: { $ref: 'inner.json#b' },
        z: { $ref: 'cerbos:///elsewhere/inner.json' },
      },
    },
    attributes: [{ x: 1, y: 'x', z: 1 }],
  },
  'dynamic references': {
    schema: {
      $id: 'cerbos:///strict-tree.json',
      $dynamicAnchor: 'node',
      $ref: 'tree.json',
      unevaluatedProperties: false,
      $defs: {
        tree: {
          $id: 'tree.json',
          $dynamicAnchor: 'node',
          properties: { data: true, children: { items: { $dynamicRef: '#node' } } },
        },
      },
    },
    attributes: [{ children: [{ data: 1 }] }, { children: [{ daat: 1 }] }, { x: 1 }],
  },
  'recursive references of 2019-09': {
    schema: {
      $schema: older[2019],
      $id: 'cerbos:///strict-2019.json',
      $recursiveAnchor: true,
      $ref: 'loose-2019.json',
      unevaluatedProperties: false,
      $defs: {
        loose: {
          $id: 'loose-2019.json',
          $recursiveAnchor: true,
          properties: { data: true, children: { items: { $recursiveRef: '#' } } },
        },
      },
    },
    attributes: [{ children: [{ data: 1 }] }, { children: [{ daat: 1 }] }],
  },

  'draft 4: exclusive limits': of(
    {
      minimum: 1,
      exclusiveMinimum: true,
      maximum: 3,
      exclusiveMaximum: false,
      const: 9,
      contains: { type: 'null' },
    },
    [1, 2, 3, 4, []],
    older[4],
  ),
  'draft 4: what a reference hides': {
    schema: {
      $schema: older[4],
      id: 'cerbos:///d4.json',
      definitions: { a: { id: '#a', type: 'string' } },
      properties: { x: { $ref: '#a', maxLength: 1 } },
    },
    attributes: [{ x: 'long' }, { x: 1 }],
  },
  'draft 6: const and contains': of(
    { const: 1, contains: { type: 'null' }, if: { const: 1 }, then: false },
    [1, 2, [1]],
    older[6],
  ),
  'draft 7: if, then, else': of(
    { if: { const: 1 }, then: false, contentEncoding: 'base64' },
    [1, 2, 'a'],
    older[7],
  ),
  'draft 7: items and additionalItems': of(
    { items: [{ type: 'string' }], additionalItems: { type: 'number' } },
    [
      ['a', 1],
      [1, 'a'],
    ],
    older[7],
  ),
  'draft 7: no additionalItems': of({ items: [true], additionalItems: false }, [[1], [1, 2, 3]], older[7]),
  'draft 7: keywords of later drafts': of(
    { dependentRequired: { a: ['b'] }, prefixItems: [false], unevaluatedProperties: false },
    [{ a: 1 }, [1]],
    older[7],
  ),
  '2019-09: items that nothing looks at': of(
    { items: [true], unevaluatedItems: { type: 'null' }, contains: { const: 2 } },
    [[1], [1, 2], [1, null, 2]],
    older[2019],
  ),
  'a dialect of its own, without validation': {
    schema: {
      $schema: 'cerbos:///FOLDER/dialect.json',
      properties: { a: { minimum: 5, format: 'date' } },
      required: ['b'],
    },
    others: {
      'FOLDER/dialect.json': {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: 'cerbos:///FOLDER/dialect.json',
        $vocabulary: {
          'https://json-schema.org/draft/2020-12/vocab/core': true,
          'https://json-schema.org/draft/2020-12/vocab/applicator': true,
        },
      },
    },
    attributes: [{ a: 1 }, { a: 'x' }],
  },
};
