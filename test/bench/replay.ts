// How long a recorded session takes to be decided again by the policies in force.
import { World } from '../support/guard/enforcers';
import { recordsIn, recordSession } from '../support/guard/recorded-session';
import { LayerStore } from '../../server/guard/decide/layers';
import { replay } from '../../server/guard/replay/replay';
import { workspaceKey } from '../../server/protocol';
import type { Bench } from './table';
import { summarize } from './table';

const count = 1000;
const rounds = 20;

export const bench: Bench = async () => {
  const builtinPolicies = `${process.cwd()}/policies`;
  const world = new World({ builtinPolicies });
  try {
    await recordSession(world, count);
    const layers = new LayerStore({
      layout: world.layout,
      builtin: builtinPolicies,
      extra: [],
      workspaceKey: workspaceKey([world.workspace]),
    }).current();
    if (layers.kind === 'broken') {
      throw new Error(layers.reason);
    }
    const answers = { same: 0, differs: 0, 'cannot-tell': 0 };
    const samples: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const start = process.cpuUsage();
      const calls = [...replay(recordsIn(world), layers.policyLayers)];
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
