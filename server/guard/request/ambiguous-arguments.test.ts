import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../protocol';
import { ambiguousArguments } from './ambiguous-arguments';

const alike = 'two members whose names differ only in case';
const both = { properties: { id: {}, ID: {} } };

describe('arguments that a server may read otherwise', () => {
  test.each<[string, JsonObject, JsonObject | undefined, string | undefined]>([
    ['honest ones', { path: 'a', paths: ['b'] }, undefined, undefined],
    ['names that differ in case', { path: 'a', Path: 'b' }, undefined, alike],
    ['in an object', { options: { force: 1, FORCE: 2 } }, undefined, alike],
    ['in an object of a list', { edits: [{}, [{ text: 1, Text: 2 }]] }, undefined, alike],
    ['a NUL', { options: { 'path\0x': 1 } }, undefined, 'a member name with a NUL'],
    ['the Kelvin sign', { k: 1, '\u212a': 2 }, undefined, alike],
    ['both declared', { id: 1, ID: 2 }, both, undefined],
    ['one declared', { id: 1, Id: 2 }, both, alike],
    ['a third beside two that are declared', { id: 1, ID: 2, Id: 3 }, both, alike],
    ['both declared, deeper', { o: { id: 1, ID: 2 } }, { properties: { o: both } }, undefined],
    ['both declared, but elsewhere', { o: { id: 1, ID: 2 } }, both, alike],
    [
      'both declared, in a list',
      { l: [{ id: 1, ID: 2 }] },
      { properties: { l: { items: both } } },
      undefined,
    ],
    [
      'both declared, by reference',
      { o: { id: 1, ID: 2 } },
      { properties: { o: { $ref: '#/$defs/both' } }, $defs: { both } },
      undefined,
    ],
    ['a free map', { o: { id: 1, ID: 2 } }, { properties: { o: { additionalProperties: true } } }, alike],
  ])('arguments that a server may read otherwise are found: %s', (_, args, schema, expected) => {
    expect(ambiguousArguments(args, schema)).toBe(expected);
  });

  test('arguments that a server may read otherwise are found below any depth that a schema is read to', () => {
    let args: JsonObject = { a: 1, A: 2 };
    for (let depth = 0; depth < 200; depth++) {
      args = { o: args };
    }
    expect(ambiguousArguments(args, { properties: { o: { $ref: '#' } } })).toBe(alike);
  });
});
