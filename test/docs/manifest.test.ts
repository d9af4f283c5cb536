import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandTitles, settingsSection } from './manifest';
import { commandNames } from '../support/cli/gatehouse';
import { root } from '../tools';
import { pages, proseLines, read } from './pages';

test('settings.md tells of every setting what package.json says (vitest -u brings it up to date)', async () => {
  const page = read('docs/settings.md');
  const [before = '', rest = ''] = page.split('## Settings\n');
  const after = rest.slice(rest.indexOf('\n## ') + 1);
  await expect(`${before}${settingsSection()}\n${after}`).toMatchFileSnapshot(
    path.join(root, 'docs/settings.md'),
  );
});

describe('commands in the documentation', () => {
  // The Marketplace's page and the guide write commands as they stand in the palette: *Gatehouse: Show Log*.
  test.each(pages())('the commands that %s names exist', (page) => {
    const named = proseLines(page).flatMap((line) =>
      [...line.matchAll(/\*+(Gatehouse: [^*]+?)\*+/g)].map((match) => match[1] ?? ''),
    );
    expect(named.filter((title) => !commandTitles().includes(title))).toEqual([]);
  });

  test('the guide names the commands that a beginner needs', () => {
    const guide = read('docs/guide.md');
    for (const title of [
      'Guard MCP Servers…',
      'Review and Activate Changes…',
      'Fix Unguarded Twins…',
      'Resume Session',
    ]) {
      expect(guide).toContain(`*Gatehouse: ${title}*`);
    }
  });
});

test('features.md lists every command of the extension and of the command line', () => {
  const features = read('docs/features.md');
  const missing = commandTitles().filter((title) => !features.includes(`| *${title}* |`));
  expect(missing).toEqual([]);
  const known = commandNames();
  expect(known.length).toBeGreaterThan(2);
  const listed = [...features.matchAll(/^\| `gatehouse ([\w-]+)` \|/gm)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual(known.toSorted());
});
