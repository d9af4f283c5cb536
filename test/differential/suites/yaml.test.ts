// What YAML means, beside `cerbos 0.55`: one line break more in a constant, and a rule no longer denies.
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { compilePolicySet } from '../../../server/policy';
import type { PolicyFile } from '../../../server/policy';
import { Random } from '../../random';
import { ours } from '../support/compare';
import { gatehouse } from '../../support/cli/gatehouse';
import { binary } from '../support/compile-programs';
import { seedOfRun } from '../support/seed';
import { removePolicies, startServer, writePolicies } from '../support/server';
import type { Mode } from '../support/server';
import { chosenPolicies, generatedPolicy, policyOf, generatedSuite } from './yaml-cases';
import type { YamlCase } from './yaml-cases';

/** The value that a reader finds in a file, or `refused`. */
type Reading = { readonly value: unknown } | 'refused';

const mode: Mode = { name: 'yaml', strictEvaluation: false, lenientScopeSearch: false, globals: {} };
const principal = { id: 'p', roles: ['user'], attr: {} };
const perRun = 250;
const perCall = 40;

/** The values that `cerbos 0.55` reads, by the path of the case. */
async function binaryReadings(cases: readonly YamlCase[]): Promise<ReadonlyMap<string, Reading>> {
  const readings = new Map<string, Reading>();
  for (let start = 0; start < cases.length; start += perRun) {
    for (const path of await refusedBy(cases.slice(start, start + perRun))) {
      readings.set(path, 'refused');
    }
  }
  const accepted = cases.filter(({ path }) => !readings.has(path));
  const directory = await writePolicies(accepted);
  try {
    const server = await startServer(directory, mode);
    try {
      for (let start = 0; start < accepted.length; start += perCall) {
        const some = accepted.slice(start, start + perCall);
        const resources = some.map(({ kind }) => ({ actions: ['a'], resource: { kind, id: 'r', attr: {} } }));
        const answer = (await server.check({ requestId: 'r', principal, resources })) as {
          readonly results: readonly { readonly outputs: readonly { readonly val: unknown }[] }[];
        };
        for (const [index, { path }] of some.entries()) {
          readings.set(path, { value: answer.results[index]?.outputs[0]?.val });
        }
      }
    } finally {
      await server.stop();
    }
  } finally {
    await removePolicies(directory);
  }
  return readings;
}

/** The files that `cerbos 0.55` does not compile. It crashes at some, which are found by halves. */
async function refusedBy(cases: readonly YamlCase[]): Promise<readonly string[]> {
  const directory = await writePolicies(cases);
  const { code, stdout } = await binary(['compile', '--output=json', '--skip-tests', directory]);
  await removePolicies(directory);
  if (code === 0) {
    return [];
  }
  if (stdout !== '') {
    return cases.map(({ path }) => path).filter((path) => stdout.includes(`"${path}"`));
  }
  if (cases.length === 1) {
    return cases.map(({ path }) => path);
  }
  const half = cases.length >> 1;
  return [...(await refusedBy(cases.slice(0, half))), ...(await refusedBy(cases.slice(half)))];
}

function ownReading({ path, text, kind }: YamlCase): Reading {
  const { set } = compilePolicySet([{ path, text }]);
  if (!set) {
    return 'refused';
  }
  const resource = { kind, id: 'r', attr: {} };
  const { answer } = ours(set, { principal, resource, actions: ['a'] }, mode);
  return { value: JSON.parse(JSON.stringify(answer.outputs[0]?.val ?? null)) };
}

interface Compared {
  readonly same: number;
  /** Read by both, as different values, or refused by `cerbos 0.55` alone. */
  readonly wrong: readonly unknown[];
  /** Refused by us alone. */
  readonly refused: readonly unknown[];
}

async function compare(cases: readonly YamlCase[]): Promise<Compared> {
  const readings = await binaryReadings(cases);
  const wrong: unknown[] = [];
  const refused: unknown[] = [];
  for (const each of cases) {
    const [theirs, own] = [readings.get(each.path), ownReading(each)];
    if (isDeepStrictEqual(own, theirs)) {
      continue;
    }
    (own === 'refused' ? refused : wrong).push({ text: each.written, theirs, own });
  }
  return { same: cases.length - wrong.length - refused.length, wrong, refused };
}

