import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../protocol';
import { unexpectedArguments } from './unexpected';

const text = { type: 'string' };

describe('arguments that the input schema does not know', () => {
  test.each<[string, JsonObject | undefined, JsonObject, readonly string[]]>([
    ['all, without a schema', undefined, { a: 1 }, ['a']],
    ['none that are listed', { properties: { a: text } }, { a: '' }, []],
    ['those that are not listed', { properties: { a: text } }, { a: '', b: 1 }, ['b']],
    ['also where the schema forgets to forbid them', { properties: {} }, { b: 1 }, ['b']],
    ['none where it wants more', { properties: {}, additionalProperties: true }, { b: 1 }, []],
    ['none where names have a pattern', { properties: {}, patternProperties: { '^x': text } }, { b: 1 }, []],
    ['inside objects', { properties: { o: { properties: { a: text } } } }, { o: { a: '', b: 1 } }, ['o.b']],
    ['but not inside free maps', { properties: { o: { type: 'object' } } }, { o: { b: 1 } }, []],
    [
      'inside lists',
      { properties: { l: { items: { properties: { a: text } } } } },
      { l: [{ a: '' }, { b: 1 }] },
      ['l[1].b'],
    ],
    [
      'inside additional ones',
      { additionalProperties: { properties: { a: text } } },
      { x: { b: 1 } },
      ['x.b'],
    ],
    [
      'through references',
      { $defs: { o: { properties: { a: text } } }, properties: { o: { $ref: '#/$defs/o' } } },
      { o: { b: 1 } },
      ['o.b'],
    ],
    [
      'of all alternatives',
      { anyOf: [{ properties: { a: text } }, { properties: { b: text } }] },
      { a: '', b: '', c: '' },
      ['c'],
    ],
    ['with references in a circle', { properties: { n: { $ref: '#' } } }, { n: { n: { x: 1 } } }, ['n.n.x']],
    [
      'named like what every object has',
      { properties: {} },
      { constructor: 1, toString: 2 },
      ['constructor', 'toString'],
    ],
  ])('arguments that the input schema does not know are found: %s', (_, schema, args, expected) => {
    expect(unexpectedArguments(args, schema)).toEqual(expected);
  });

  test('arguments that the input schema does not know are found where the name is __proto__', () => {
    const args = JSON.parse('{"__proto__": 1}') as JsonObject;
    expect(unexpectedArguments(args, { properties: {} })).toEqual(['__proto__']);
  });
});
