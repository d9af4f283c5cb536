// The policy engine beside the real `cerbos`: a check, a cold compilation with its tests, and one edit.
import { execFile } from 'node:child_process';
import { checkResource, compilePolicySet, parsePolicyFile, runSuites } from '../../server/policy';
import type { CheckInput, PolicyFile } from '../../server/policy';
import { removePolicies, startServer, writePolicies } from '../differential/server';
import type { CerbosServer } from '../differential/server';
import { cerbosBinary } from '../tools';
import { contenders } from './policy-conditions';
import { policies, policy, requests } from './policy-files';
import { measureMemory } from './policy-memory';
import { summarize } from './table';
import type { Bench, BenchTable, Summary } from './table';

/** How many resource policies there are; each has a test suite, and all share one set of derived roles. */
const sizes = [1, 100, 1000] as const;

const mode = { name: 'bench', strictEvaluation: false, lenientScopeSearch: false, globals: {} };

type Rows = (readonly (string | number)[])[];

export const bench: Bench = async () => {
  const checks: Rows = [];
  const conditions: Rows = [];
  const compilations: Rows = [];
  const memory: Rows = [];
  for (const size of sizes) {
    const files = policies(size);
    const directory = await writePolicies(files);
    try {
      checks.push(...(await checksOf(files, directory, size)));
      conditions.push(conditionsOfSize(files, size));
      const { cold, edit } = measureCompilation(files);
      const theirs = await measureBinary(directory);
      compilations.push([size, cold, theirs, theirs / cold, edit, (100 * edit) / cold]);
      const all = await measureMemory(files, 'everything');
      const deciding = await measureMemory(files, 'what decides');
      const without = await measureMemory(files, 'nothing');
      memory.push([
        size,
        all.heap,
        deciding.heap,
        without.heap,
        all.process,
        deciding.process,
        without.process,
      ]);
    } finally {
      await removePolicies(directory);
    }
  }
  return [
    checkTable(checks),
    conditionTable(conditions),
    compilationTable(compilations),
    memoryTable(memory),
  ];
};

async function checksOf(files: readonly PolicyFile[], directory: string, size: number): Promise<Rows> {
  const { set } = compilePolicySet(files);
  if (!set) throw new Error('the policies of the benchmark do not compile');
  // The binary takes long to start with many policies.
  const server = await startServer(directory, mode, 300);
  const rows: Rows = [];
  try {
    for (const resources of [1, 20]) {
      const inputs = requests(size, resources);
      const ours = measure((at) => checkResource(set, inputs[at] ?? impossible()), inputs.length, resources);
      const theirs = await measureServer(server, inputs, resources);
      rows.push([size, resources, ours.p50, ours.p95, theirs.p50, theirs.p95, theirs.p50 / ours.p50]);
    }
  } finally {
    await server.stop();
  }
  return rows;
}

function conditionsOfSize(files: readonly PolicyFile[], size: number): Rows[number] {
  const { set } = compilePolicySet(files);
  if (!set) throw new Error('the policies of the benchmark do not compile');
  const inputs = requests(size, 1);
  const check = measure((at) => checkResource(set, inputs[at] ?? impossible()), inputs.length, 1).p50;
  const bare = contenders.map(({ prepare }) => measure(prepare(inputs, size), inputs.length, 1).p50);
  return [size, check, ...bare, ...bare.map((each) => check / each)];
}

function impossible(): never {
  throw new RangeError('there is no such input');
}

function checkTable(rows: BenchTable['rows']): BenchTable {
  return {
    title: 'A check',
    note:
      'Two actions on each resource; five rules with conditions and derived roles in each policy. The engine is called in ' +
      'this process, the server over HTTP on this machine, one call at a time, its connection kept open.',
    columns: [
      'policies',
      'resources',
      'engine p50 (µs)',
      'p95 (µs)',
      'cerbos server p50 (µs)',
      'p95 (µs)',
      'ratio of p50',
    ],
    rows,
  };
}

function conditionTable(rows: BenchTable['rows']): BenchTable {
  return {
    title: 'A check and its conditions by themselves',
    note:
      'A check of two actions on one resource, beside all six conditions of its policy, each evaluated once with bindings ' +
      'made beforehand: what a check costs beyond its expressions, rules, roles and the answer included.',
    columns: [
      'policies',
      'check p50 (µs)',
      ...contenders.map(({ name }) => `conditions, ${name} (µs)`),
      ...contenders.map(({ name }) => `check ÷ conditions of ${name}`),
    ],
    rows,
  };
}

