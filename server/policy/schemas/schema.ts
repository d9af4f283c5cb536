import type { JsonValue } from '../../cel';

/** A compiled schema. Schemas refer to each other, in cycles too, so they are filled in after they are made. */
export interface Schema {
  /** Where it is: URL and JSON pointer. */
  readonly location: string;
  /** For `true` and `false`, which allow everything and nothing. */
  always?: boolean;
  /** What values must be; nothing else is looked at in others. */
  types?: readonly string[];
  checks: readonly Check[];
  /** Draft 2019-09: whether `$recursiveRef` may mean this one instead of its target. */
  recursiveAnchor: boolean;
  dynamicAnchor: string | undefined;
  /** The schemas below, itself included, that a `$dynamicRef` may mean. */
  dynamicAnchors: readonly Schema[];
}

/** What one keyword demands; what is wrong goes to the visit. */
export type Check = (visit: SchemaVisit) => void;

/** Something that a value is not as its schema wants it. */
export interface SchemaProblem {
  /** A JSON pointer into the value, empty for the value itself. */
  readonly path: string;
  readonly message: string;
  /** Whether it is about something that `required` misses. */
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
  /** What another schema finds wrong with a part of the value. */
  part(schema: Schema, value: JsonValue, name: string | number): readonly SchemaProblem[];
  /** What another schema finds wrong with the value itself; what a content one has looked at needs no more looking at. */
  same(schema: Schema): readonly SchemaProblem[];
  /** While this runs, `$dynamicRef` sees neither this schema nor those around it. */
  leavingScope(run: () => void): void;
  /** What `$recursiveRef` means here: the outermost schema that lets itself be meant. */
  recursiveTarget(target: Schema): Schema;
  /** What `$dynamicRef` means here: the outermost schema with the same anchor. */
  dynamicTarget(target: Schema, anchor: string): Schema;
}
