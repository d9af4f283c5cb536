/**
 * Runs steps beside each other, as many as there are cores. Steps start in their order, as soon as what they come after
 * has ended and there is a core for them; a step that takes all cores starts when nothing else runs, and those behind
 * it may not overtake it for ever: once it is the first that waits, only steps before it are started.
 * @template {{name: string, after?: readonly string[], cores?: 'all'}} Step
 * @template Result
 * @param {readonly Step[]} steps a step that names one in `after` that is not in the list does not wait for it
 * @param {number} cores how many steps may run at once; at least 1
 * @param {(step: Step) => Promise<Result>} run its promise must not reject
 * @returns {Promise<Result[]>} in the order of the steps
 */
export async function runBesideEachOther(steps, cores, run) {
  const width = Math.max(1, Math.floor(cores));
  const names = new Set(steps.map(({ name }) => name));
  const results = new Map();
  const running = new Map();
  const waiting = [...steps];
  const used = () => [...running.keys()].reduce((sum, step) => sum + needs(step), 0);
  const needs = ({ cores: wanted }) => (wanted === 'all' ? width : 1);
  const isReady = ({ after = [] }) => after.every((name) => !names.has(name) || results.has(name));
  while (waiting.length > 0 || running.size > 0) {
    for (;;) {
      const next = nextOf(waiting, isReady, (step) => used() + needs(step) <= width);
      if (next === undefined) {
        break;
      }
      waiting.splice(waiting.indexOf(next), 1);
      running.set(
        next,
        run(next).then((result) => {
          running.delete(next);
          results.set(next.name, result);
        }),
      );
    }
    if (running.size === 0) {
      throw new Error(`These steps wait for each other: ${waiting.map(({ name }) => name).join(', ')}.`);
    }
    await Promise.race(running.values());
  }
  return steps.map(({ name }) => results.get(name));
}

/** The first step that may start now. One that is ready and takes all cores lets no step behind it pass. */
function nextOf(waiting, isReady, fits) {
  for (const step of waiting) {
    if (!isReady(step)) {
      continue;
    }
    if (fits(step)) {
      return step;
    }
    if (step.cores === 'all') {
      return undefined;
    }
  }
  return undefined;
}
