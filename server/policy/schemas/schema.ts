import type { Visit } from './visit';

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
export type Check = (visit: Visit) => void;

/** Something that a value is not as its schema wants it. */
export interface SchemaProblem {
  /** A JSON pointer into the value, empty for the value itself. */
  readonly path: string;
  readonly message: string;
}
