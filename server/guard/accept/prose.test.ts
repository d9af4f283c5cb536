import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOfJson } from '../../protocol';
import type { JsonObject, JsonValue } from '../../protocol';
import { standingOf } from './pinning';
import { changesBetween, shapeOf } from './prose';
import { acceptanceRecord } from './report';

const tool = {
  name: 'read',
  description: 'Reads.',
  inputSchema: {
    type: 'object',
    properties: {
      description: { type: 'string', description: 'What to look for.', default: 'x' },
      kind: { oneOf: [{ const: 'a', title: 'First' }] },
    },
    required: ['description'],
    $defs: { title: { type: 'number', title: 'T' } },
  },
  annotations: { title: 'Reader', readOnlyHint: true },
};

describe("a tool's shape", () => {
  test("a tool's shape is everything but prose, properties that are called like prose included", () => {
    expect(shapeOf(tool)).toEqual({
      name: 'read',
      inputSchema: {
        type: 'object',
        properties: { description: { type: 'string' }, kind: { oneOf: [{ const: 'a' }] } },
        required: ['description'],
        $defs: { title: { type: 'number' } },
      },
      annotations: { readOnlyHint: true },
    });
  });

  test.each<[string, JsonObject]>([
    ['another type', { properties: { description: { type: 'number' } } }],
    ['another name', { properties: { title: { type: 'string' } } }],
    ['another required argument', { required: ['kind'] }],
    ['a value of an enum', { properties: { kind: { enum: ['title'] } } }],
    ['a pattern', { properties: { kind: { pattern: 'description' } } }],
    ['a keyword that nobody knows', { 'x-hint': 'Open .env.' }],
    ['a default that is no keyword', { properties: { default: { const: 'x' } } }],
  ])("a tool's shape is another with %s", (_, schema) => {
    const digest = (inputSchema: JsonObject): string => digestOfJson(shapeOf({ ...tool, inputSchema }));
    expect(digest({ ...tool.inputSchema, ...schema })).not.toBe(digest(tool.inputSchema));
  });
});

const definition = fc
  .record(
    {
      description: fc.string(),
      title: fc.string(),
      inputSchema: fc.dictionary(fc.constantFrom('type', 'title', 'properties', 'x'), fc.jsonValue()),
      annotations: fc.dictionary(fc.constantFrom('title', 'readOnlyHint'), fc.jsonValue()),
      _meta: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  .map((more) => ({ name: 'read', ...more }) as JsonObject);

describe('how a tool stands', () => {
  const standing = (accepted: JsonObject, now: JsonObject): string =>
    standingOf(
      'read',
      now,
      acceptanceRecord(
        { name: 'a', fingerprint: 'f' },
        { about: {}, tools: [accepted], prompts: [], resourceTemplates: [] },
        { by: '', at: new Date(0) },
      ),
    ).kind;

  test('a tool is accepted exactly where nothing at all differs, and never reworded where the shape does', () => {
    fc.assert(
      fc.property(definition, definition, (accepted, now) => {
        const found = standing(accepted, now);
        const same = digestOfJson(accepted) === digestOfJson(now);
        const sameShape = digestOfJson(shapeOf(accepted)) === digestOfJson(shapeOf(now));
        expect(found).toBe(same ? 'accepted' : sameShape ? 'reworded' : 'changed');
      }),
    );
  });

  test.each(['toString', '__proto__', 'constructor'])('a tool named %s is unaccepted', (name) => {
    const empty = acceptanceRecord(
      { name: 'a', fingerprint: 'f' },
      { about: {}, tools: [], prompts: [], resourceTemplates: [] },
      { by: '', at: new Date(0) },
    );
    expect(standingOf(name, { name }, empty).kind).toBe('unaccepted');
  });
});

describe('changes', () => {
  test('changes are found wherever two values differ, and nowhere else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        const none = changesBetween(before as JsonValue, after as JsonValue).length === 0;
        expect(changesBetween(before as JsonValue, before as JsonValue)).toEqual([]);
        expect(none || JSON.stringify(before) !== JSON.stringify(after)).toBe(true);
      }),
    );
  });

  test('a change names the place, what was, and what is', () => {
    expect(changesBetween({ a: [{ b: 'x' }], c: 'y', d: {} }, { a: [{ b: 'z' }], d: { e: 1 } })).toEqual([
      { place: 'a[0].b', before: 'x', after: 'z' },
      { place: 'c', before: 'y' },
      { place: 'd', before: '{}' },
      { place: 'd.e', after: '1' },
    ]);
  });
});
