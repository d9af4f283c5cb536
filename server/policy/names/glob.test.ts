import { describe, expect, test } from 'vitest';
import { compileGlob, isGlob, matchesGlob } from './glob';

describe('globs', () => {
  test.each([
    // A star stays within a segment, two cross segments, a lone one matches everything.
    ['*', 'view:public', true],
    ['view:*', 'view:public', true],
    ['view:*', 'view', false],
    ['view:*', 'view:public:all', false],
    ['view:**', 'view:public:all', true],
    ['*:public', 'view:public', true],
    ['**:draft', 'edit:title:draft', true],
    ['del*', 'delete_all', true],
    ['del*', 'delete:all', false],
    ['a*b*c', 'aXXbYYc', true],
    ['a*b*c', 'aXXcYYb', false],
    ['*', '', true],
    ['a*', 'a', true],
    // Single characters and sets of them.
    ['v?ew', 'view', true],
    ['v?ew', 'vew', false],
    ['a?b', 'a:b', false],
    ['[vx]iew', 'view', true],
    ['[!v]iew', 'view', false],
    ['[!v]iew', 'xiew', true],
    ['[a-f]x', 'cx', true],
    ['[a-f]x', 'gx', false],
    ['[!a-f]x', 'gx', true],
    ['?', '😀', true],
    // Alternatives, nested and empty ones too.
    ['{view,edit}', 'edit', true],
    ['{view,edit}', 'delete', false],
    ['{view:*,edit}*', 'edit_all', true],
    ['{a,b{c,d}}x', 'bdx', true],
    ['{,re}open', 'open', true],
    // Escapes, and characters that mean nothing outside their place.
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['a,b}', 'a,b}', true],
    ['a*\\', 'ab', true],
    // What is not closed is closed by the end.
    ['{a,b', 'b', true],
    ['{a,b', '{a,b', false],
    // NUL is dropped behind text, and ends the glob elsewhere.
    ['ab\0c*', 'abcd', true],
    ['ab\0c*', 'ab\0c', false],
    ['a*\0b', 'ax', true],
    ['{a,\0b}*', 'a', true],
    ['{a,\0b}*', 'b', false],
  ])('the glob %s matches the name %s: %s', (glob, text, expected) => {
    expect(matchesGlob(glob, text)).toBe(expected);
  });

  test.each(['[a', '[]', '[a-z0-9]', '[z-a]', '[a\0b]'])(
    'the glob %s is malformed and matches nothing',
    (glob) => {
      expect(compileGlob(glob)).toBeUndefined();
      expect(matchesGlob(glob, glob)).toBe(false);
    },
  );

  test('only a star makes a name in a policy a glob', () => {
    expect(isGlob('view:*')).toBe(true);
    expect(isGlob('view:?')).toBe(false);
  });

  test('a hostile glob does not take exponential time', () => {
    const glob = `${'*a'.repeat(40)}b`;
    const started = performance.now();
    expect(matchesGlob(glob, 'a'.repeat(2000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(120_000);
  });
});
