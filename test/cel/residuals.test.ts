import { cerbosEnvironment, requestBindings, requestRecords } from '../../server/policy';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { check, compile, formatValue, parse, planProgram, unparse } from '../../server/cel/index';
import type { EvalResult } from '../../server/cel/index';
import { Random } from '../random';
import { request } from './comparison';
import { Generator } from './generate';

// Knowing less leads nowhere else: where not everything is known, an expression comes to the value that it comes to with
// everything known, or what is left of it does. CEL_SEED repeats a run; CEL_RUNS makes it longer.
const seed = Number(process.env['CEL_SEED'] ?? 1377418020);
const runs = Number(process.env['CEL_RUNS'] ?? 1);

const environment = cerbosEnvironment();
const bindings = requestBindings(requestRecords(request), {});

function shown(result: EvalResult): string {
  if (result.kind === 'value') {
    return formatValue(result.value);
  }
  return result.kind === 'error' ? `error: ${result.message}` : unparse(result.residual);
}

/**
 * Evaluates a residual with all values known; undefined if the checker refuses it. Literals are not validated as those of
 * a source are, since a residual's may be results of evaluation.
 */
function finished(residual: string): string | undefined {
  const parsed = parse(residual);
  const checked = check(parsed, environment);
  return parsed.issues.length > 0 || checked.issues.length > 0
    ? undefined
    : shown(planProgram(parsed.expr, checked).evaluate(bindings));
}

/**
 * Compares residuals with the expressions that they are made from.
 * @returns the differences, and how many expressions have a residual and how many are refused
 */
function examine(
  texts: readonly string[],
  unknowns: readonly string[],
): { readonly wrong: readonly string[]; readonly left: number; readonly refused: number } {
  const wrong: string[] = [];
  let left = 0;
  let refused = 0;
  for (const text of texts) {
    const { program } = compile(text, environment);
    if (!program) {
      continue;
    }
    const whole = shown(program.evaluate(bindings));
    const partial = program.evaluate(bindings, { unknowns });
    if (partial.kind === 'unknown') {
      left++;
    }
    const result = partial.kind === 'unknown' ? finished(shown(partial)) : shown(partial);
    // What fails may fail in another way, or be the term that is no bool. It must not become true.
    const same = whole.startsWith('error: ') ? result !== 'true' : result === whole;
    // A constant that was hidden behind `dyn` is plain to see in what is left, which can be refused for that.
    if (result === undefined) {
      refused++;
      continue;
    }
    if (!same) {
      wrong.push(`${text} leaves ${shown(partial)}, which is ${result} instead of ${whole}`);
    }
  }
  return { wrong, left, refused };
}

describe.each([[['R.attr']], [['P']], [['R.attr.owner', 'P.attr.level']], [['request']]])(
  'residuals without %j',
  (unknowns) => {
    test('residuals of expressions chosen by hand mean the same', () => {
      const file = path.join(import.meta.dirname, 'hand-written.txt');
      expect(examine(readFileSync(file, 'utf8').split('\n'), unknowns).wrong).toEqual([]);
    });

    test(`residuals of generated expressions mean the same (CEL_SEED=${seed})`, () => {
      const generator = new Generator(new Random(seed));
      const { wrong, left, refused } = examine(
        Array.from({ length: 3000 * runs }, () => generator.expression()),
        unknowns,
      );
      expect(wrong).toEqual([]);
      expect(left).toBeGreaterThan(20);
      expect(refused).toBeLessThan(left / 10);
    });
  },
);

test('a value that can be no key stays where it may never be used', () => {
  const text = 'optional.of(R.attr.owner).orValue({}[cel.bind(v, R.id, b"")]) == "ann"';
  expect(examine([text], ['R.attr.owner'])).toEqual({ wrong: [], left: 1, refused: 0 });
});

describe('folding of known values', () => {
  const records = requestRecords({
    principal: {
      id: 'ann',
      roles: ['user'],
      attr: { n: 3, tags: ['a', 'b'], f: true, teams: { x: { role: 'lead' } } },
    },
    resource: { kind: 'album', id: '1', attr: {} },
  });
  const left = (text: string, known: readonly (readonly string[])[] = []): string =>
    shown(
      compile(text, environment).program?.evaluate(requestBindings(records), {
        unknowns: ['R.attr'],
        known,
      }) ?? { kind: 'error', message: 'does not compile', range: { start: 0, end: 0 } },
    );

  test.each([
    ['R.attr.tags.exists(t, t == P.id)', 'R.attr.tags.exists(t, t == "ann")'],
    ['R.attr.tags.all(t, t in P.attr.tags && P.attr.f)', 'R.attr.tags.all(t, t in ["a", "b"])'],
    ['R.attr.tags.exists_one(t, t.x > P.attr.n)', 'R.attr.tags.exists_one(t, t.x > 3.0)'],
    ['R.attr.tags.filter(t, t == P.id) == ["x"]', 'R.attr.tags.filter(t, t == "ann") == ["x"]'],
    ['R.attr.tags.map(t, t + P.id) == []', 'R.attr.tags.map(t, t + "ann") == []'],
    ['R.attr.m.exists(k, v, k == P.id && v)', 'R.attr.m.exists(k, v, k == "ann" && v)'],
    ['R.attr.a.exists(t, t.b.all(u, u == P.id))', 'R.attr.a.exists(t, t.b.all(u, u == "ann"))'],
    ['R.attr.a.exists(P, P.id == request.principal.id)', 'R.attr.a.exists(P, P.id == "ann")'],
  ])('known values are folded in bodies of macros: %s', (text, expected) => {
    expect(left(text)).toBe(expected);
  });

  test.each([
    ['R.attr.a ? P.attr.n > 2.0 : P.attr.n > 5.0', 'R.attr.a ? true : false'],
    ['math.greatest(R.attr.a, P.attr.n) == 3.0', 'math.greatest(R.attr.a, 3.0) == 3.0'],
  ])('known values are folded in branches and arguments that were not reached: %s', (text, expected) => {
    expect(left(text)).toBe(expected);
  });

  test.each([
    ['P.attr.tags.exists(t, t == R.attr.a)', '"a" == R.attr.a || "b" == R.attr.a'],
    ['P.attr.tags.all(i, t, R.attr.list[i] == t)', 'R.attr.list[0] == "a" && R.attr.list[1] == "b"'],
    ['P.attr.tags.exists(t, t == "b" && R.attr.a == 1)', 'R.attr.a == 1'],
    ['P.attr.tags.exists(t, R.attr.a)', 'R.attr.a || R.attr.a || false'],
  ])('loops over known values are folded: %s', (text, expected) => {
    expect(left(text)).toBe(expected);
  });

  test.each([
    ['P.attr.teams[R.attr.team].role == "lead"', '{"x": {"role": "lead"}}[R.attr.team].role == "lead"'],
    ['P.attr.teams[R.attr.team]["role"] == "lead"', '{"x": {"role": "lead"}}[R.attr.team]["role"] == "lead"'],
  ])('a value under a key that is not known is not folded, though its map is known: %s', (text, expected) => {
    expect(left(text)).toBe(expected);
  });

  test('the known part of an unknown value is folded', () => {
    const known = [['R', 'attr', 'a']];
    expect(left('R.attr.a == R.attr.b', known)).toBe('error: no such key: a');
    expect(left('has(R.attr.a) || R.attr.b == "x"', known)).toBe('R.attr.b == "x"');
    expect(left('R.attr == {}', known)).toBe('R.attr == {}');
  });
});
