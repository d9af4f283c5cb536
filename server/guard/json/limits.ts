/** Limits on the memory and work that one peer can cost the guard. */
export interface JsonLimits {
  /** Bytes of one line without its end: images travel inside messages. */
  readonly maxLineBytes: number;
  /** Objects and arrays inside one another. */
  readonly maxDepth: number;
  /** Values in one line, at all depths together: each costs many times its bytes once it is parsed. */
  readonly maxValues: number;
  /** Members of one object. */
  readonly maxMembers: number;
  /** Values in one request that policy decides, on which far more work is done. */
  readonly maxDecidedValues: number;
}

export const defaultLimits: JsonLimits = {
  maxLineBytes: 64 * 2 ** 20,
  maxDepth: 256,
  maxValues: 1_000_000,
  maxMembers: 100_000,
  maxDecidedValues: 50_000,
};
