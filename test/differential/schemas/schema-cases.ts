// Schemas for the attributes of resources, with attributes that are as they want them and others that are not.
import { of } from './schema-case';
import type { SchemaCase } from './schema-case';
import { schemasBeyondKeywords } from './schema-references';

const everyType = ['text', '', 7, 7.5, -0, true, false, null, [], ['a'], {}, { a: 1 }];

/** Schemas that `cerbos 0.55` takes. */
export const schemas: Readonly<Record<string, SchemaCase>> = {
  ...schemasBeyondKeywords,
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
};
