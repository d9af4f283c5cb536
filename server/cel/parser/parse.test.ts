import { describe, expect, test } from 'vitest';
import { children, compile, standardEnvironment, unparse } from '../index';
import type { Expr } from '../index';
import { parse } from './parse';

/** The text of every node, outermost first. */
function textsOf(source: string): string[] {
  const visit = (node: Expr): string[] => [
    source.slice(node.range.start, node.range.end),
    ...children(node).flatMap(visit),
  ];
  return visit(parse(source).expr);
}

describe('parse', () => {
  test('parsing gives every node its place in the text', () => {
    expect(textsOf('a.b + f(1, x)')).toEqual(['a.b + f(1, x)', 'a.b', 'a', 'f(1, x)', '1', 'x']);
    expect(textsOf('(a + b) * c')).toEqual(['(a + b) * c', 'a + b', 'a', 'b', 'c']);
  });

  test('parsing keeps the call that a macro was written as', () => {
    const { expr } = parse('P.roles.exists(r, r == "admin")');
    expect(expr.kind).toBe('comprehension');
    expect(expr.macro?.name).toBe('exists');
    expect(unparse(expr)).toBe('P.roles.exists(r, r == "admin")');
  });

  test.each([
    ['R.attr.', 'select of something half-typed', "no viable alternative at input '.'"],
    ['1 +', 'a missing operand', "mismatched input '<EOF>' expecting"],
    ['f(1,', 'an open call', "mismatched input '<EOF>' expecting"],
    ["'abc", 'an open string', 'token recognition error'],
    ['a ? b', 'a missing branch', "mismatched input '<EOF>' expecting ':'"],
  ])('a parse error in %s (%s) is reported, and a tree is made', (source, _what, message) => {
    const { expr, issues } = parse(source);
    expect(issues[0]?.message).toContain(message);
    expect(expr).toBeDefined();
  });

  test('parsing reports all mistakes, not only the first', () => {
    const { issues } = parse('[1].map(2, 3) + [1].all(4, true)');
    expect(issues.map((issue) => issue.message)).toEqual([
      'argument is not an identifier',
      'argument must be a simple name',
    ]);
  });

  test('parsing refuses deep nesting instead of running out of stack', () => {
    expect(parse('('.repeat(249) + '1' + ')'.repeat(249)).issues).toEqual([]);
    expect(parse('('.repeat(100_000)).issues).toMatchObject([{ code: 'too-deep' }]);
    expect(parse(`true${' && true'.repeat(5000)}`).issues).toEqual([]);
    expect(parse(`1${' '.repeat(100_000)}`).issues).toMatchObject([{ code: 'too-long' }]);
  });

  test.each([
    ['parentheses', '('.repeat(10_000) + '1' + ')'.repeat(10_000)],
    ['lists', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['maps', '{1: '.repeat(10_000) + '1' + '}'.repeat(10_000)],
    ['calls', 'f('.repeat(10_000) + ')'.repeat(10_000)],
    ['methods', `a${'.f()'.repeat(10_000)}`],
    ['selections', `a${'.b'.repeat(10_000)}`],
    ['indexes', `a${'[0]'.repeat(10_000)}`],
    ['conditionals', `${'a ? b : '.repeat(10_000)}c`],
    ['sums', `1${' + 1'.repeat(10_000)}`],
  ])('a text with 10,000 %s in each other is refused', (_, source) => {
    expect(parse(source).issues).toMatchObject([{ code: 'too-deep' }]);
  });

  test('parsing accepts an expression that is long but not deep', () => {
    const list = compile(`[${'1, '.repeat(30_000)}1].size()`, standardEnvironment());
    expect(list.program?.evaluate({})).toEqual({ kind: 'value', value: 30_001n });
    const text = compile(`"${'a'.repeat(99_000)}".size()`, standardEnvironment());
    expect(text.program?.evaluate({})).toEqual({ kind: 'value', value: 99_000n });
    const terms = compile(`false${' || false'.repeat(9_000)}`, standardEnvironment());
    expect(terms.program?.evaluate({})).toEqual({ kind: 'value', value: false });
    const signs = compile(`${'!'.repeat(90_000)}true`, standardEnvironment());
    expect(signs.program?.evaluate({})).toEqual({ kind: 'value', value: true });
  });

  test('parsing refuses macros that copy their arguments into a huge tree', () => {
    expect(parse(`x${'.optMap(a, a)'.repeat(60)}`).issues).toMatchObject([{ code: 'too-long' }]);
  });
});

describe('unparse', () => {
  test.each([
    'a + b * c',
    '(a + b) * c',
    'a - (b - c)',
    '-(-(1))',
    '!(a && b) || c',
    '(a ? b : c) ? d : e',
    'a ? b : c ? d : e',
    'x.?y.z[?1]',
    '{?"a": x, 1: 2u}',
    '[?a, b"\\x00", "\\n"]',
    'a.`b-c`',
    'has(a.b)',
    '(-1).abs()',
    '1.0 in [1.5e+30]',
  ])('an unparsed expression keeps the meaning of %s', (source) => {
    const plain = (expr: Expr): unknown =>
      JSON.stringify(expr, (key, value: unknown) =>
        ['id', 'range', 'position', 'nameRange', 'fieldRange'].includes(key)
          ? undefined
          : typeof value === 'bigint'
            ? `${value}n`
            : value,
      );
    const { expr, issues } = parse(source);
    expect(issues).toEqual([]);
    expect(plain(parse(unparse(expr)).expr)).toEqual(plain(expr));
  });
});