describe('constants of policies', () => {
  test('chosen constants have the value that cerbos 0.55 reads', async () => {
    const { wrong, refused } = await compare(
      chosenPolicies.map((written, index) => policyOf(written, index)),
    );
    expect({ wrong, refused }).toEqual({ wrong: [], refused: [] });
  });

  test('generated constants have the value that cerbos 0.55 reads, or are refused', async () => {
    const random = new Random(seedOfRun());
    const cases = Array.from({ length: 2000 }, (_, index) => generatedPolicy(random, index));
    const { same, wrong, refused } = await compare(cases);
    expect({ seed: seedOfRun(), wrong }).toEqual({ seed: seedOfRun(), wrong: [] });
    const read = cases.length - refused.length;
    expect({ same }).toEqual({ same: read });
    // What is left: unquoted text in braces and brackets that other readers of YAML understand differently.
    expect(refused.slice(0, refused.length > 40 ? 5 : 0)).toEqual([]);
  });
});

interface SuiteResults {
  readonly suites?: readonly {
    readonly file: string;
    readonly error?: string;
    readonly testCases?: unknown;
  }[];
}

describe('suites and fixtures', () => {
  test('generated suites and fixtures have the results of cerbos 0.55', async () => {
    const random = new Random(seedOfRun() + 1);
    const cases = Array.from({ length: 300 }, (_, index) => generatedSuite(random, index));
    const [theirs, own] = [new Map<string, unknown>(), new Map<string, unknown>()];
    for (let start = 0; start < cases.length; start += perRun) {
      await runSuites(cases.slice(start, start + perRun), theirs, own);
    }
    const wrong = cases.filter(({ suite }) => {
      const [a, b] = [theirs.get(suite), own.get(suite)];
      return b !== 'refused' && !isDeepStrictEqual(a, b);
    });
    expect(
      wrong.map(({ suite, written }) => ({ written, theirs: theirs.get(suite), own: own.get(suite) })),
    ).toEqual([]);
    const strict = cases.filter(
      ({ suite }) => own.get(suite) === 'refused' && theirs.get(suite) !== 'refused',
    );
    expect(strict.slice(0, strict.length > 8 ? 5 : 0).map(({ written }) => written)).toEqual([]);
  });
});

type SuiteCase = ReturnType<typeof generatedSuite>;

/** Runs suites in both programs, and notes each suite's results by its path. Crashes of `cerbos 0.55` are refusals. */
async function runSuites(
  cases: readonly SuiteCase[],
  theirs: Map<string, unknown>,
  own: Map<string, unknown>,
): Promise<void> {
  const files: PolicyFile[] = cases.flatMap((each) => each.files);
  const directory = await writePolicies([...files, echo]);
  try {
    const args = ['--output', 'json', directory];
    const [binaryOutcome, ownOutcome] = await Promise.all([binary(['compile', ...args]), gatehouse(args)]);
    if (binaryOutcome.stdout === '') {
      if (cases.length === 1) {
        for (const { suite } of cases) {
          theirs.set(suite, 'refused');
        }
        note(ownOutcome.stdout, own);
        return;
      }
      const half = cases.length >> 1;
      await runSuites(cases.slice(0, half), theirs, own);
      await runSuites(cases.slice(half), theirs, own);
      return;
    }
    note(binaryOutcome.stdout, theirs);
    note(ownOutcome.stdout, own);
  } finally {
    await removePolicies(directory);
  }
}

function note(stdout: string, results: Map<string, unknown>): void {
  for (const { file, error, testCases } of (JSON.parse(stdout) as SuiteResults).suites ?? []) {
    results.set(file, error === undefined ? testCases : 'refused');
  }
}

const echo: PolicyFile = {
  path: 'echo.yaml',
  text: `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: echo
  version: default
  rules:
    - {actions: [a], effect: EFFECT_ALLOW, roles: ['*'], name: r, output: {when: {ruleActivated: '[P.attr, R.attr]'}}}
`,
};
