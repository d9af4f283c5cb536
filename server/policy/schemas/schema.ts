import type { JsonValue } from '../../cel';

/** A compiled schema. Schemas refer to each other, in cycles too, so they are filled in after they are made. */
export interface Schema {
  /** Where it is: URL and JSON pointer. */
  readonly location: string;
  /** For `true` and `false`, which allow everything and nothing. */
  always?: boolean;
  /** The accepted types. A value of another type is not checked further. */
  types?: readonly string[];
  checks: readonly Check[];
  /** Draft 2019-09: whether `$recursiveRef` may mean this one instead of its target. */
  recursiveAnchor: boolean;
  dynamicAnchor: string | undefined;
  /** The schemas below, itself included, that a `$dynamicRef` may mean. */
  dynamicAnchors: readonly Schema[];
}

/** The check of one keyword. It reports errors to the visit. */
export type Check = (visit: SchemaVisit) => void;

/** Something that a value is not as its schema wants it. */
export interface SchemaProblem {
  /** A JSON pointer into the value, empty for the value itself. */
  readonly path: string;
  readonly message: string;
  /** True if the problem is a property that `required` demands. */
  readonly missing?: boolean;
}

/** One schema looking at one value. */
export interface SchemaVisit {
  readonly value: JsonValue;
  /** Properties that no keyword has looked at yet; undefined if the value has none left or is no object. */
  unevaluatedProperties: Set<string> | undefined;
  /** The same for items, by index. */
  unevaluatedItems: Set<number> | undefined;
  fail(message: string, missing?: boolean): void;
  add(problems: readonly SchemaProblem[]): void;
  /** Validates a part of the value by another schema. */
  part(schema: Schema, value: JsonValue, name: string | number): readonly SchemaProblem[];
  /**
   * Validates the value itself by another schema. The properties and items that a schema without errors has evaluated
   * count as evaluated here.
   */
  same(schema: Schema): readonly SchemaProblem[];
  /** While this runs, `$dynamicRef` sees neither this schema nor those around it. */
  leavingScope(run: () => void): void;
  /** The target of `$recursiveRef`: the outermost schema that allows it (`$recursiveAnchor`). */
  recursiveTarget(target: Schema): Schema;
  /** The target of `$dynamicRef`: the outermost schema with the same anchor. */
  dynamicTarget(target: Schema, anchor: string): Schema;
}
