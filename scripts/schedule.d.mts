// The types of schedule.mjs, for the tests.

/** Runs steps beside each other, as many as there are cores; resolves with their results in the order of the steps. */
export function runBesideEachOther<
  Step extends {
    readonly name: string;
    readonly after?: readonly string[];
    readonly cores?: 'all';
  },
  Result,
>(steps: readonly Step[], cores: number, run: (step: Step) => Promise<Result>): Promise<Result[]>;
