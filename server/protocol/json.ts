/** A JSON value as it travels between guard and window. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object; every member is an own property. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** Tells a JSON object from every other value, arrays and null included. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
