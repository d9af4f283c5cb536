// Explaining a decision must not change it, and deciding only what matters must not either.
import { describe, expect, test } from 'vitest';
import { checkResource, checkResources, explainResource } from '../../../server/policy';
import type { CheckInput, CheckOutput } from '../../../server/policy';
import { Random } from '../../random';
import { compileGenerated } from '../support/compare';
import { generateSet } from '../support/generate/generate-set';
import { generateRequest } from '../support/generate/requests';
import { seedOfRun } from '../support/seed';

const seed = seedOfRun();
const now = new Date('2026-03-01T00:00:00Z');

/** A quick decision evaluates no more than it needs, so that it may meet fewer errors. */
function comparable(output: CheckOutput): unknown {
  return JSON.parse(JSON.stringify({ ...output, evaluationErrors: [] }));
}

describe(`explanations, generated from seed ${seed}`, () => {
  test.each([false, true])(
    'explanations are of the very decision that is made without them (strict: %s)',
    (strict) => {
      let rules = 0;
      for (let round = 0; round < 4; round++) {
        const random = new Random(seed + round);
        const set = compileGenerated(generateSet(random).policies);
        const options = { strictEvaluation: strict, lenientScopeSearch: random.chance(0.5), now };
        for (let index = 0; index < 60; index++) {
          const inputs = generateRequest(random, strict, 5).map(({ claims, ...rest }): CheckInput => {
            const input: unknown = { ...rest, ...(claims && { auxData: { jwt: claims } }) };
            return input as CheckInput;
          });
          const batch = checkResources(set, inputs, options);
          for (const [at, input] of inputs.entries()) {
            const explanation = explainResource(set, input, options);
            expect(comparable(explanation.output)).toEqual(comparable(checkResource(set, input, options)));
            expect(batch[at] && comparable(batch[at])).toEqual(comparable(explanation.output));
            for (const action of explanation.actions) {
              const decided = action.rules.filter(({ outcome }) => outcome === 'decided');
              expect(decided.map(({ rule }) => rule.fqn)).toEqual(
                action.decision.rule ? [action.decision.rule.fqn] : [],
              );
              rules += action.rules.length;
            }
          }
        }
      }
      expect(rules).toBeGreaterThan(1000);
    },
  );
});
