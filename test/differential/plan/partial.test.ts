// What is decided without knowing everything, beside what is decided once everything is known.
import { cerbosEnvironment, requestBindings, requestRecords } from '../../../server/policy';
import { describe, expect, test } from 'vitest';
import { compile } from '../../../server/cel';
import { checkPartially, checkResource } from '../../../server/policy';
import type { CheckInput, JsonObject, Residual } from '../../../server/policy';
import { Random } from '../../random';
import { compileGenerated } from '../support/compare';
import { generateSet } from '../support/generate/generate-set';
import { generateRequest } from '../support/generate/requests';
import type { GeneratedRequest } from '../support/generate/requests';
import { seedOfRun } from '../support/seed';

const seed = seedOfRun();
const now = new Date('2026-03-01T00:00:00Z');
const unknowns = ['resource.attr', 'principal.attr', 'resource.attr.num', 'request.resource.attr.flag'];

function inputOf({ claims, ...rest }: GeneratedRequest): CheckInput {
  const input: unknown = { ...rest, ...(claims && { auxData: { jwt: claims } }) };
  return input as CheckInput;
}

/** Evaluates a condition for a request; undefined if it depends on more than its text says. */
function holds(residual: Residual, input: CheckInput): boolean | undefined {
  switch (residual.kind) {
    case 'not': {
      const inner = holds(residual.of, input);
      return inner === undefined ? undefined : !inner;
    }
    case 'expr': {
      if (/\b(runtime|V|variables|C|constants|G|globals)\b/.test(residual.source)) {
        return undefined;
      }
      const { program } = compile(residual.source, cerbosEnvironment());
      if (!program) {
        return undefined;
      }
      const result = program.evaluate(requestBindings(requestRecords(input)), {
        now: timestampOf(),
      });
      return result.kind === 'value' && result.value === true;
    }
    default: {
      const of = residual.of.map((each) => holds(each, input));
      const decisive = residual.kind === 'any';
      if (of.includes(decisive)) {
        return decisive;
      }
      return of.includes(undefined) ? undefined : !decisive;
    }
  }
}

function timestampOf() {
  const result = compile(`timestamp("${now.toISOString()}")`, cerbosEnvironment()).program?.evaluate({});
  if (result?.kind !== 'value') {
    throw new Error('no timestamp');
  }
  return result.value as never;
}

describe(`decisions without all values, generated from seed ${seed}`, () => {
  test.each([false, true])(
    'decisions hold whatever the unknown values are (strict evaluation: %s)',
    (strictEvaluation) => {
      const counts = { EFFECT_ALLOW: 0, EFFECT_DENY: 0, undetermined: 0, compared: 0 };
      for (let round = 0; round < 4; round++) {
        const random = new Random(seed + round);
        const set = compileGenerated(generateSet(random).policies);
        const options = { strictEvaluation, lenientScopeSearch: random.chance(0.5), now };
        for (let index = 0; index < 150; index++) {
          for (const request of generateRequest(random, strictEvaluation, 2)) {
            const input = inputOf(request);
            const unknown = random.pick(unknowns);
            const partial = checkPartially(set, input, { ...options, unknowns: [unknown] });
            // Its own values, and those of other requests in their place.
            for (const attr of [
              undefined,
              ...generateRequest(random, strictEvaluation, 3).map((each) => each.resource['attr']),
            ]) {
              const whole = attr === undefined ? input : filled(input, unknown, attr as JsonObject);
              const { actions } = checkResource(set, whole, options);
              for (const [action, decision] of Object.entries(partial.actions)) {
                const actual = actions[action]?.effect;
                counts[decision.effect]++;
                const about = JSON.stringify({ seed: seed + round, unknown, action, whole, decision });
                if (decision.effect !== 'undetermined') {
                  expect(actual, about).toBe(decision.effect);
                  continue;
                }
                const said = holds(decision.condition, whole);
                if (said === undefined) {
                  continue;
                }
                counts.compared++;
                expect(actual, about).toBe(said ? 'EFFECT_ALLOW' : 'EFFECT_DENY');
              }
            }
          }
        }
      }
      console.log(JSON.stringify(counts));
      for (const effect of ['EFFECT_ALLOW', 'EFFECT_DENY', 'undetermined'] as const) {
        expect(counts[effect]).toBeGreaterThan(100);
      }
      expect(counts.compared).toBeGreaterThan(1000);
    },
  );
});

function filled(input: CheckInput, unknown: string, attr: JsonObject): CheckInput {
  const { principal, resource } = input;
  const [, field] = /attr\.(\w+)$/.exec(unknown) ?? [];
  if (unknown.startsWith('principal')) {
    return { ...input, principal: { ...principal, attr } };
  }
  if (field === undefined) {
    return { ...input, resource: { ...resource, attr } };
  }
  const others = Object.fromEntries(Object.entries(resource.attr ?? {}).filter(([name]) => name !== field));
  const value = attr[field];
  return {
    ...input,
    resource: { ...resource, attr: { ...others, ...(value !== undefined && { [field]: value }) } },
  };
}
