import { compile, unparse } from '../../../cel';
import { cerbosEnvironment } from '../environment';
import { compileCondition } from '../compile';
import { describe, expect, test } from 'vitest';

/** The expression that is evaluated, as text. */
function folded(source: string): string {
  const { evaluated, issues } = compileCondition(source);
  expect(issues).toEqual([]);
  return unparse(evaluated);
}

describe('constants decide', () => {
  test.each([
    ['true || V.x', 'true'],
    ['V.x && 1 == 2', '1 == 2'],
    ['R.id == "a" && true', 'R.id == "a"'],
    ['size([1]) == 1 ? V.x : V.y', 'V.x'],
    ['V.x in []', 'false'],
    ['"a" in [V.x, "a"]', 'true'],
    ['[V.x, [1].exists(i, i == 1 || true)] in []', 'false'],
    ['"a" in [cel.bind(x, V.x, x), "a"]', 'true'],
    ['dyn(1.0) in [1, V.x]', 'true'],
    ['[1, 2].exists(i, i == 1 || V.x)', 'true'],
    ['R.attr.tags.exists(t, t == "a" || 1 == 1 || V.x)', 'R.attr.tags.exists(t, 1 == 1)'],
    ['R.attr.tags.map(t, true ? t : V.x)', 'R.attr.tags.map(t, t)'],
    ['optional.of(1).optMap(x, x + 1).hasValue() || V.x', 'optional.of(1).optMap(x, x + 1).hasValue()'],
    ['optional.none().optMap(x, x + V.x).hasValue()', 'optional.none().hasValue()'],
    // What is known of a loop at the very end decides nothing around it.
    ['[1, 2].exists(i, type(i) == int) || V.x', 'true || V.x'],
    ['cel.bind(x, V.x, timestamp(1))', 'timestamp("1970-01-01T00:00:01Z")'],
    ['has({"a": 1}.a) || V.x', 'has({"a": 1}.a)'],
    [
      'google.protobuf.Struct{fields: {"a": 1}}.a == 1 || V.x',
      'google.protobuf.Struct{fields: {"a": 1}}.a == 1',
    ],
  ])('%s is evaluated as %s', (source, expected) => {
    expect(folded(source)).toBe(expected);
  });
});

describe('parts that are kept', () => {
  test.each([
    ['where no constant decides', '1 + 2 == R.attr.n && R.attr.tags.exists(t, t == "a")'],
    ['where the time matters', 'true || now() > V.x'],
    ['where a loop is looked for in an empty list', 'cel.bind(x, V.x, dyn(x)) in []'],
    ['where a part of what is looked for is a loop', '[R.attr.tags.exists(t, V.x)] in []'],
    ['that may be no bool', 'true && R.attr.owner'],
    ['where a constant is an error', '1 / 0 == 1 && V.x'],
    ['where a constant cannot be written', '[hierarchy("a"), R.id].size() == 2 && (true || V.x)'],
    ['where an optional cannot', '[optional.of(hierarchy("a")), R.id].size() == 2 && (true || V.x)'],
    ['where types would no longer fit', 'dyn("a") == size(R.id) && (true || V.x)'],
    ['by what costs much', 'lists.range(100000).size() == 100000 || V.x'],
  ])('nothing is dropped %s', (_, source) => {
    const { evaluated, parsed } = compileCondition(source);
    expect(evaluated === parsed.expr || unparse(evaluated) === unparse(parsed.expr)).toBe(true);
  });

  test('nothing is dropped without being asked for', () => {
    const { evaluated, parsed } = compile('true || V.x', cerbosEnvironment());
    expect(evaluated).toBe(parsed.expr);
  });
});

describe('what is left', () => {
  test.each([
    ['R.attr.tags.exists(t, dyn("x"))', false],
    ['R.attr.tags.all(t, dyn("x"))', true],
    ['R.attr.tags.exists(t, true || V.x)', true],
    ['R.attr.tags.filter(t, true || t == V.x).size() == 1', true],
    ['cel.bind(x, V.x, [timestamp(1), duration("1s")]).size() == 2', true],
    ['cel.bind(x, V.x, optional.of(hierarchy("a"))).hasValue()', true],
    ['"a" in ["a", R.attr.missing]', true],
  ])('the folded expression %s gives %s', (source, expected) => {
    const { program } = compileCondition(source);
    const result = program?.evaluate({ R: { attr: { tags: ['a'] } }, V: { x: 1 } });
    expect(result).toEqual({ kind: 'value', value: expected });
  });
});
