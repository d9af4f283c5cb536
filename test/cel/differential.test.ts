import { cerbosEnvironment } from '../../server/policy';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { check, children, parse } from '../../server/cel/index';
import { overloadExpressions } from './chosen-expressions';
import { mismatches } from './compare-all';
import { Generator, mutate } from './generate';
import { Random } from '../random';

// Every expression is given to our engine and to `cerbos 0.55`'s repl: same value, same error, same rejection.
// CEL_SEED repeats a run; CEL_RUNS makes it longer, e.g. CEL_RUNS=50 for fifty times as many generated expressions.
const seed = Number(process.env['CEL_SEED'] ?? 1377418020);
const runs = Number(process.env['CEL_RUNS'] ?? 1);

describe('the engine beside cerbos 0.55', () => {
  test('the engine and cerbos 0.55 agree on every overload with edge values, hidden types and wrong types', async () => {
    const expressions = overloadExpressions();
    expect(expressions.length).toBeGreaterThan(2000);
    expect(await mismatches(expressions)).toEqual([]);
  });

  test('the engine and cerbos 0.55 agree on expressions that the checker takes for every overload there is', () => {
    const environment = cerbosEnvironment();
    const covered = new Set<string>();
    for (const expression of overloadExpressions()) {
      const parsed = parse(expression);
      const checked = check(parsed, environment);
      const pending = checked.issues.length > 0 ? [] : [parsed.expr];
      for (let node = pending.pop(); node; node = pending.pop()) {
        const reference = checked.referenceOf(node);
        for (const id of reference?.kind === 'overloads' ? reference.ids : []) {
          covered.add(`${reference?.kind === 'overloads' ? reference.function : ''} ${id}`);
        }
        pending.push(...children(node));
      }
    }
    const all = [...environment.functions.values()].flatMap(({ name, overloads }) =>
      overloads.map(({ id }) => `${name} ${id}`),
    );
    // Their values differ from run to run.
    expect(all.filter((id) => !covered.has(id) && !/^(?:now|timeSince) /.test(id))).toEqual([]);
  });

  test('the engine and cerbos 0.55 agree on expressions chosen by hand', async () => {
    const file = path.join(import.meta.dirname, 'hand-written.txt');
    const expressions = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    expect(expressions.length).toBeGreaterThan(400);
    expect(await mismatches(expressions)).toEqual([]);
  });

  test(`the engine and cerbos 0.55 agree on generated expressions (CEL_SEED=${seed})`, async () => {
    for (let run = 0; run < runs; run++) {
      const generator = new Generator(new Random(seed + run));
      const expressions = Array.from({ length: 1500 }, () => generator.expression());
      expect(await mismatches(expressions), `seed ${seed + run}`).toEqual([]);
    }
  });

  test(`the engine and cerbos 0.55 agree on broken expressions (CEL_SEED=${seed})`, async () => {
    for (let run = 0; run < runs; run++) {
      const random = new Random(seed + run);
      const generator = new Generator(random);
      const expressions = Array.from({ length: 1500 }, () => mutate(random, generator.expression()));
      expect(await mismatches(expressions), `seed ${seed + run}`).toEqual([]);
    }
  });
});