function compilationTable(rows: BenchTable['rows']): BenchTable {
  return {
    title: 'Compiling policies and running their tests',
    note:
      'Cold: from the files’ text to the results of all suites, the best of three, without starting a process; the binary ' +
      'includes its start. An edit: one policy changes; it is read again, the set is compiled with the earlier compilation ' +
      'at hand, its suite runs; the best of fifteen. Half of the expressions are a policy’s own, half are those of all others.',
    columns: [
      'policies',
      'engine (ms)',
      'cerbos compile (ms)',
      'ratio',
      'one edit (ms)',
      'share of cold (%)',
    ],
    rows,
  };
}

function memoryTable(rows: BenchTable['rows']): BenchTable {
  return {
    title: 'Memory of compiled policies',
    note:
      'A fresh process that compiles the policies, runs their tests and collects garbage. Everything: files, models, ' +
      'suites and rules, as the language server keeps them. To decide: the rules alone, as the guard keeps them, which never reads suites. Nothing: ' +
      'Node.js and the engine’s code, after the same work.',
    columns: [
      'policies',
      'heap, everything (MB)',
      'to decide (MB)',
      'nothing (MB)',
      'process, everything (MB)',
      'to decide (MB)',
      'nothing (MB)',
    ],
    rows,
  };
}

/** Microseconds for each call of so many of the inputs. */
function measure(action: (at: number) => unknown, count: number, resources: number): Summary {
  const round = (): number[] => {
    const samples: number[] = [];
    // One call is too short for the clock, so that a sample is the mean of ten.
    const calls = 10;
    for (let start = 0; start + calls * resources <= count; start += calls * resources) {
      const before = performance.now();
      let given = 0;
      for (let at = start; at < start + calls * resources; at++) if (action(at) !== undefined) given++;
      if (given !== calls * resources) throw new Error('a call gave nothing');
      samples.push(((performance.now() - before) * 1000) / calls);
    }
    return samples;
  };
  for (let warming = 0; warming < 20; warming++) round();
  return summarize(Array.from({ length: 10 }, round).flat());
}

async function measureServer(server: CerbosServer, inputs: readonly CheckInput[], resources: number) {
  const samples: number[] = [];
  for (const warm of [false, true]) {
    for (let start = 0; start < inputs.length; start += resources) {
      const batch = inputs.slice(start, start + resources);
      const [first] = batch;
      if (!first) continue;
      const body = {
        requestId: 'bench',
        principal: first.principal,
        resources: batch.map(({ resource, actions }) => ({ resource, actions })),
      };
      const before = performance.now();
      await server.check(body);
      if (warm) samples.push((performance.now() - before) * 1000);
    }
  }
  return summarize(samples);
}

/** Milliseconds from text to test results, and for one edit. */
function measureCompilation(files: readonly PolicyFile[]): { readonly cold: number; readonly edit: number } {
  const cold: number[] = [];
  const edits: number[] = [];
  for (let round = 0; round < 3; round++) {
    const started = performance.now();
    let compiled = compilePolicySet(files);
    if (!compiled.set || runSuites(compiled.set, compiled.suites).summary.result !== 'passed') {
      throw new Error('the tests of the benchmark do not pass');
    }
    cold.push(performance.now() - started);
    for (let edit = 0; edit < 5; edit++) {
      const edited = performance.now();
      const changed = parsePolicyFile({
        path: 'kinds/k0.yaml',
        text: `${policy(0)}# edit ${round}-${edit}\n`,
      });
      const again = compilePolicySet(
        compiled.files.map((file) => (file.path === changed.path ? changed : file)),
        compiled,
      );
      const suites = again.suites.filter(({ file }) => file.path === 'kinds/k0_test.yaml');
      if (!again.set || runSuites(again.set, suites).summary.result !== 'passed') {
        throw new Error('the tests of the edited policy do not pass');
      }
      edits.push(performance.now() - edited);
      compiled = again;
    }
  }
  return { cold: Math.min(...cold), edit: Math.min(...edits) };
}

async function measureBinary(directory: string): Promise<number> {
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    execFile(cerbosBinary(), ['compile', '--output=json', directory], { maxBuffer: 2 ** 28 }, (error) => {
      if (error) reject(new Error('cerbos compile failed', { cause: error }));
      else resolve();
    });
  });
  return performance.now() - started;
}
