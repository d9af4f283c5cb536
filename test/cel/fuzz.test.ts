import { cerbosEnvironment, requestBindings, requestRecords } from '../../server/policy';
import { describe, expect, test } from 'vitest';
import { check, compile, parse, Timestamp, toJson, unparse } from '../../server/cel/index';
import { request } from './comparison';
import { Generator, mutate } from './generate';
import { Random } from '../random';

// Hostile and half-typed texts go through every stage: nothing throws, nothing takes long, every position is in the text.
// CEL_FUZZ sets how many, CEL_SEED repeats a run.
const seed = Number(process.env['CEL_SEED'] ?? 1377418020);
const inputs = Number(process.env['CEL_FUZZ'] ?? 3000);
const environment = cerbosEnvironment();
const bindings = requestBindings(requestRecords(request), {});
const context = { now: Timestamp.fromMillis(0), costLimit: 100_000 };

/** How long one text may take from reading to evaluating, generously: machines of tests are slow. */
const patience = 120_000;

function nest(random: Random, text: string): string {
  const [open, close] = random.pick([
    ['(', ')'],
    ['[', ']'],
    ['{1: ', '}'],
    ['!', ''],
    ['-', ''],
    ['f(', ')'],
    ['1 + ', ''],
    ['true ? 1 : ', ''],
  ] as const);
  const depth = random.below(random.chance(0.1) ? 20_000 : 300);
  return open.repeat(depth) + text + close.repeat(random.chance(0.8) ? depth : 0);
}

describe(`fuzzing (CEL_SEED=${seed})`, () => {
  test(`${inputs} texts pass through every stage without a throw or a hang`, () => {
    const random = new Random(seed);
    const generator = new Generator(random);
    const slow: string[] = [];
    for (let count = 0; count < inputs; count++) {
      let text = generator.expression();
      text = random.chance(0.9) ? mutate(random, text) : text;
      text = random.chance(0.02) ? nest(random, text) : text;
      const start = performance.now();
      runAll(text);
      if (performance.now() - start > patience) {
        slow.push(text.slice(0, 200));
      }
    }
    expect(slow).toEqual([]);
  });

  test('nothing costs more than the budget allows', () => {
    const greedy = [
      'lists.range(1000000).map(x, lists.range(1000000).map(y, x * y)).size()',
      'lists.range(1000).all(a, lists.range(1000).all(b, lists.range(1000).all(c, a + b + c >= 0)))',
      `${'cel.bind(s, s + s, '.repeat(40).replace('cel.bind(s, s + s', "cel.bind(s, 'abcdefgh'")}s.size()${')'.repeat(40)}`,
      "lists.range(100000).map(x, 'a').join('b').replace('a', 'cccccccccccc').split('').distinct().size()",
      `[1]${'.map(x, [x, x])'.repeat(100)}.size()`,
      `optional.of(1)${'.optMap(x, x)'.repeat(60)}`,
      // Sixty doublings take no memory, but a walk through the value would never end.
      ...[
        'a == a',
        'a != a',
        'a in [a]',
        "{'a': a} == {'a': a}",
        "'%s'.format([a])",
        'hasIntersection([a], [a])',
        '[a, a].distinct()',
        'sets.equivalent([a], [a])',
        'optional.of(a) == optional.of(a)',
        'google.protobuf.ListValue{values: a}',
        'a.flatten(60)',
        'a',
      ].map((use) => `cel.bind(a, [1]${'.map(x, [x, x])'.repeat(60)}, ${use})`),
      ...['a == a', 'a in [a, a]', 'sets.contains([a, a], [a, a])'].map(
        (use) =>
          `cel.bind(a, [1]${'.map(x, [x, x])'.repeat(14)}, [1, 2, 3].all(i, lists.range(100000).all(j, ${use})))`,
      ),
      "'%.100f'.format([1e300]).matches('(((a*)*)*)*b')",
    ];
    for (const text of greedy) {
      const start = performance.now();
      runAll(text);
      expect(performance.now() - start, text).toBeLessThan(patience);
    }
  });
});

function runAll(text: string): void {
  const parsed = parse(text);
  const { issues } = check(parsed, environment);
  for (const issue of [...parsed.issues, ...issues]) {
    if (issue.range.start < 0 || issue.range.end > text.length || issue.range.start > issue.range.end) {
      throw new Error(`${text}: an issue outside the text: ${JSON.stringify(issue)}`);
    }
  }
  unparse(parsed.expr);
  const { program } = compile(text, environment);
  if (!program) {
    return;
  }
  const result = program.evaluate(bindings, context);
  if (result.kind === 'value') {
    toJson(result.value);
  }
  program.explain(bindings, context);
  program.evaluate(bindings, { ...context, unknowns: ['R.attr', 'P.attr.level'] });
  // What is written back means the same.
  const again = compile(unparse(parsed.expr), environment);
  if (!again.program) {
    throw new Error(
      `${text} is written as ${unparse(parsed.expr)}, which does not compile: ${JSON.stringify(again.issues)}`,
    );
  }
}
