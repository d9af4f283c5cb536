// The CEL engine beside two other implementations in JavaScript: reading, checking and evaluating expressions as they
// stand in policies, and loading the library.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { celEnv, parse as parseWithCelEs, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { Environment } from '@marcbachmann/cel-js';
import { build } from 'esbuild';
import {
  cerbosEnvironment,
  check,
  compile,
  formatValue,
  parse,
  requestBindings,
  requestRecords,
} from '../../server/cel';
import type { JsonObject, RequestInput } from '../../server/cel';
import type { Bench, BenchTable } from './table';

/** Conditions as policies have them, and whether they hold for the request below. All three can evaluate each. */
const conditions: readonly (readonly [condition: string, holds: boolean])[] = [
  ['R.attr.owner == P.id', true],
  ['"manager" in P.roles && R.attr.status == "PENDING_APPROVAL"', true],
  ['P.attr.department == R.attr.department && R.attr.amount < 1000.0', true],
  ['R.attr.tags.exists(t, t == "public") || P.attr.clearance >= R.attr.level', true],
  ['has(R.attr.deletedAt) || !(P.attr.region in ["EU", "UK"])', false],
  ['R.attr.path.startsWith("/home/") && !R.attr.path.contains("..")', true],
  ['R.attr.email.matches("^[a-z.]+@example[.]com$")', true],
  ['R.attr.members.filter(m, m.role == "admin").map(m, m.id).exists(i, i == P.id)', true],
  ['timestamp(R.attr.createdAt) + duration("24h") > timestamp("2026-01-01T12:00:00Z")', true],
  ['size(R.attr.items) < 10 ? R.attr.total <= 500.0 : R.attr.total <= 50.0', true],
  ['R.attr.items.all(i, i.price > 0.0 && i.quantity <= 100.0)', true],
];

const request: RequestInput = {
  principal: {
    id: 'alice',
    roles: ['employee', 'manager'],
    attr: { department: 'sales', clearance: 3, region: 'EU' },
  },
  resource: {
    kind: 'document',
    id: 'd1',
    attr: {
      owner: 'alice',
      status: 'PENDING_APPROVAL',
      department: 'sales',
      amount: 250,
      tags: ['draft', 'internal', 'public'],
      level: 2,
      path: '/home/alice/report.txt',
      email: 'alice.smith@example.com',
      members: [
        { id: 'bob', role: 'reader' },
        { id: 'carol', role: 'admin' },
        { id: 'alice', role: 'admin' },
      ],
      createdAt: '2026-01-01T09:30:00Z',
      items: [
        { price: 10.5, quantity: 2 },
        { price: 99, quantity: 1 },
        { price: 3.25, quantity: 40 },
      ],
      total: 250,
    },
  },
};

type Nested = string | number | boolean | null | readonly Nested[] | Map<string, Nested>;

/** JSON with maps for objects, which is what cel-es takes without conversion. */
function withMaps(value: unknown): Nested {
  if (Array.isArray(value)) return value.map(withMaps);
  if (typeof value !== 'object' || value === null) return value as Nested;
  return new Map(Object.entries(value as JsonObject).map(([key, entry]) => [key, withMaps(entry)]));
}

/** Nanoseconds a call, the best of several rounds: others use the machine too. */
function nanoseconds(action: () => unknown): number {
  let count = 1;
  for (;;) {
    const start = process.hrtime.bigint();
    for (let index = 0; index < count; index++) action();
    if (process.hrtime.bigint() - start > 4_000_000n) break;
    count *= 2;
  }
  let best = Infinity;
  for (let round = 0; round < 7; round++) {
    const start = process.hrtime.bigint();
    for (let index = 0; index < count; index++) action();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / count);
  }
  return best;
}

interface Figures {
  readonly parse: number;
  readonly check: number | undefined;
  readonly evaluate: number;
}

