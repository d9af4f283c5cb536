import { beforeAll, describe, expect, test } from 'vitest';
import { policyEngineWith } from '../../support/policy/edited-engine';
import { compileGenerated, ours, sameAnswer } from '../support/compare';
import { faults, sound } from './faults';
import { playRound } from '../support/rounds';
import type { Round } from '../support/rounds';
import { seedOfRun } from '../support/seed';
import { describeCase, shrink } from './shrink';
import { Tally } from './tally';

const seed = seedOfRun();
/** How many decisions to compare; `DIFFERENTIAL_DECISIONS=1000000` is the long run. */
const wanted = Number(process.env['DIFFERENTIAL_DECISIONS'] ?? 20_000);
const requestsPerMode = wanted > 100_000 ? 250 : 50;
/** How many decisions have to be about each feature. */
const leastOfEach = Math.min(200, wanted / 100);
const minutes = 5 + wanted / 10_000;

describe(`decisions, generated from seed ${seed}`, () => {
  const tally = new Tally();
  const wrong: Round[] = [];
  /** The first rounds, in every mode, which the planted faults are tried on. */
  const kept: Round[] = [];

  beforeAll(async () => {
    for (let index = 0; tally.decisions < wanted; index++) {
      const round = await playRound(seed + index, requestsPerMode);
      tally.add(round);
      if (kept.length < 6) {
        kept.push(round);
      }
      if (round.wrong.length > 0) {
        wrong.push(round);
      }
      if (wanted > 100_000 && index % 2 === 1) {
        console.log(`${tally.decisions} decisions, ${wrong.length} rounds with differences`);
      }
    }
  }, minutes * 60_000);

  test('decisions are those of cerbos 0.55: effect, policy, scope, derived roles, outputs and validation errors', async () => {
    const [round] = wrong;
    const [first] = round?.wrong ?? [];
    if (!round || !first) {
      return;
    }
    const { policies } = round.generated;
    const found = { policies, request: first.request, mode: first.mode };
    const smallest = process.env['DIFFERENTIAL_SHRINK'] === '0' ? undefined : await shrink(found);
    const count = wrong.reduce((sum, each) => sum + each.wrong.length, 0);
    const report = [
      `${count} answers differ. The first, in the round with seed ${round.seed}:`,
      JSON.stringify(first.request),
      `theirs: ${JSON.stringify(first.answer)}`,
      `ours:   ${JSON.stringify(first.own)}`,
      ...(smallest ? ['made smaller:', describeCase(smallest)] : []),
    ];
    expect.fail(report.join('\n'));
  });

  test('the generated decisions are many, balanced, and about every feature', () => {
    const { decisions, allowedShare, counts, unsettled } = tally;
    const head = `${decisions} decisions, ${allowedShare.toFixed(1)} % allowed, seed ${seed}`;
    console.log([head, ...tally.lines, `${unsettled} on which the binary disagrees with itself`].join('\n'));
    expect(decisions).toBeGreaterThanOrEqual(wanted);
    expect(allowedShare).toBeGreaterThan(30);
    expect(allowedShare).toBeLessThan(70);
    expect([...counts].filter(([, count]) => count < leastOfEach)).toEqual([]);
    expect(unsettled).toBeLessThan(decisions / 1000);
  });

  test.each(Object.entries(faults))('the comparison finds the fault that %s', async (_, fault) => {
    const engine = await fault();
    const noticed = kept.some(({ generated, asked }) => {
      const set = compileGenerated(generated.policies, engine);
      return asked.some(
        ({ mode, request, answer }) => !sameAnswer(ours(set, request, mode, engine).answer, answer),
      );
    });
    expect(noticed).toBe(true);
  });

  test('an engine without a fault, built as the faulty ones are, is told from none', async () => {
    const engine = { ...sound, policy: await policyEngineWith('decide/decide.ts', []) };
    for (const { generated, asked } of kept) {
      const set = compileGenerated(generated.policies, engine);
      for (const { mode, request, own } of asked) {
        expect(ours(set, request, mode, engine).answer).toEqual(own);
      }
    }
  });
});
