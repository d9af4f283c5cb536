import type { JsonObject, JsonValue } from '../../../server/policy';

/** A schema, files that it refers to, and attributes. */
export interface SchemaCase {
  readonly schema: JsonValue;
  /** By their names in `_schemas`. */
  readonly others?: Readonly<Record<string, JsonValue>>;
  readonly attributes: readonly JsonObject[];
}

/** The drafts before the newest. */
export const older = {
  4: 'http://json-schema.org/draft-04/schema#',
  6: 'http://json-schema.org/draft-06/schema#',
  7: 'http://json-schema.org/draft-07/schema#',
  2019: 'https://json-schema.org/draft/2019-09/schema',
} as const;

/** A schema for the one attribute `v`, and values for it. */
export function of(schema: JsonValue, values: readonly JsonValue[], $schema?: string): SchemaCase {
  return {
    schema: { ...($schema !== undefined && { $schema }), properties: { v: schema } },
    attributes: values.map((v) => ({ v })),
  };
}
