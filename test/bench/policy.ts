// The policy engine beside the real `cerbos`: a check, a cold compilation with its tests, and one edit.
import { execFile } from 'node:child_process';
import {
  checkResource,
  checkResources,
  compilePolicySet,
  parsePolicyFile,
  runSuites,
} from '../../server/policy';
import type { CheckInput, PolicyFile, PolicySet } from '../../server/policy';
import { removePolicies, startServer, writePolicies } from '../differential/support/server';
import type { CerbosServer } from '../differential/support/server';
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
  const set = compiled(files);
  const batches = [1, 20].map((resources) => batchesOf(requests(size, resources), resources));
  // Before the server starts: what it does after its start would take the processor's time and caches.
  const ours = batches.map((each) => ({
    all: measureChecks(set, each),
    one: measureChecks(set, each.map(aboutOneKind)),
  }));
  // `cerbos 0.55` takes long to start with many policies.
  const server = await startServer(directory, mode, 300);
  try {
    const rows: (readonly (string | number)[])[] = [];
    for (const [index, each] of batches.entries()) {
      const measured = ours[index];
      if (!measured) {
        continue;
      }
      const { all, one } = measured;
      const theirs = await measureServer(server, each);
      const resources = each[0]?.length ?? 0;
      const ratio = theirs.p50 / all.p50;
      rows.push([size, resources, all.p50, all.p95, one.p50, theirs.p50, theirs.p95, ratio]);
    }
    return rows;
  } finally {
    await server.stop();
  }
}

function compiled(files: readonly PolicyFile[]): PolicySet {
  const { set } = compilePolicySet(files);
  if (!set) {
    throw new Error('the policies of the benchmark do not compile');
  }
  return set;
}

/** Inputs about so many resources at a time. */
type Batch = readonly CheckInput[];

function batchesOf(inputs: readonly CheckInput[], resources: number): readonly Batch[] {
  const batches: Batch[] = [];
  for (let start = 0; start < inputs.length; start += resources) {
    batches.push(inputs.slice(start, start + resources));
  }
  return batches;
}

function aboutOneKind(batch: Batch): Batch {
  return batch.map((input) => ({ ...input, resource: { ...input.resource, kind: 'kind0' } }));
}

function conditionsOfSize(files: readonly PolicyFile[], size: number): Rows[number] {
  const set = compiled(files);
  const inputs = requests(size, 1);
  const check = measure((at) => checkResource(set, inputs[at] ?? impossible()), inputs.length).p50;
  const bare = contenders.map(({ prepare }) => measure(prepare(inputs, size), inputs.length).p50);
  return [size, check, ...bare, ...bare.map((each) => check / each)];
}

function impossible(): never {
  throw new RangeError('there is no such input');
}

function checkTable(rows: BenchTable['rows']): BenchTable {
  return {
    title: 'A check',
    note:
      'Two actions on each resource, of two roles; five rules with conditions and derived roles in each policy. The engine ' +
      'is called in this process with requests fresh from JSON, the server over HTTP on this machine, one call at a time, its ' +
      'connection kept open. Requests go round all policies in turn, so that with many of them little of a policy is still ' +
      'in the processor’s caches when its turn comes. “One policy”: the same requests, all about one of the policies; ' +
      'what finding the policy among others costs would show there.',
    columns: [
      'policies',
      'resources',
      'engine p50 (µs)',
      'p95 (µs)',
      'one policy, p50 (µs)',
      'cerbos server p50 (µs)',
      'p95 (µs)',
      'server ÷ engine',
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
function measure(action: (at: number) => unknown, count: number): Summary {
  const round = (): number[] => {
    const samples: number[] = [];
    for (let start = 0; start + calls <= count; start += calls) {
      const before = performance.now();
      let given = 0;
      for (let at = start; at < start + calls; at++) {
        if (action(at) !== undefined) {
          given++;
        }
      }
      if (given !== calls) {
        throw new Error('a call gave nothing');
      }
      samples.push(((performance.now() - before) * 1000) / calls);
    }
    return samples;
  };
  for (let warming = 0; warming < 20; warming++) {
    round();
  }
  return summarize(Array.from({ length: 10 }, round).flat());
}

/** One call is too short for the clock, so that a sample is the mean of ten. */
const calls = 10;

/** Microseconds to decide a batch. Requests are made anew for every call, as those of a caller are. */
function measureChecks(set: PolicySet, batches: readonly Batch[]): Summary {
  const round = (): number[] => {
    const samples: number[] = [];
    for (let start = 0; start + calls <= batches.length; start += calls) {
      const asked = batches.slice(start, start + calls).map(anew);
      const before = performance.now();
      let given = 0;
      for (const batch of asked) {
        given += decided(set, batch);
      }
      samples.push(((performance.now() - before) * 1000) / calls);
      if (given !== asked.flat().length) {
        throw new Error('a call gave nothing');
      }
    }
    return samples;
  };
  for (let warming = 0; warming < 20; warming++) {
    round();
  }
  return summarize(Array.from({ length: 10 }, round).flat());
}

/** How many answers deciding a batch gives. */
function decided(set: PolicySet, batch: Batch): number {
  const [only] = batch;
  if (only && batch.length === 1) {
    return Object.keys(checkResource(set, only).actions).length > 0 ? 1 : 0;
  }
  return checkResources(set, batch).length;
}

/** A batch as it comes out of JSON, about one principal. */
function anew(batch: Batch): Batch {
  const read = JSON.parse(JSON.stringify(batch)) as Batch;
  return read.map((input) => ({ ...input, principal: read[0]?.principal ?? input.principal }));
}

async function measureServer(server: CerbosServer, batches: readonly Batch[]): Promise<Summary> {
  const samples: number[] = [];
  for (const warm of [false, true]) {
    for (const batch of batches) {
      const [first] = batch;
      if (!first) {
        continue;
      }
      const body = {
        requestId: 'bench',
        principal: first.principal,
        resources: batch.map(({ resource, actions }) => ({ resource, actions })),
      };
      const before = performance.now();
      await server.check(body);
      if (warm) {
        samples.push((performance.now() - before) * 1000);
      }
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
      if (error) {
        reject(new Error('cerbos compile failed', { cause: error }));
      } else {
        resolve();
      }
    });
  });
  return performance.now() - started;
}
