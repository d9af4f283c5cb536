import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PolicySet } from '../../server/policy';
import { cerbos } from '../../server/policy/decide/semantics';
import type { Semantics } from '../../server/policy/decide/semantics';
import { compileGenerated, ours, sameAnswer, theirs } from './compare';
import type { Answer } from './compare';
import { features, filesOf, generateRequest, generateSet } from './generate';
import type { Feature, GeneratedRequest, GeneratedSet } from './generate';
import { Random } from '../random';
import { seedOfRun } from './seed';
import { removePolicies, startServer, writePolicies } from './server';
import type { Mode } from './server';
import { describeCase, shrink } from './shrink';

const seed = seedOfRun();
const requestsPerMode = Number(process.env['DIFFERENTIAL_REQUESTS'] ?? 450);
const globals = { stage: 'test', level: 3 };
const modes: readonly Mode[] = [
  { name: 'default', strictEvaluation: false, lenientScopeSearch: false, globals },
  { name: 'lenient scopes', strictEvaluation: false, lenientScopeSearch: true, globals },
  { name: 'strict evaluation', strictEvaluation: true, lenientScopeSearch: false, globals },
  { name: 'strict evaluation, lenient scopes', strictEvaluation: true, lenientScopeSearch: true, globals },
];

/** A request with the binary's answer. */
interface Asked {
  readonly mode: Mode;
  readonly request: GeneratedRequest;
  readonly answer: Answer;
}

/** Engines that are wrong in one way each. */
const faults: Readonly<Record<string, Partial<Semantics>>> = {
  'an ALLOW beats a DENY of the same role': { denyBeatsAllow: false },
  'a DENY for one role beats an ALLOW for another': { anyRoleMayAllow: false },
  'an allowance never needs the parents’ consent': { allowIsFinal: () => true },
  'the condition of a derived role does not matter': { derivedRolesHaveConditions: false },
  '“none” means “not all”': { none: (held) => held.includes(false) },
  'no output when a condition is not met': { outputs: { ruleActivated: true, conditionNotMet: false } },
  'a condition that cannot be evaluated holds': { erroringCondition: true },
};

describe(`decisions, generated from seed ${seed}`, () => {
  let generated: GeneratedSet;
  let set: PolicySet;
  const asked: Asked[] = [];

  beforeAll(async () => {
    const random = new Random(seed);
    generated = generateSet(random);
    set = compileGenerated(generated.policies);
    const directory = await writePolicies(filesOf(generated.policies));
    try {
      for (const mode of modes) {
        const requests = Array.from({ length: requestsPerMode }, () =>
          generateRequest(random, mode.strictEvaluation),
        );
        const server = await startServer(directory, mode);
        try {
          const answers = await theirs(server, requests);
          for (const [index, answer] of answers.entries()) {
            const request = requests[index];
            if (request) asked.push({ mode, request, answer });
          }
        } finally {
          await server.stop();
        }
      }
    } finally {
      await removePolicies(directory);
    }
  }, 120_000);

  test('are the same as the binary’s: effect, policy, scope, derived roles and outputs', async () => {
    const wrong = asked.filter(
      ({ mode, request, answer }) => !sameAnswer(ours(set, request, mode).answer, answer),
    );
    const [first] = wrong;
    if (!first) return;
    const { policies } = generated;
    const found = { policies, request: first.request, mode: first.mode };
    const smallest = process.env['DIFFERENTIAL_SHRINK'] === '0' ? undefined : await shrink(found);
    const report = [
      `${wrong.length} of ${asked.length} answers differ with seed ${seed}. The first:`,
      JSON.stringify(first.request),
      `theirs: ${JSON.stringify(first.answer)}`,
      `ours:   ${JSON.stringify(ours(set, first.request, first.mode).answer)}`,
      ...(smallest ? ['made smaller:', describeCase(smallest)] : []),
    ];
    expect.fail(report.join('\n'));
  });

  test('are many, balanced, and about every feature', () => {
    const counts = new Map<Feature, number>(features.map((feature) => [feature, 0]));
    let allowed = 0;
    let decisions = 0;
    for (const each of asked) {
      const { output } = ours(set, each.request, each.mode);
      for (const [action, { effect }] of Object.entries(each.answer.actions)) {
        decisions++;
        if (effect === 'EFFECT_ALLOW') allowed++;
        for (const feature of featuresOf(each, action, output, generated)) {
          counts.set(feature, (counts.get(feature) ?? 0) + 1);
        }
      }
    }
    const share = (100 * allowed) / decisions;
    const lines = [...counts].map(([feature, count]) => `${String(count).padStart(6)}  ${feature}`);
    console.log(`${decisions} decisions, ${share.toFixed(1)} % allowed, seed ${seed}\n${lines.join('\n')}`);
    expect(decisions).toBeGreaterThanOrEqual(3000);
    expect(share).toBeGreaterThan(30);
    expect(share).toBeLessThan(70);
    expect([...counts].filter(([, count]) => count === 0)).toEqual([]);
  });

  test.each(Object.entries(faults))('notice that %s', (_, fault) => {
    const wrong = asked.filter(
      ({ mode, request, answer }) =>
        !sameAnswer(ours(set, request, mode, { ...cerbos, ...fault }).answer, answer),
    );
    expect(wrong.length).toBeGreaterThan(0);
  });

  afterAll(() => {
    asked.length = 0;
  });
});

/** What a decision made use of. */
function featuresOf(
  { mode, request, answer }: Asked,
  action: string,
  output: ReturnType<typeof ours>['output'],
  { features: byRule }: GeneratedSet,
): ReadonlySet<Feature> {
  const decision = output.actions[action];
  const found = new Set<Feature>();
  found.add(mode.strictEvaluation ? 'strict evaluation' : 'default evaluation');
  found.add(mode.lenientScopeSearch ? 'lenient scope search' : 'strict scope search');
  if (decision?.error !== undefined) found.add('strict evaluation that denied');
  const rule = decision?.rule;
  for (const feature of byRule.get(rule?.fqn ?? '') ?? []) {
    if (feature !== 'derived role' || rule?.derivedRole !== undefined) found.add(feature);
  }
  if (rule?.fqn.startsWith('principal.')) found.add('principal policy');
  if (decision?.policy.startsWith('role.')) found.add('role policy');
  if (decision?.policy === 'NO_MATCH') found.add('no policy matched');
  else if (!rule) found.add('no rule matched');
  const scope = request.resource['scope'];
  if (mode.lenientScopeSearch && typeof scope === 'string' && scope !== '' && rule) {
    if (!decision.policy.endsWith(`/${scope}`)) found.add('lenient scope search that fell back');
  }
  for (const { src, action: of } of answer.outputs) {
    if (of !== action) continue;
    found.add(src === rule?.fqn ? 'output ruleActivated' : 'output conditionNotMet');
  }
  return found;
}
