// Schemas for the attributes of resources, with attributes that are as they want them and others that are not.
import type { JsonObject, JsonValue } from '../../server/policy';

/** A schema, files that it refers to, and attributes. */
export interface SchemaCase {
  readonly schema: JsonValue;
  /** By their names in `_schemas`. */
  readonly others?: Readonly<Record<string, JsonValue>>;
  readonly attributes: readonly JsonObject[];
}

const older = {
  4: 'http://json-schema.org/draft-04/schema#',
  6: 'http://json-schema.org/draft-06/schema#',
  7: 'http://json-schema.org/draft-07/schema#',
  2019: 'https://json-schema.org/draft/2019-09/schema',
} as const;

/** A schema for the one attribute `v`, and values for it. */
function of(schema: JsonValue, values: readonly JsonValue[], $schema?: string): SchemaCase {
  return {
    schema: { ...($schema !== undefined && { $schema }), properties: { v: schema } },
    attributes: values.map((v) => ({ v })),
  };
}

const everyType = ['text', '', 7, 7.5, -0, true, false, null, [], ['a'], {}, { a: 1 }];

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

/** Schemas that the binary takes. */
export const schemas: Readonly<Record<string, SchemaCase>> = {
  ...references,
  'any attributes': { schema: true, attributes: [{}, { a: 1 }] },
  'no attributes at all': { schema: false, attributes: [{}, { a: 1 }] },
  'no keyword': { schema: {}, attributes: [{ a: 1 }] },

  'one type': of({ type: 'string' }, everyType),
  'several types': of({ type: ['integer', 'null'] }, everyType),
  'whole numbers': of({ type: 'integer' }, [1, 1.5, 1e21, 1e300, -0, 12345678901234567890, 5e-7]),
  'a constant text': of({ const: 'a "b" \u0001 \u00a0 é 🙂 \u202e' }, [
    'a',
    'a "b" \u0001 \u00a0 é 🙂 \u202e',
    1,
  ]),
  'a constant number': of({ const: 1.0 }, [1, 2, '1', true]),
  'a constant in exponents': of({ const: 1.5e3 }, [1500, 1501]),
  'a constant null': of({ const: null }, [null, 0, '']),
  'a constant object': of({ const: { a: [1, { b: null }] } }, [{ a: [1, { b: null }] }, { a: [1] }, 'a']),
  'one choice': of({ enum: ['only'] }, ['only', 'other', 1]),
  'choices of all kinds': of({ enum: ['a', 1, 2.5, true, null] }, ['a', 1, 2.5, true, null, 'b', 0, false]),
  'choices with percent signs': of({ enum: ['50%', '%d', '100%%', '%'] }, ['50%', 'x']),
  'choices of objects': of({ enum: [{ a: 1 }, [1, 2]] }, [{ a: 1 }, [1, 2], [2, 1], 1]),
  'no choice': of({ enum: [] }, ['a']),

  limits: of({ minimum: 1, maximum: 3.5 }, [0, 1, 3.5, 3.6, 1e21, -1e-7, 'text']),
  'numbers in messages': of({ maximum: -1e6, exclusiveMaximum: -0.00001 }, [
    ...[0, 0.5, 123456, 999999.5, 1e6, 1234567, 1234567.5, 123456789, 1e20, 1e21, 1.5e300],
    ...[0.0001, 0.00012, 0.00001, 0.000012345, 1e-7, 0.1, 1 / 3],
  ]),
  'exclusive limits': of({ exclusiveMinimum: 1, exclusiveMaximum: 3 }, [1, 1.1, 3, 123456789012345680000]),
  'limits beyond what numbers hold': of({ maximum: 1e22, minimum: -1e-9 }, [1e22, 1e23, -1e-8]),
  'multiples of decimals': of({ multipleOf: 0.1 }, [0.3, 0.7, 0.35, 1e-7, 0, -1.1]),
  'multiples of whole numbers': of({ multipleOf: 3 }, [9, 10, 1e20]),

  lengths: of({ minLength: 2, maxLength: 3 }, ['', 'a', 'ab', 'abc', 'abcd', '🙂🙂', '🙂🙂🙂🙂', 5]),
  patterns: of({ pattern: '^a\'\\d+"$' }, ['a\'12"', 'a', 'b\n', 1]),
  'patterns that no backtracking engine survives': of({ pattern: '^(a+)+$' }, [`${'a'.repeat(60)}b`, 'aaa']),
  'Unicode categories by their long names': of({ pattern: '^\\p{Letter}+\\p{Decimal_Number}$' }, [
    'ä1',
    'ä',
    '1',
  ]),
  'a length that is no whole number in text': of({ minLength: 2.0 }, ['a', 'ab']),
  base64: of({ contentEncoding: 'base64' }, ['aGk=', 'aGk', 'a-_=', '', 'aG\nk=', 1]),
  'JSON in text': of({ contentMediaType: 'application/json' }, ['{"a":1}', '{', '1', '', 1]),
  'JSON in base64': of(
    { contentEncoding: 'base64', contentMediaType: 'application/json', contentSchema: { required: ['a'] } },
    ['eyJhIjoxfQ==', 'e30=', 'aGk=', '{}', 'MQ=='],
  ),
  'a schema for content of another kind': of(
    { contentMediaType: 'text/plain', contentSchema: { type: 'object' } },
    ['{}', '1'],
  ),

  'numbers of items': of({ minItems: 1, maxItems: 2 }, [[], [1], [1, 2], [1, 2, 3], 'text']),
  'different items': of({ uniqueItems: true }, [
    [1, 2],
    [1, '1', true],
    [1, 2, 1, 2],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    Array.from({ length: 30 }, (_, index) => (index === 27 ? 3 : index)),
  ]),
  'items of one kind': of({ items: { type: 'string' } }, [['a', 1, 'b', null], []]),
  'the first items': of({ prefixItems: [{ type: 'string' }, { type: 'number' }] }, [
    ['a', 1, null],
    [1, 'a'],
    ['a'],
  ]),
  'the first items and no others': of({ prefixItems: [{ type: 'string' }], items: false }, [
    ['a'],
    ['a', 1, 2],
  ]),
  'an item that is there': of({ contains: { type: 'string' } }, [[1, 'a'], [1, 2], []]),
  'how many items are there': of({ contains: { type: 'string' }, minContains: 2, maxContains: 3 }, [
    ['a'],
    ['a', 'b'],
    ['a', 'b', 'c', 'd'],
    [],
  ]),
  'none need be there': of({ contains: { type: 'string' }, minContains: 0 }, [[], [1]]),
  'items that nothing looks at': of(
    { prefixItems: [{ type: 'string' }], contains: { type: 'number' }, unevaluatedItems: false },
    [
      ['a', 1],
      ['a', 1, null, 'b'],
    ],
  ),

  'numbers of properties': of({ minProperties: 1, maxProperties: 2 }, [{}, { a: 1 }, { a: 1, b: 2, c: 3 }]),
  'what must be there': {
    schema: { required: ['owner', "it's", 'toString'] },
    attributes: [{}, { owner: 1, "it's": 1, toString: 1 }, { owner: null }],
  },
  'names that need escaping': {
    schema: { additionalProperties: { type: 'number' } },
    attributes: [{ 'a/b~c': 'x', 'ä b%': 'x', '$&+:=@;,?#[]!*': 'x', constructor: 'x', '\\': 'x' }],
  },
  'properties inside properties': {
    schema: {
      properties: { a: { properties: { b: { items: { properties: { c: { type: 'string' } } } } } } },
    },
    attributes: [{ a: { b: [{ c: 'x' }, { c: 1 }] } }, { a: 1 }],
  },
  'no other properties': {
    schema: {
      properties: { a: true },
      patternProperties: { '^x-': { type: 'string' } },
      additionalProperties: false,
    },
    attributes: [{ a: 1, 'x-b': 'c' }, { b: 1 }, { 'x-b': 1, b: 1, c: 2 }],
  },
  'names of properties': {
    schema: { propertyNames: { maxLength: 3 } },
    attributes: [{ abc: 1 }, { abcd: 1 }],
  },
  'what needs something else': {
    schema: {
      dependentRequired: { card: ['address', 'name'] },
      dependentSchemas: { name: { required: ['birthday'] } },
    },
    attributes: [{ card: 1 }, { name: 1 }, { card: 1, address: 1, name: 1, birthday: 1 }, {}],
  },
  'dependencies, which every draft knows here': {
    schema: { dependencies: { a: ['b'], c: { required: ['d'] } } },
    attributes: [{ a: 1 }, { c: 1 }, { a: 1, b: 1, c: 1, d: 1 }],
  },
  'properties that nothing looks at': {
    schema: {
      allOf: [{ properties: { a: { type: 'string' } } }],
      anyOf: [{ properties: { b: { const: 1 } } }, { properties: { c: { const: 1 } } }],
      if: { properties: { d: { const: 1 } }, required: ['d'] },
      unevaluatedProperties: { type: 'null' },
    },
    attributes: [{ a: 'x', b: 1, c: 2, d: 1 }, { a: 'x', b: 2, c: 1, e: 1 }, { e: null }, { d: 2 }],
  },

  not: of({ not: { type: 'string' } }, ['a', 1]),
  'all of': of({ allOf: [{ minimum: 5 }, { multipleOf: 2 }, { type: 'number' }] }, [6, 3, 4, 7, 'a']),
  'any of': of(
    {
      anyOf: [
        { type: 'string', minLength: 2 },
        { type: 'number', minimum: 5 },
      ],
    },
    ['ab', 'a', 6, 1, null],
  ),
  'one of': of({ oneOf: [{ minimum: 5 }, { multipleOf: 2 }, { type: 'string' }] }, [6, 3, 4, 7, 'a', null]),
  'if and then and else': of({ if: { type: 'number' }, then: { minimum: 5 }, else: { minLength: 2 } }, [
    6,
    3,
    'ab',
    'a',
    null,
  ]),

  formats: {
    schema: {
      properties: Object.fromEntries(
        [
          ...[
            'date-time',
            'date',
            'time',
            'duration',
            'period',
            'hostname',
            'email',
            'ip-address',
            'ipv4',
            'ipv6',
          ],
          ...['uri', 'iri', 'uri-reference', 'uriref', 'iri-reference', 'uri-template', 'regex'],
          ...['json-pointer', 'relative-json-pointer', 'uuid', 'idn-email', 'made-up'],
        ].map((format) => [format, { items: { format } }]),
      ),
    },
    attributes: [
      {
        'date-time': [
          '2026-01-31T12:00:00Z',
          '2026-01-31t12:00:00.5+01:30',
          '2026-02-29T00:00:00Z',
          '2026-01-31',
        ],
        date: ['2024-02-29', '2026-02-29', '2026-13-01', '2026-1-1', '0000-01-01', 5],
        time: [
          '12:00:00Z',
          '23:59:60Z',
          '22:59:60-01:00',
          '12:00:60Z',
          '24:00:00Z',
          '12:00:00',
          '12:00:00.Z',
        ],
        duration: ['P1Y2M3DT4H5M6S', 'P1W', 'P1W1D', 'PT', 'P', 'P1YT', 'P1D2Y', 'PT1S1H', 'p1d', 'P1.5D'],
        period: ['2026-01-31T12:00:00Z/P1D', 'P1D/2026-01-31T12:00:00Z', 'P1D/P1D', '2026-01-31T12:00:00Z'],
        hostname: [
          'example.com',
          'example.com.',
          '-a.b',
          'a.-b',
          'a-.b',
          'a_b',
          '',
          'a'.repeat(64),
          'ex\u00e4mple.com',
        ],
        email: [
          ...[
            'a@b.c',
            'a',
            'a@',
            '@b',
            'a.b@c',
            '.a@b',
            'a.@b',
            'a..b@c',
            '"a b"@c',
            '"a@c',
            'a b@c',
            'a@[1.2.3.4]',
          ],
          ...['a@[IPv6:::1]', 'a@[::1]', 'ä@b.c', 'a@b.', ' a@b', `${'a'.repeat(65)}@b`, "o'neill+x@b.c"],
        ],
        'ip-address': ['1.2.3.4'],
        ipv4: [
          '1.2.3.4',
          '1.2.3',
          '01.2.3.4',
          '256.1.1.1',
          '+1.2.3.4',
          '1.2.3.4.5',
          '0.0.0.00',
          '-1.2.3.4',
          '1.2.3.a',
        ],
        ipv6: [
          '::1',
          '::',
          '1:2:3:4:5:6:7:8',
          '1:2:3:4:5:6:7:8:9',
          '1::2::3',
          '12345::',
          '::1.2.3.4',
          'fe80::1%eth0',
          '1.2.3.4',
        ],
        uri: [
          ...[
            'http://a/b?c#d',
            'a',
            '//a/b',
            'mailto:a@b',
            'http://[::1]/',
            'http://[::1',
            'http://a b/',
            'http://a:b/',
          ],
          ...[
            '1a://b',
            ':a',
            'http://a/%zz',
            'urn:a:b',
            'http://::1/',
            'http://a/\\b',
            'http://ex\u00e4mple/',
            'a:',
          ],
        ],
        iri: ['http://ƒøø.ßår/?∂éœ=πîx#πîüx', 'abc'],
        'uri-reference': ['a', '/a', '#a', '\\a', 'a:b', '1:b', '', 'a b', '%'],
        uriref: ['a'],
        'iri-reference': ['â', '\\'],
        'uri-template': ['http://a/{b}/c', 'http://a/{b', 'http://a/{{b}}', '{a}', 'a}'],
        regex: ['^a+$', '(', '\\p{L}', '(?=a)', '\\Z', 'a{2,1}'],
        'json-pointer': ['', '/a/b~0~1', 'a', '/~', '/~2'],
        'relative-json-pointer': ['0', '1/a', '0#', '01', '#', '-1', '', '2#x'],
        uuid: [
          '2eb8aa08-aa98-11ea-b4aa-73b441d16380',
          '2EB8AA08-AA98-11EA-B4AA-73B441D16380',
          '2eb8aa08aa9811eab4aa73b441d16380',
          '',
        ],
        'idn-email': ['whatever'],
        'made-up': ['whatever'],
      },
    ],
  },

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

/** Schemas that the binary cannot load. */
export const brokenSchemas: Readonly<Record<string, JsonValue>> = {
  'no schema': 'text',
  'a list': [],
  'an unknown type': { type: 'strin' },
  'no type': { type: [] },
  'a type twice': { type: ['string', 'string'] },
  'a property that is no schema': { properties: { a: 1 } },
  'properties as a list': { properties: [] },
  'a limit as text': { minimum: '1' },
  'a negative length': { minLength: -1 },
  'half an item': { minItems: 0.5 },
  'a multiple of nothing': { multipleOf: 0 },
  'no regular expression': { pattern: '(' },
  'looking ahead': { pattern: '(?=a)' },
  'a name that is no regular expression': { patternProperties: { '[': true } },
  'a name twice': { required: ['a', 'a'] },
  'names that are no text': { required: [1] },
  'none of the choices in a list': { enum: 'a' },
  'all of nothing': { allOf: [] },
  'items as a list': { items: [{ type: 'string' }] },
  'a deep mistake': { $defs: { unused: { items: { not: { anyOf: [{ format: 5 }] } } } } },
  'an unknown draft': { $schema: 'https://example.invalid/schema' },
  'a draft that is no text': { $schema: 7 },
  'a reference to nothing': { properties: { a: { $ref: '#/$defs/a' } } },
  'an anchor that is not there': { $ref: '#a' },
  'a file that is not there': { $ref: 'nowhere.json' },
  'an endless reference': { $ref: '#' },
  'an endless circle': {
    $defs: { a: { $ref: '#/$defs/b' }, b: { allOf: [{ $ref: '#/$defs/a' }] } },
    $ref: '#/$defs/a',
  },
  'draft 4 with a boolean schema': { $schema: older[4], not: true },
  'draft 4 with a limit by number': { $schema: older[4], minimum: 1, exclusiveMinimum: 2 },
  'draft 4 exclusive of nothing': { $schema: older[4], exclusiveMinimum: true },
  'draft 7 with no choice': { $schema: older[7], enum: [] },
  'a name of its own with a fragment': { $id: 'cerbos:///a.json#b' },
  'an anchor with a space': { $anchor: 'a b' },
  'two schemas with one name': { $defs: { a: { $id: 'x.json' }, b: { $id: 'x.json' } } },
};
