import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Operand } from '../../server/policy';
import { Random } from '../random';
import { compileGenerated } from './support/compare';
import { alikeCases } from './plan-alike-cases';
import { planCases } from './plan-cases';
import { ourPlan, theirPlan } from './plan-compare';
import type { PlanAnswer, PlanRequest } from './plan-compare';
import { planFaults } from './plan-faults';
import { generatePlanRequest, generatePlanSet } from './plan-generate';
import { modes } from './support/rounds';
import { seedOfRun } from './support/seed';
import { removePolicies, startServer, writePolicies } from './support/server';
import type { Mode } from './support/server';
import { filesOf } from './support/generate/written';

const seed = seedOfRun();
/** How many plans to compare; `DIFFERENTIAL_PLANS=100000` is a long run. */
const wanted = Number(process.env['DIFFERENTIAL_PLANS'] ?? 2400);
const perRound = wanted > 10_000 ? 6000 : 1200;
const minutes = 5 + wanted / 2000;

interface Asked {
  readonly mode: Mode;
  readonly request: PlanRequest;
  readonly answer: PlanAnswer;
  readonly own: PlanAnswer;
}

function same(a: PlanAnswer, b: PlanAnswer): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
}

/** The operators of a filter, and how its parts are made. */
function* operatorsOf(operand: Operand): Generator<string> {
  if (!('expression' in operand)) return;
  const { operator, operands = [] } = operand.expression;
  yield operator;
  for (const each of operands) yield* operatorsOf(each);
}

/** Generates a set of policies and asks both engines about it in every mode. */
async function playRound(roundSeed: number) {
  const random = new Random(roundSeed);
  const policies = generatePlanSet(random);
  const set = compileGenerated(policies);
  const directory = await writePolicies(filesOf(policies));
  const asked: Asked[] = [];
  try {
    for (const mode of modes) {
      const requests = Array.from({ length: perRound / modes.length }, () => generatePlanRequest(random));
      const server = await startServer(directory, mode);
      try {
        for (let start = 0; start < requests.length; start += 8) {
          const some = requests.slice(start, start + 8);
          const answers = await Promise.all(some.map((request) => theirPlan(server, request)));
          for (const [index, answer] of answers.entries()) {
            const request = some[index];
            if (request) asked.push({ mode, request, answer, own: ourPlan(set, request, mode) });
          }
        }
      } finally {
        await server.stop();
      }
    }
  } finally {
    await removePolicies(directory);
  }
  return { set, asked };
}

describe(`plans, generated from seed ${seed}`, () => {
  const counts = new Map<string, number>();
  const wrong: (Asked & { readonly seed: number })[] = [];
  /** The first rounds, which the planted faults are tried on. */
  const kept: Awaited<ReturnType<typeof playRound>>[] = [];
  let plans = 0;

  beforeAll(async () => {
    for (let round = 0; plans < wanted; round++) {
      const played = await playRound(seed + round);
      if (kept.length < 2) kept.push(played);
      plans += played.asked.length;
      for (const each of played.asked) {
        for (const feature of featuresOf(each)) counts.set(feature, (counts.get(feature) ?? 0) + 1);
        if (!same(each.own, each.answer)) wrong.push({ ...each, seed: seed + round });
      }
    }
  }, minutes * 60_000);

  test('are the same as the binary’s: filter, its text, matched scopes and validation errors', () => {
    const [first] = wrong;
    if (!first) return;
    const report = [
      `${wrong.length} of ${plans} plans differ. The first, in the round with seed ${first.seed}, ${first.mode.name}:`,
      JSON.stringify(first.request),
      `theirs: ${JSON.stringify(first.answer)}`,
      `ours:   ${JSON.stringify(first.own)}`,
    ];
    expect.fail(report.join('\n'));
  });

  test('are many, of every kind, and with every operator', () => {
    const lines = [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => `${String(count).padStart(7)}  ${name}`);
    console.log([`${plans} plans, seed ${seed}`, ...lines].join('\n'));
    expect(plans).toBeGreaterThanOrEqual(wanted);
    for (const kind of ['KIND_ALWAYS_ALLOWED', 'KIND_ALWAYS_DENIED', 'KIND_CONDITIONAL']) {
      expect(counts.get(kind) ?? 0, kind).toBeGreaterThan(plans / 20);
    }
    expect([...expected].filter((name) => !counts.has(name))).toEqual([]);
  });

  test.each(Object.entries(planFaults))('notice that %s', (_, plan) => {
    const noticed = kept.some(({ set, asked }) =>
      asked.some(({ mode, request, answer }) => !same(ourPlan(set, request, mode, plan), answer)),
    );
    expect(noticed).toBe(true);
  });
});

