// Conditions for the planner: every operator and macro that a filter may have, over what is known and what is not.
import { cerbosEnvironment } from '../../server/policy';
import { compile } from '../../server/cel';
import type { Random } from '../random';

/** What stays open in a filter. */
const open = ['R.attr.a', 'R.attr.b', 'R.attr.deep.er', 'request.resource.attr.c'] as const;
/** Attributes that a request may give. */
const perhaps = ['R.attr.kind', 'R.attr.size', 'R.attr.list'] as const;
const known = [
  'P.id',
  'P.attr.n',
  'P.attr.word',
  'P.attr.list[0]',
  'C.limit',
  'G.stage',
  'R.kind',
  'V.sum',
] as const;
const constants = ['1', '2.5', '"x"', '"ann"', 'true', 'null', '3u', 'b"y"', '[1, 2]', '["a", "b"]'] as const;

const comparisons = ['==', '!=', '<', '<=', '>', '>='] as const;
const sums = ['+', '-', '*', '/', '%'] as const;

/** A condition of so much depth at most. */
export function planCondition(random: Random, depth = 2): string {
  if (depth > 0 && random.chance(0.45)) {
    const inner = (): string => planCondition(random, depth - 1);
    return random.pick([
      () => `(${inner()} && ${inner()})`,
      () => `(${inner()} || ${inner()})`,
      () => `!(${inner()})`,
      () => `(${inner()} ? ${inner()} : ${inner()})`,
    ])();
  }
  for (;;) {
    const source = atom(random);
    // Some choices do not go together.
    if (compile(source, cerbosEnvironment()).program) return source;
  }
}

function operand(random: Random): string {
  return random.pick(random.chance(0.5) ? open : random.chance(0.3) ? perhaps : [...known, ...constants]);
}

function atom(random: Random): string {
  const some = (): string => random.pick(open);
  const any = (): string => operand(random);
  const number = (): string => random.pick(['1', '2', 'R.attr.i', 'int(P.attr.n)', '1 + 1']);
  return random.pick<() => string>([
    () => `${some()} ${random.pick(comparisons)} ${any()}`,
    () => `${any()} ${random.pick(comparisons)} ${some()}`,
    () => `${some()} ${random.pick(sums)} ${number()} > ${number()}`,
    ...Array.from({ length: 3 }, () => () => `${some()} ${random.pick(sums)} ${number()} > ${number()}`),
    () => `${some()}.startsWith(${random.pick(['P.id', '"a"'])})`,
    () => `-${some()} < ${any()}`,
    () => some(),
    () => `${any()} in [${any()}, ${any()}]`,
    () =>
      `${some()} in ${random.pick(['[]', '["x"]', 'P.attr.list', 'P.attr.map', '{"k": 1}', '{"k": R.attr.a}'])}`,
    () => `${some()} == [${any()}, ${any()}]`,
    () => `${some()} == {"k": ${any()}, "j": ${any()}}`,
    () => `${some()}[${number()}] == ${any()}`,
    () =>
      `R.attr.map[${random.pick(['P.id', 'R.attr.k', '"x"', 'P.attr.team.missing', 'P.id + "x"', 'R.attr.kind'])}] == ${any()}`,
    () => `P.attr.map[R.attr.k] ${random.pick(comparisons)} ${random.pick(['1.0', '"x"', '2'])}`,
    () => `P.attr.team[R.attr.k].role == ${random.pick(['"lead"', 'P.attr.word', 'R.attr.a'])}`,
    () => `"lead" in P.attr.team[R.attr.k]`,
    () => `(R.attr.a ? P.attr.team : R.attr.team).x.role == ${any()}`,
    () => `${some()}.substring(1).size() == ${number()}`,
    () => `[R.attr.a, P.attr.n][${number()}].x == ${any()}`,
    () => `has(${random.pick([...open, 'R.attr.kind', 'P.attr.team.missing', 'R.attr.deep'])})`,
    () => `has(R.attr.deep) && R.attr.deep.er == ${any()}`,
    () => `V.${random.pick(['open', 'sum', 'both'])}${random.pick(['', ' == 3.0'])}`,
    () => `${any()} == P.attr.team.missing`,
    () => `request.auxData.jwt.level ${random.pick(comparisons)} ${some()}`,
    () => `${random.pick(['"owner"', '"reader"', 'R.attr.a'])} in runtime.effectiveDerivedRoles`,
    () => `P.attr.word + ${some()} == ${any()}`,
    () => `type(${some()}) == ${random.pick(['string', 'type(P.id)'])}`,
    () => `timestamp(${some()}) < timestamp("2026-01-01T00:00:00Z") + duration("1h")`,
    () =>
      `${some()}.${random.pick(['startsWith', 'endsWith', 'contains', 'matches'])}(${random.pick(['P.id', '"a"'])})`,
    () => `hasIntersection(R.attr.list, ${random.pick(['P.attr.list', '["a"]'])})`,
    () => `size(intersect(${some()}, P.attr.list)) > ${number()}`,
    () => `math.greatest(${some()}, ${number()}, ${number()}) == ${any()}`,
    () => `hierarchy("a.b").overlaps(hierarchy(${some()}))`,
    () => `${some()}.substring(${number()}, ${number()}) == ${any()}`,
    ...Array.from({ length: 8 }, () => () => loop(random)),
    () => `${some()}.matches(${random.pick(['P.id', '"^a"'])})`,
    () => (random.chance(0.15) ? unplannable(random) : some()),
  ])();
}

