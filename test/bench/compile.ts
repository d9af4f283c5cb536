// `gatehouse compile` beside `cerbos compile`, each as a process of its own, from its start to its end.
import { execFile } from 'node:child_process';
import path from 'node:path';
import type { PolicyFile } from '../../server/policy';
import { removePolicies, writePolicies } from '../differential/support/server';
import { cerbosBinary } from '../tools';
import { plainPolicies, policies } from './policy-files';
import { summarize } from './table';
import type { Bench } from './table';

interface Compared {
  readonly name: string;
  readonly files: readonly PolicyFile[];
  readonly rounds: number;
}

const sets: readonly Compared[] = [
  { name: 'two rules, one condition', files: plainPolicies(1), rounds: 11 },
  { name: 'two rules, one condition', files: plainPolicies(1000), rounds: 7 },
  { name: 'five rules, variables, derived roles, output', files: withOneSuite(policies(1)), rounds: 11 },
  // The binary takes more than a minute for them.
  { name: 'five rules, variables, derived roles, output', files: withOneSuite(policies(1000)), rounds: 1 },
];

export const bench: Bench = async () => {
  const rows = [];
  for (const { name, files, rounds } of sets) {
    const directory = await writePolicies(files);
    try {
      const [ours, theirs]: [number[], number[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        ours.push(await timeOf(process.execPath, [path.resolve('dist/cli.js'), 'compile', directory]));
        theirs.push(await timeOf(cerbosBinary(), ['compile', directory]));
      }
      const [own, other] = [summarize(ours).p50, summarize(theirs).p50];
      const count = files.filter(({ path: each }) => /k\d+\.yaml$/.test(each)).length;
      rows.push([name, count, own, other, other / own]);
    } finally {
      await removePolicies(directory);
    }
  }
  return [
    {
      title: 'The whole process of `compile`',
      note:
        'From the start of a process until it has ended: reading a folder, compiling all of it, running the one suite in it, ' +
        'printing. Both take turns; medians.',
      columns: ['each policy', 'policies', 'gatehouse compile (ms)', 'cerbos compile (ms)', 'ratio'],
      rows,
    },
  ];
};

function withOneSuite(files: readonly PolicyFile[]): readonly PolicyFile[] {
  return files.filter(({ path: each }) => !/k[1-9]\d*_test\.yaml$/.test(each));
}

/** Milliseconds from start to end. */
async function timeOf(program: string, args: readonly string[]): Promise<number> {
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    execFile(program, args, (error) => {
      if (error) {
        reject(new Error(`${path.basename(program)} compile failed`, { cause: error }));
      } else {
        resolve();
      }
    });
  });
  return performance.now() - started;
}