/** What must occur among generated plans. */
const expected = [
  ...['and', 'or', 'not', 'eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in', 'add', 'sub', 'mult', 'div', 'mod', '-_'],
  ...['if', 'index', 'list', 'struct', 'set-field', 'get-field', 'lambda', 'exists', 'all', 'exists_one'],
  ...['filter', 'map', 'transformList', 'transformMap', 'transformMapEntry', 'size', 'startsWith', 'matches'],
  ...['hasIntersection', 'intersect', 'math.@max', 'hierarchy', 'overlaps', 'timestamp', 'type', 'substring'],
  ...['error', 'several actions', 'known attributes', 'token', 'scope', 'matched scope', 'role policy'],
  ...['principal policy', 'NO_MATCH'],
];

function* featuresOf({ request, answer }: Asked): Generator<string> {
  if ('error' in answer) {
    yield 'error';
    return;
  }
  yield answer.filter.kind;
  if (answer.filter.kind === 'KIND_CONDITIONAL') yield* new Set(operatorsOf(answer.filter.condition));
  if (answer.text === 'NO_MATCH') yield 'NO_MATCH';
  if (request.actions.length > 1) yield 'several actions';
  if (Object.keys(request.resource['attr'] ?? {}).length > 0) yield 'known attributes';
  if (request.claims) yield 'token';
  if (request.resource['scope'] !== undefined) yield 'scope';
  if (Object.values(answer.scopes).some((scope) => scope !== '')) yield 'matched scope';
  if ((request.principal['roles'] as readonly string[]).includes('clerk')) yield 'role policy';
  if (request.principal['id'] !== 'cat') yield 'principal policy';
}

describe('plans of chosen conditions', () => {
  const mode: Mode = {
    name: 'chosen',
    strictEvaluation: false,
    lenientScopeSearch: false,
    globals: { stage: 'test' },
  };
  const chosen = [
    ...planCases.map(({ condition, filter }) => ({ conditions: [condition], filter })),
    ...alikeCases,
  ].map((each, index) => ({ ...each, title: each.conditions.join(', '), index }));
  const policies = chosen.map(({ conditions, index }) => ({
    path: `${index}`,
    form: 'json' as const,
    policy: {
      apiVersion: 'api.cerbos.dev/v1',
      resourcePolicy: {
        resource: `kind${index}`,
        version: 'default',
        variables: { local: { v1: 'R.attr.a', v2: '1 + 1', v3: 'V.v2 + R.attr.b' } },
        constants: { local: { c1: 5, c2: { x: [1, 2] } } },
        rules: conditions.map((condition) => ({
          actions: ['view'],
          effect: 'EFFECT_ALLOW',
          roles: ['*'],
          condition: { match: { expr: condition } },
        })),
      },
    },
  }));
  const principal = {
    id: 'ann',
    roles: ['user'],
    attr: {
      n: 3,
      s: 'x',
      tags: ['a', 'b'],
      m: { k: 1, j: 2 },
      one: { k: 1 },
      o: { p: { role: 'X' }, q: { role: 'Y' } },
      f: true,
    },
  };
  const attr = { known: 'kn', num: 4, kl: ['q'], kf: true, km: { sub: 5 } };
  const set = compileGenerated(policies);
  let directory: string;
  let server: Awaited<ReturnType<typeof startServer>>;
  beforeAll(async () => {
    directory = await writePolicies(filesOf(policies));
    server = await startServer(directory, mode);
  });
  afterAll(async () => {
    await server.stop();
    await removePolicies(directory);
  });

  test.each(chosen)('$title', async ({ index, filter }) => {
    const request = { principal, resource: { kind: `kind${index}`, attr }, actions: ['view'] };
    const answer = await theirPlan(server, request);
    expect(ourPlan(set, request, mode)).toEqual(answer);
    expect('error' in answer ? 'error' : answer.text || 'struct').toBe(filter);
  });
});
