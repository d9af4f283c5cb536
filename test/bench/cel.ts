// The CEL engine beside two other implementations in JavaScript: reading, checking and evaluating expressions as they
// stand in policies, and loading the library.
import { cerbosEnvironment, requestBindings, requestRecords } from '../../server/policy';
import type { RequestInput } from '../../server/policy';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { celEnv, parse as parseWithCelEs, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { Environment } from '@marcbachmann/cel-js';
import { build } from 'esbuild';
import { check, compile, formatValue, parse } from '../../server/cel';
import type { JsonObject } from '../../server/cel';
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
  if (Array.isArray(value)) {
    return value.map(withMaps);
  }
  if (typeof value !== 'object' || value === null) {
    return value as Nested;
  }
  return new Map(Object.entries(value as JsonObject).map(([key, entry]) => [key, withMaps(entry)]));
}

/** One implementation, prepared for one condition. Each action gives something, so that none can be left out. */
interface Contender {
  readonly parse: (text: string) => unknown;
  /** Parses and checks; undefined where there is no checker. */
  readonly check: ((text: string) => unknown) | undefined;
  readonly evaluate: () => unknown;
}

type Measure = keyof Contender;

function ours(source: string, holds: boolean): Contender {
  const environment = cerbosEnvironment();
  const { program } = compile(source, environment);
  const bindings = requestBindings(requestRecords(request), {});
  const result = program?.evaluate(bindings);
  if (result?.kind !== 'value' || result.value !== holds) {
    const shown = result?.kind === 'value' ? formatValue(result.value) : JSON.stringify(result);
    throw new Error(`${source} gives ${shown}`);
  }
  return {
    parse: (text) => parse(text),
    check: (text) => check(parse(text), environment),
    evaluate: () => program?.evaluate(bindings),
  };
}

function celEs(source: string, holds: boolean): Contender {
  const environment = celEnv({ funcs: strings });
  const bindings = { P: withMaps(request.principal), R: withMaps(request.resource) } as never;
  const program = plan(environment, parseWithCelEs(source));
  if (program(bindings) !== holds) {
    throw new Error(`@bufbuild/cel gives another value for ${source}`);
  }
  return {
    parse: (text) => parseWithCelEs(text),
    check: undefined,
    evaluate: (): unknown => program(bindings),
  };
}

function celJs(source: string, holds: boolean): Contender {
  const environment = new Environment({ unlistedVariablesAreDyn: true });
  const bindings = { P: request.principal, R: request.resource };
  const program = environment.parse(source);
  if (program(bindings) !== holds) {
    throw new Error(`cel-js: ${source} gives ${String(program(bindings))}`);
  }
  if (!environment.check(source).valid) {
    throw new Error(`cel-js refuses ${source}`);
  }
  return {
    parse: (text) => environment.parse(text),
    check: (text) => environment.check(text),
    evaluate: (): unknown => program(bindings),
  };
}

const contenders = [ours, celEs, celJs];
const measures: readonly Measure[] = ['parse', 'check', 'evaluate'];

/** One action on one condition: what is timed together. */
class Sample {
  /** Nanoseconds a call, the best so far: others use the machine too. */
  best = Infinity;
  readonly #action: (text: string) => unknown;
  readonly #texts: readonly string[];
  #calls = 1;

  constructor(action: (text: string) => unknown, texts: readonly string[]) {
    this.#action = action;
    this.#texts = texts;
  }

  /** Runs for about as long as asked, until the compiler of the engine has had its say. */
  warmUp(milliseconds: number): void {
    for (const end = performance.now() + milliseconds; performance.now() < end;) {
      this.#time(16);
    }
  }

  /** Settles how many calls last about half a millisecond. */
  calibrate(): void {
    while (this.#time(this.#calls) < 400_000) {
      this.#calls *= 2;
    }
  }

  measure(): void {
    this.best = Math.min(this.best, this.#time(this.#calls) / this.#calls);
  }

  #time(calls: number): number {
    const texts = this.#texts;
    const action = this.#action;
    let given = 0;
    const start = process.hrtime.bigint();
    for (let index = 0; index < calls; index++) {
      if (action(texts[index % texts.length] ?? '') !== undefined) {
        given++;
      }
    }
    const taken = Number(process.hrtime.bigint() - start);
    if (given !== calls) {
      throw new Error('An action gave nothing.');
    }
    return taken;
  }
}

const warmUp = 60;
const rounds = 60;

/**
 * Times every contender on every condition: `samples[condition][contender][measure]`. All are warmed up alike, on all
 * conditions, before anything is timed; then they take turns, and who comes first changes from round to round.
 */
function timeAll(): readonly (readonly Partial<Record<Measure, Sample>>[])[] {
  const samples = conditions.map(([source, holds]) => {
    // Texts that were never seen before, as they are when they come out of files: nothing is remembered about them.
    const texts = Array.from({ length: 64 }, () => Buffer.from(source).toString('latin1'));
    return contenders.map((prepare) => {
      const contender = prepare(source, holds);
      const made: Partial<Record<Measure, Sample>> = {};
      for (const measure of measures) {
        const action = contender[measure];
        if (action) {
          made[measure] = new Sample(action, texts);
        }
      }
      return made;
    });
  });
  const each = (measure: Measure, action: (sample: Sample) => void): void => {
    for (const row of samples) {
      for (const made of row) {
        if (made[measure]) {
          action(made[measure]);
        }
      }
    }
  };
  for (const measure of measures) {
    for (let time = 0; time < 4; time++) {
      each(measure, (sample) => sample.warmUp(warmUp / 4));
    }
    each(measure, (sample) => sample.calibrate());
    for (let round = 0; round < rounds; round++) {
      for (const row of samples) {
        for (let turn = 0; turn < row.length; turn++) {
          row[(round + turn) % row.length]?.[measure]?.measure();
        }
      }
    }
  }
  return samples;
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
  const samples = timeAll();
  const table = (title: string, note: string, measure: Measure): BenchTable => ({
    title,
    note,
    columns: ['condition', 'ours (µs)', '@bufbuild/cel (µs)', '@marcbachmann/cel-js (µs)'],
    rows: conditions.map(([condition], index) => [
      condition,
      ...(samples[index] ?? []).map((made) => {
        const sample = made[measure];
        return sample && sample.best / 1000;
      }),
    ]),
  });
  const { size, load, first } = await coldLoad();
  return [
    table(
      'CEL: parse',
      `From text to tree. All are warmed up first, then take turns; the best of ${rounds} rounds.`,
      'parse',
    ),
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
