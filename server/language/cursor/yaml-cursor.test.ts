import { describe, expect, test } from 'vitest';
import { marked } from '../../../test/support/language/markers';
import { yamlCursor } from './yaml-cursor';

/** `‸` is the cursor; the result is kind, path, and in brackets what a completion replaces. */
function at(source: string): string {
  const { text, cursor = 0 } = marked(source);
  const found = yamlCursor(text, cursor);
  if (found.inText) {
    return 'text';
  }
  const flags = [
    found.fresh && 'fresh',
    found.flow && 'flow',
    found.colon && 'colon',
    found.needsBlank && 'blank',
  ];
  const word = text.slice(found.start, found.end);
  return [
    `${found.kind} ${found.path.join('/') || '.'} [${word}]`,
    ...(found.kind === 'key' && !found.flow ? [`@${found.column}`] : []),
    ...flags.filter((flag) => flag !== false),
  ].join(' ');
}

describe('the cursor in blocks', () => {
  test.each([
    ['‸', 'key . [] @0'],
    ['apiV‸', 'key . [apiV] @0'],
    ['a: 1\nb‸c: 2', 'key . [bc] @0 colon'],
    ['a:‸', 'value a [] blank'],
    ['a: ‸', 'value a []'],
    ['a: foo‸', 'value a [foo]'],
    ['a: fo‸o bar # note', 'value a [foo bar]'],
    ['a:\n  ‸', 'value a [] fresh'],
    ['a:\n  b‸', 'key a [b] @2'],
    ['a:\n  b: 1\n  ‸', 'value a [] fresh'],
    ['a:\n  b: 1\n‸', 'key . [] @0'],
    ['a:\n  b:\n    c: 1\n  ‸', 'value a [] fresh'],
    ['a:\n  b: 1\n\n  # note\n  ‸\n  d: 1', 'value a [] fresh'],
  ])('the cursor is found in blocks: %j', (source, expected) => {
    expect(at(source)).toBe(expected);
  });
});

describe('the cursor in lists', () => {
  test.each([
    ['a:\n  - ‸', 'key a/0 [] @4'],
    ['a:\n  - x‸', 'key a/0 [x] @4'],
    ['a:\n  - x\n  - y‸', 'key a/1 [y] @4'],
    ['a:\n- x\n- y‸', 'key a/1 [y] @2'],
    ['a:\n  - b: 1\n    ‸', 'key a/0 [] @4'],
    ['a:\n  - b: 1\n    c: 2\n  - d: ‸', 'value a/1/d []'],
    ['a:\n  - b: 1\n  ‸', 'value a [] fresh'],
    ['a:\n  - b:\n      - c: ‸', 'value a/0/b/0/c []'],
    ['a:\n  - - x\n    - y‸', 'key a/0/1 [y] @6'],
    ['a:\n  - x\nb: ‸', 'value b []'],
  ])('the cursor is found in lists: %j', (source, expected) => {
    expect(at(source)).toBe(expected);
  });
});

describe('the cursor in brackets and braces', () => {
  test.each([
    ['a: [‸', 'value a/0 [] flow'],
    ['a: [x, y‸]', 'value a/1 [y] flow'],
    ['a: [x,‸ y]', 'value a/1 [] flow'],
    ['a: {‸}', 'key a [] flow'],
    ['a: {b‸: 1}', 'key a [b] flow colon'],
    ['a: {b: ‸}', 'value a/b [] flow'],
    ['a: {b:‸', 'value a/b [] flow blank'],
    ['a: {b: 1, c: [x, "y‸"]}', 'value a/c/1 ["y"] flow'],
    ['a: [\n  x,\n  ‸\n]', 'value a/1 [] flow'],
    ['a: [x]\nb: ‸', 'value b []'],
    ['a: [\n  x\n]\nb: ‸', 'value b []'],
    ['a: {b: "}", c: ‸', 'value a/c [] flow'],
    ['- {a: ‸', 'value 0/a [] flow'],
  ])('the cursor is found in brackets and braces: %j', (source, expected) => {
    expect(at(source)).toBe(expected);
  });
});

describe('the cursor in text', () => {
  test.each([
    ['a: |\n  some: ‸', 'text'],
    ['a: >-\n  some\n\n  more‸\nb: 1', 'text'],
    ['a: >-\n  some: 1\nb: ‸', 'value b []'],
    ['a: one\n  two‸', 'text'],
    ['a: one\n  two\nb‸', 'key . [b] @0'],
    ['a: |\n  x\n  ‸', 'text'],
    ['# note: ‸', 'text'],
    ['a:\n  - |\n    x: ‸\n  - b', 'text'],
    ['a:\n  - |\n    x: 1\n  - b‸', 'key a/1 [b] @4'],
    ['a: [x]‸', 'text'],
  ])('the cursor is found in text: %j', (source, expected) => {
    expect(at(source)).toBe(expected);
  });
});

describe('the cursor in one of several documents', () => {
  test.each([
    ['a:\n  b: 1\n---\n‸', 'key . [] @0'],
    ['a:\n  b: 1\n---\nc: ‸', 'value c []'],
    ['a: ‸\n---\nb: 1', 'value a []'],
  ])('the cursor is found in one of several documents: %j', (source, expected) => {
    expect(at(source)).toBe(expected);
  });
});

test('the cursor is found between Windows line ends', () => {
  expect(at('a:\r\n  - b: 1\r\n    c: ‸\r\n')).toBe('value a/0/c []');
  expect(at('a:\r\n  ‸\r\nb: 1\r\n')).toBe('value a [] fresh');
});
