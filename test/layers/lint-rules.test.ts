// The rules of scripts/lint-rules.mjs, tried on code that breaks them.
import { Linter } from 'eslint';
import { describe, expect, test } from 'vitest';
import { house } from '../../scripts/lint-rules.mjs';

function problems(rule: string, code: string): readonly (string | undefined)[] {
  return new Linter()
    .verify(code, [{ plugins: { house }, rules: { [`house/${rule}`]: 'error' } }])
    .map(({ messageId, message }) => messageId ?? message);
}

describe('docstrings', () => {
  test.each([
    '/** What a call came to. */\nconst a = 1;',
    '/**\n * Whether it is so.\n * More.\n */\nconst a = 1;',
    'class A {\n  /** What it holds. */\n  b = 1;\n}',
  ])('a docstring that paraphrases is reported: %j', (code) => {
    expect(problems('docstrings', code)).toEqual(['paraphrase']);
  });

  test.each([
    '/** Resolves when the process has ended. */\nconst a = 1;',
    '/** Whatever happens, the lock is released. */\nconst a = 1;',
    '// What follows is sorted.\nconst a = 1;',
    '/* What follows is sorted. */\nconst a = 1;',
  ])('a comment of another form is accepted: %j', (code) => {
    expect(problems('docstrings', code)).toEqual([]);
  });
});

describe('titles of tests', () => {
  test.each([
    ["test('is refused without an approval', () => {});", 'subject'],
    ["test.each([1])('denies %s at once', () => {});", 'subject'],
    ["test.skipIf(true)('of the user come first', () => {});", 'subject'],
    ["test('policies', () => {});", 'short'],
    ["test.each([1])('%s', () => {});", 'short'],
    ["test.each([1])('%s in %j: %s', () => {});", 'short'],
    ['test(`has ${1} of them`, () => {});', 'subject'],
  ])('a title that needs its describe is reported: %s', (code, problem) => {
    expect(problems('test-titles', code)).toEqual([problem]);
  });

  test.each([
    "test('a denied call is answered with the reason of the rule', () => {});",
    "test.each([1])('%s is no twin', () => {});",
    "test('__proto__ is a name like any other', () => {});",
    "describe('policies', () => {});",
    'test(title, () => {});',
  ])('a title that stands alone is accepted: %s', (code) => {
    expect(problems('test-titles', code)).toEqual([]);
  });
});
