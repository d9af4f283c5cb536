/**
 * Limits of the work on one call's paths. Beyond them, a path that was not resolved counts as outside the workspace;
 * one that was not even read also counts as protected.
 */
export const workLimits = {
  /** Strings of the arguments, and members' names. */
  strings: 20_000,
  /** Texts that may be paths. */
  candidates: 2_000,
  /** Characters of texts that are looked through for paths. */
  characters: 4_000_000,
  /** Characters of what may be paths, for each reading and each place that it is compared with. */
  pathCharacters: 1_000_000,
  /** Calls of the file system: a few microseconds each. */
  fileCalls: 8_000,
} as const;

type WorkLimits = { readonly [K in keyof typeof workLimits]: number };

/** Counts the work on one call's paths against {@link workLimits}. */
export class Work {
  readonly #limits: WorkLimits;
  strings = 0;
  candidates = 0;
  characters = 0;
  pathCharacters = 0;
  fileCalls = 0;

  constructor(limits: WorkLimits = workLimits) {
    this.#limits = limits;
  }

  /** True once a limit is reached: later texts of this kind are not examined. */
  isSpent(kind: keyof WorkLimits): boolean {
    return this[kind] >= this.#limits[kind];
  }

  /** Takes so much of what is left; false if that is not enough. */
  spend(kind: keyof WorkLimits, amount = 1): boolean {
    if (this[kind] + amount > this.#limits[kind]) {
      this[kind] = Math.max(this[kind], this.#limits[kind]);
      return false;
    }
    this[kind] += amount;
    return true;
  }
}
