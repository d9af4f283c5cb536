import type { CelValue, JsonValue } from './value';
/** JSON as a CEL value: itself. Numbers are doubles. */
export function fromJson(json: JsonValue): CelValue {
  return json;
}
/** A value as Cerbos writes it in outputs, or undefined when it has no JSON form. */
export declare function toJson(value: CelValue): JsonValue | undefined;