function measureOurs(source: string, holds: boolean): Figures {
  const environment = cerbosEnvironment();
  const { program } = compile(source, environment);
  const bindings = requestBindings(requestRecords(request), {});
  const result = program?.evaluate(bindings);
  if (result?.kind !== 'value' || result.value !== holds) {
    const shown = result?.kind === 'value' ? formatValue(result.value) : JSON.stringify(result);
    throw new Error(`${source} gives ${shown}`);
  }
  return {
    parse: nanoseconds(() => parse(source)),
    check: nanoseconds(() => check(parse(source), environment)),
    evaluate: nanoseconds(() => program?.evaluate(bindings)),
  };
}

function measureCelEs(source: string, holds: boolean): Figures {
  const environment = celEnv({ funcs: strings });
  const bindings = { P: withMaps(request.principal), R: withMaps(request.resource) } as never;
  const program = plan(environment, parseWithCelEs(source));
  if (program(bindings) !== holds) throw new Error(`@bufbuild/cel gives another value for ${source}`);
  return {
    parse: nanoseconds(() => parseWithCelEs(source)),
    check: undefined,
    evaluate: nanoseconds(() => program(bindings)),
  };
}

function measureCelJs(source: string, holds: boolean): Figures {
  const environment = new Environment({ unlistedVariablesAreDyn: true });
  const bindings = { P: request.principal, R: request.resource };
  const program = environment.parse(source);
  if (program(bindings) !== holds) throw new Error(`cel-js: ${source} gives ${String(program(bindings))}`);
  return {
    parse: nanoseconds(() => environment.parse(source)),
    check: nanoseconds(() => environment.check(source)),
    evaluate: nanoseconds(() => program(bindings)),
  };
}

/** Milliseconds from nothing to the first value, in a process of its own; the median of several. */
async function coldLoad(): Promise<{ size: number; load: number; first: number }> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-bench-'));
  try {
    const outfile = path.join(directory, 'cel.cjs');
    const { metafile } = await build({
      entryPoints: ['server/cel/index.ts'],
      outfile,
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      metafile: true,
      logLevel: 'error',
    });
    const script = `
      const start = performance.now();
      const cel = require(${JSON.stringify(outfile)});
      const loaded = performance.now();
      const { program } = cel.compile('R.attr.owner == P.id', cel.cerbosEnvironment());
      const input = { principal: { id: 'a', roles: [] }, resource: { kind: 'k', id: 'r', attr: { owner: 'a' } } };
      const result = program.evaluate(cel.requestBindings(cel.requestRecords(input)));
      if (result.value !== true) throw new Error('wrong');
      console.log(JSON.stringify([loaded - start, performance.now() - loaded]));`;
    const samples = Array.from({ length: 11 }, () => {
      const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
      return JSON.parse(stdout) as [number, number];
    });
    const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
    const [output] = Object.values(metafile.outputs);
    return {
      size: Math.round((output?.bytes ?? 0) / 1000),
      load: median(samples.map(([load]) => load)),
      first: median(samples.map(([, first]) => first)),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export const bench: Bench = async () => {
  const measured = conditions.map(([condition, holds]) => ({
    condition,
    ours: measureOurs(condition, holds),
    celEs: measureCelEs(condition, holds),
    celJs: measureCelJs(condition, holds),
  }));
  const table = (title: string, note: string, what: keyof Figures): BenchTable => ({
    title,
    note,
    columns: ['condition', 'ours (µs)', '@bufbuild/cel (µs)', '@marcbachmann/cel-js (µs)'],
    rows: measured.map(({ condition, ours, celEs, celJs }) => [
      condition,
      ...[ours, celEs, celJs].map((figures) => {
        const value = figures[what];
        return value === undefined ? undefined : value / 1000;
      }),
    ]),
  });
  const { size, load, first } = await coldLoad();
  return [
    table('CEL: parse', 'From text to tree. The best of seven rounds.', 'parse'),
    table(
      'CEL: parse and check',
      'From text to types. @bufbuild/cel offers no checker; cel-js checks without knowing the request.',
      'check',
    ),
    table('CEL: evaluate', 'A planned expression on a request that is there already.', 'evaluate'),
    {
      title: 'CEL: cold load',
      note: 'The library bundled and minified, in a new process; the median of eleven. The goal is 40 ms.',
      columns: ['bundle (kB)', 'load (ms)', 'compile and evaluate the first condition (ms)'],
      rows: [[size, load, first]],
    },
  ];
};
