import { expect, test } from 'vitest';
import { albumFiles, albumWith } from '../../../test/support/language/album';
import { runAll } from '../../../test/support/language/analyze';
import { fileIn, workspaceOf } from '../../../test/support/language/fixture-workspace';
import { withHints } from '../../../test/support/language/render';
import { inlayHints } from './inlay-hints';

/** The lines of the suite that show hints, as an editor shows them. */
function shown(files: Readonly<Record<string, string>>): string[] {
  const { set, file } = fileIn(workspaceOf(files), 'album_test.yaml');
  return withHints(file.text, inlayHints(file, runAll(set)))
    .split('\n')
    .filter((line) => line.includes('‹'))
    .map((line) => line.trim());
}

test('hints mark expectations that passed and give counts', () => {
  expect(shown(albumFiles)).toEqual([
    'name: Albums‹✓ 5›',
    '- name: owners‹✓ 4›',
    'view: EFFECT_ALLOW‹✓›',
    'delete: EFFECT_ALLOW‹✓›',
    'view: EFFECT_ALLOW‹✓›',
    '- name: moderators‹✓ 1›',
    'actions: {delete: EFFECT_ALLOW‹✓›}',
  ]);
});

test('hints leave failing expectations to their diagnostics', () => {
  expect(
    shown(
      albumWith('album_test.yaml', (text) => text.replace('delete: EFFECT_ALLOW', 'delete: EFFECT_DENY')),
    ),
  ).toEqual([
    'name: Albums‹✗ 1 of 5›',
    '- name: owners‹✗ 1 of 4›',
    'view: EFFECT_ALLOW‹✓›',
    'view: EFFECT_ALLOW‹✓›',
    '- name: moderators‹✓ 1›',
    'actions: {delete: EFFECT_ALLOW‹✓›}',
  ]);
});

test('hints show nothing for suites that did not run', () => {
  expect(shown(albumWith('roles.yaml', (text) => text.replace('R.attr.owner', 'R.attrs.owner')))).toEqual([]);
});