function loop(random: Random): string {
  const range = (): string =>
    random.pick([
      'R.attr.tags',
      'R.attr.tags',
      'P.attr.list',
      'R.attr.list',
      '[1, 2, R.attr.a]',
      '["a", "b"]',
    ]);
  // The binary goes over the entries of a map in a random order.
  const map = (): string => random.pick(['R.attr.map', 'R.attr.map', '{"k": 1}']);
  const body = (): string =>
    random.pick([
      't == "a"',
      't == P.id',
      't in P.attr.list',
      't.x == R.attr.a',
      't == R.attr.b && P.attr.n > 1.0',
      't in R.attr.list || t == P.attr.word',
      'R.attr.list.exists(u, u == t)',
      'R.attr.map[t] == 1',
    ]);
  return random.pick<() => string>([
    () => `${range()}.exists(t, ${body()})`,
    () => `${range()}.all(t, ${body()})`,
    () => `${range()}.exists_one(t, ${body()})`,
    () => `size(${range()}.filter(t, ${body()})) > 1`,
    () => `${range()}.map(t, ${random.pick(['t', 't.x', 't + P.id'])}) == ["a"]`,
    () => `${range()}.map(t, ${body()}, ${random.pick(['t.x', 't + "!"'])}) == ["a"]`,
    () => `${map()}.exists(k, v, k == P.id || v == R.attr.a)`,
    () => `${map()}.all(k, t, ${body()})`,
    () => `${map()}.exists(k, k == R.attr.a)`,
    () => `${map()}.transformList(k, t, ${random.pick(['t', 't + P.id'])}) == ["a"]`,
    () => `${range()}.transformList(i, t, ${body()}, t + "!") == ["a"]`,
    () => `${map()}.transformMap(k, v, v == R.attr.a) == {"k": true}`,
    () => `${map()}.transformMap(k, t, ${body()}, t) == {"k": 1}`,
    () => `R.attr.map.transformMapEntry(k, v, {v: k}) == {"a": "b"}`,
  ])();
}

/** What no filter is made of. */
function unplannable(random: Random): string {
  return random.pick([
    'cel.bind(x, R.attr.a, x == 1)',
    'R.attr.?a.orValue(1) == 2',
    'R.attr.tags.exists(t, true)',
    'R.attr.tags.sortBy(t, t)[0] == "a"',
    'R.attr.tags.exists(t, t == P.attr.team.missing)',
  ]);
}
