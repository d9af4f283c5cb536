/** A JSON value as the guard's strict parser yields it; never changed after it was parsed. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object. Every member is an own property, `__proto__` included. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}
