// How long a recorded session takes to be decided again by the policies in force.
import { World } from '../support/guard/enforcers';
import { recordSession, replaying } from '../support/guard/recorded-session';
import type { Bench } from './table';
import { summarize } from './table';

const count = 1000;
const rounds = 20;

export const bench: Bench = async () => {
  const builtinPolicies = `${process.cwd()}/policies`;
  const world = new World({ builtinPolicies });
  try {
    await recordSession(world, count);
    const replayed = replaying(world, builtinPolicies);
    const answers = { same: 0, differs: 0, 'cannot-tell': 0 };
    const samples: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const start = process.cpuUsage();
      const calls = replayed();
      samples.push(process.cpuUsage(start).user / 1000);
      if (round === 0) {
        calls.forEach(({ answer }) => (answers[answer] += 1));
      }
    }
    const { p50, max } = summarize(samples);
    const [first] = samples;
    return [
      {
        title: 'A recorded session, decided again by the same policies',
        note: `${count} calls through a guard, two fifths of them with masked values; read from the log, folded and decided, ${rounds} times, in CPU time.`,
        columns: ['calls', 'first (ms)', 'p50 (ms)', 'max (ms)', 'same', 'differ', 'cannot tell'],
        rows: [[count, first, p50, max, answers.same, answers.differs, answers['cannot-tell']]],
      },
    ];
  } finally {
    await world.end();
  }
};
