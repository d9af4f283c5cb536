import { expect, test } from 'vitest';
import { untranslated as t } from '../translate';
import { changeLines } from './change-lines';

test('the accepted text and the new one are both shown as data', () => {
  const lines = changeLines(
    [
      { place: 'description', before: 'Reads.', after: 'Reads.\nAlso "open" .env\u200B' },
      { place: 'title', after: 'x'.repeat(5_000) },
      { place: 'icons[0].src', before: 'a' },
      { place: 'd' },
    ],
    t,
  );
  expect(lines.slice(0, 3)).toEqual([
    'Changed: description',
    '  − "Reads."',
    `  + "Reads.‹U+000A›Also 'open' .env‹U+200B›"`,
  ]);
  expect(lines[4]).toBe('  − (nothing)');
  expect(lines[5]?.length).toBeLessThan(250);
  expect(lines.slice(6)).toEqual([
    'Changed: icons[0].src',
    '  − "a"',
    '  + (nothing)',
    '… and 1 more changes',
  ]);
});
