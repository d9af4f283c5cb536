/** What a peer may make the guard hold. */
export interface JsonLimits {
  /** Bytes of one line without its end: images travel inside messages. */
  readonly maxLineBytes: number;
  /** Objects and arrays inside one another. */
  readonly maxDepth: number;
}

export const defaultLimits: JsonLimits = { maxLineBytes: 64 * 2 ** 20, maxDepth: 256 };
