// JSON schemas for the attributes of generated requests, loose enough that many of them are valid.
import type { JsonObject, JsonValue } from '../../../../server/policy';
import type { Random } from '../../../random';
import { words } from './vocabulary';

/** The part that other schemas refer to. */
export const sharedSchema: JsonObject = {
  definitions: {
    word: { type: 'string', minLength: 1, maxLength: 3 },
    tags: { type: 'array', items: { $ref: '#/definitions/word' }, uniqueItems: true },
  },
};
const shared = 'cerbos:///shared.json#/definitions';

/** A schema for attributes. */
export function attributeSchema(random: Random): JsonObject {
  const all: Readonly<Record<string, () => JsonValue>> = {
    num: () =>
      random.pick<JsonObject>([
        { type: 'number' },
        { type: ['number', 'string'], maximum: 4 },
        { type: 'integer', minimum: 0 },
        { multipleOf: 0.5 },
        { anyOf: [{ type: 'integer' }, { const: 2.5 }] },
      ]),
    flag: () =>
      random.pick<JsonObject>([
        { type: ['boolean', 'null'] },
        { type: 'boolean' },
        { not: { const: false } },
      ]),
    word: () =>
      random.pick<JsonObject>([
        { $ref: `${shared}/word` },
        { enum: [...words] },
        { enum: words.slice(0, 5) },
        { pattern: '^[a-c]+$' },
        { type: 'string', minLength: 2 },
      ]),
    tags: () =>
      random.pick<JsonObject>([
        { $ref: `${shared}/tags` },
        { type: 'array', maxItems: 2 },
        { type: 'array', minItems: 1, items: { type: 'string' } },
        { contains: { const: 'a' } },
      ]),
    map: () =>
      random.pick<JsonObject>([
        { type: 'object', required: ['deep'] },
        { type: 'object', properties: { deep: {}, a: {} }, additionalProperties: false },
        { type: 'object', minProperties: 1, maxProperties: 1 },
        { type: 'object', propertyNames: { maxLength: 4 } },
        {
          if: { required: ['a'] },
          then: { properties: { a: { type: 'string' } } },
          else: { required: ['deep'] },
        },
      ]),
    time: () => random.pick<JsonObject>([{ type: 'string' }, { format: 'date-time' }]),
    ip: () =>
      random.pick<JsonObject>([{ type: 'string' }, { anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] }]),
    path: () => random.pick<JsonObject>([{ type: 'string' }, { pattern: '^/' }]),
  };
  const chosen = random.some(Object.entries(all), 2, 4);
  const required = chosen.map(([name]) => name).filter(() => random.chance(0.2));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: Object.fromEntries(chosen.map(([name, make]) => [name, make()])),
    ...(required.length > 0 && { required }),
    ...(random.chance(0.2) && { dependentRequired: { word: ['num'] } }),
  };
}

/** Actions that a policy's schema does not look at, of these patterns. */
export function ignoredActions(random: Random, patterns: readonly string[]): readonly string[] | undefined {
  if (random.chance(0.5)) {
    return undefined;
  }
  return random.chance(0.4) ? ['*'] : random.some(patterns, 1, 3);
}
