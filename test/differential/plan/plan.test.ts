// The operators, lambdas and order of filters beside those of Cerbos' PlanResources, which adapters for databases read.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileGenerated } from '../support/compare';
import { planCases } from './cases';
import { ourPlan, theirPlan } from './compare';
import type { PlanAnswer } from './compare';
import { planDifferences } from './differences';
import { removePolicies, startServer, writePolicies } from '../support/server';
import type { Mode } from '../support/server';
import { filesOf } from '../support/generate/written';

describe('plans of chosen conditions', () => {
  const mode: Mode = {
    name: 'chosen',
    strictEvaluation: false,
    lenientScopeSearch: false,
    globals: { stage: 'test' },
  };
  const chosen = planCases.map((each, index) => ({ ...each, index }));
  const policies = chosen.map(({ condition, index }) => ({
    path: `${index}`,
    form: 'json' as const,
    policy: {
      apiVersion: 'api.cerbos.dev/v1',
      resourcePolicy: {
        resource: `kind${index}`,
        version: 'default',
        variables: { local: { v1: 'R.attr.a', v2: '1 + 1', v3: 'V.v2 + R.attr.b' } },
        constants: { local: { c1: 5, c2: { x: [1, 2] } } },
        rules: [
          {
            actions: ['view'],
            effect: 'EFFECT_ALLOW',
            roles: ['*'],
            condition: { match: { expr: condition } },
          },
        ],
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

  test.each(chosen)(
    'the plan is the one of cerbos 0.55: $condition',
    async ({ index, condition, filter }) => {
      const request = { principal, resource: { kind: `kind${index}`, attr }, actions: ['view'] };
      const answer = await theirPlan(server, request);
      expect(textOf(answer)).toBe(filter);
      const own = ourPlan(set, request, mode);
      const other = planDifferences[condition];
      if (other === undefined) {
        expect(own).toEqual(answer);
      } else {
        expect(textOf(own)).toBe(other);
      }
    },
  );

  test('most plans of chosen conditions are those of cerbos 0.55', () => {
    const conditions = new Set(planCases.map(({ condition }) => condition));
    expect(Object.keys(planDifferences).filter((condition) => !conditions.has(condition))).toEqual([]);
    expect(Object.keys(planDifferences).length).toBeLessThan(planCases.length / 4);
  });
});

function textOf(answer: PlanAnswer): string {
  return 'error' in answer ? 'error' : answer.text || 'struct';
}
