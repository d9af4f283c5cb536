// The policy engine beside the real `cerbos`: a check, a cold compilation with its tests, and one edit.
import { execFile } from 'node:child_process';
import { checkResource, compilePolicySet, parsePolicyFile, runSuites } from '../../server/policy';
import type { CheckInput, PolicyFile } from '../../server/policy';
import { removePolicies, startServer, writePolicies } from '../differential/server';
import type { CerbosServer } from '../differential/server';
import { cerbosBinary } from '../tools';
import { summarize } from './table';
import type { Bench, BenchTable } from './table';

/** How many resource policies there are; each has a test suite, and all share one set of derived roles. */
const sizes = [1, 100, 1000] as const;

const mode = { name: 'bench', strictEvaluation: false, lenientScopeSearch: false, globals: {} };

export const bench: Bench = async () => {
  const checks: (readonly (string | number)[])[] = [];
  const compilations: (readonly (string | number)[])[] = [];
  for (const size of sizes) {
    const files = policies(size);
    const directory = await writePolicies(files);
    try {
      const { set } = compilePolicySet(files);
      if (!set) throw new Error('the policies of the benchmark do not compile');
      // The binary takes long to start with many policies.
      const server = await startServer(directory, mode, 300);
      try {
        for (const resources of [1, 20]) {
          const inputs = requests(size, resources);
          const ours = measureEngine((input) => void checkResource(set, input), inputs, resources);
          const theirs = await measureServer(server, inputs, resources);
          checks.push([size, resources, ours.p50, ours.p95, theirs.p50, theirs.p95, theirs.p50 / ours.p50]);
        }
      } finally {
        await server.stop();
      }
      const { cold, edit } = measureCompilation(files);
      const theirs = await measureBinary(directory);
      compilations.push([size, cold, theirs, theirs / cold, edit, (100 * edit) / cold]);
    } finally {
      await removePolicies(directory);
    }
  }
  return [checkTable(checks), compilationTable(compilations)];
};

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

function compilationTable(rows: BenchTable['rows']): BenchTable {
  return {
    title: 'Compiling policies and running their tests',
    note:
      'Cold: from the files’ text to the results of all suites, the best of three, without starting a process; the binary ' +
      'includes its start. An edit: one policy changes; it is read again, everything is linked, its suite runs.',
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

function policies(count: number): PolicyFile[] {
  const files: PolicyFile[] = [
    {
      path: 'roles.yaml',
      text: `apiVersion: api.cerbos.dev/v1
derivedRoles:
  name: owners
  definitions:
    - name: owner
      parentRoles: [user]
      condition: {match: {expr: R.attr.owner == P.id}}
    - name: colleague
      parentRoles: [user]
      condition: {match: {expr: R.attr.team in P.attr.teams}}
`,
    },
  ];
  for (let index = 0; index < count; index++) {
    files.push(
      { path: `kinds/k${index}.yaml`, text: policy(index) },
      { path: `kinds/k${index}_test.yaml`, text: suite(index) },
    );
  }
  return files;
}

function policy(index: number): string {
  return `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: kind${index}
  version: default
  importDerivedRoles: [owners]
  variables:
    local:
      fresh: timestamp(R.attr.created) > timestamp("2026-01-01T00:00:00Z")
      limit: 10 + ${index}
  rules:
    - actions: ["view", "view:*"]
      effect: EFFECT_ALLOW
      roles: ["*"]
      condition: {match: {expr: R.attr.public == true}}
    - actions: ["view", "edit", "share"]
      effect: EFFECT_ALLOW
      derivedRoles: [owner]
    - actions: ["view", "comment"]
      effect: EFFECT_ALLOW
      derivedRoles: [colleague]
      condition:
        match:
          any:
            of:
              - expr: V.fresh
              - expr: R.attr.tags.exists(tag, tag == "open")
    - actions: ["delete*"]
      effect: EFFECT_ALLOW
      roles: [admin]
      output: {when: {ruleActivated: '{"why": "admin", "limit": V.limit}'}}
    - actions: ["*"]
      effect: EFFECT_DENY
      roles: ["*"]
      condition: {match: {expr: has(R.attr.locked) && R.attr.locked}}
`;
}

function suite(index: number): string {
  return `name: Kind ${index}
principals:
  ann: {id: ann, roles: [user], attr: {teams: [red]}}
  bob: {id: bob, roles: [admin]}
resources:
  hers: {kind: kind${index}, id: "1", attr: {owner: ann, team: red, public: false, created: "2026-02-01T00:00:00Z", tags: []}}
  locked: {kind: kind${index}, id: "2", attr: {owner: ann, team: red, public: true, locked: true, created: "2026-02-01T00:00:00Z"}}
tests:
  - name: rights
    input: {principals: [ann, bob], resources: [hers, locked], actions: [view, edit, delete]}
    expected:
      - {principal: ann, resource: hers, actions: {view: EFFECT_ALLOW, edit: EFFECT_ALLOW}}
      - {principal: bob, resource: hers, actions: {delete: EFFECT_ALLOW}}
`;
}

/** Batches of inputs that go through many of the policies. */
function requests(size: number, resources: number): readonly CheckInput[] {
  return Array.from({ length: 200 * resources }, (_, index) => ({
    principal: { id: 'ann', roles: ['user', 'guest'], attr: { teams: ['red', 'blue'] } },
    resource: {
      kind: `kind${(index * 7) % size}`,
      id: String(index),
      attr: {
        owner: index % 3 === 0 ? 'ann' : 'eve',
        team: 'red',
        public: index % 4 === 0,
        created: '2025-02-01T00:00:00Z',
        tags: ['a', 'b', index % 2 === 0 ? 'open' : 'c'],
      },
    },
    actions: ['view', 'edit'],
  }));
}

/** Microseconds for each call of so many inputs. */
function measureEngine(check: (input: CheckInput) => void, inputs: readonly CheckInput[], resources: number) {
  const round = (): number[] => {
    const samples: number[] = [];
    // One call is too short for the clock, so that a sample is the mean of ten.
    const calls = 10;
    for (let start = 0; start + calls * resources <= inputs.length; start += calls * resources) {
      const before = performance.now();
      for (let index = start; index < start + calls * resources; index++) {
        const input = inputs[index];
        if (input) check(input);
      }
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
    const compiled = compilePolicySet(files);
    if (!compiled.set || runSuites(compiled.set, compiled.suites).summary.result !== 'passed') {
      throw new Error('the tests of the benchmark do not pass');
    }
    cold.push(performance.now() - started);
    const edited = performance.now();
    const changed = { path: 'kinds/k0.yaml', text: `${policy(0)}# edit ${round}\n` };
    const again = compilePolicySet(
      compiled.files.map((file) => (file.path === changed.path ? parsePolicyFile(changed) : file)),
    );
    if (again.set)
      runSuites(
        again.set,
        again.suites.filter(({ file }) => file.path === 'kinds/k0_test.yaml'),
      );
    edits.push(performance.now() - edited);
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
