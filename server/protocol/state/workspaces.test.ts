import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStateFolder } from './folder';
import type { StateLayout } from './folder';
import { canonicalFolders, sessionKey } from './keys';
import { knownWorkspaces, rememberWorkspace, sessionWorkspace } from './workspaces';

const day = 24 * 60 * 60_000;
let root: string;
let home: string;
let layout: StateLayout;
let now: number;

beforeEach(() => {
  root = realpathSync.native(mkdtempSync(join(tmpdir(), 'gatehouse-workspaces-')));
  home = join(root, 'home');
  layout = openStateFolder(join(root, 'state'));
  now = Date.UTC(2026, 0, 5, 10);
  for (const folder of ['ws/sub/deep', 'ws2', 'other']) {
    mkdirSync(join(home, folder), { recursive: true });
  }
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

const at = (path: string): string => join(home, path);

/** A guard starts in these folders of the home folder; returns the folders whose session it takes part in. */
function start(...folders: readonly string[]): readonly string[] {
  const workspace = { name: folders[0] ?? '', folders: folders.map(at) };
  const found = sessionWorkspace(layout, 'alice', workspace, home, now);
  rememberWorkspace(layout, 'alice', found, now);
  now += 1_000;
  expect(found.key).toBe(sessionKey('alice', found.folders));
  return canonicalFolders(found.folders);
}

describe('sessions of folders inside a known workspace', () => {
  test('a folder inside a known workspace has that workspace’s session, however deep it is', () => {
    start('ws');
    expect(start('ws/sub')).toEqual([at('ws')]);
    expect(start('ws/sub/deep')).toEqual([at('ws')]);
    expect(start('ws2')).toEqual([at('ws2')]);
    expect(start('other')).toEqual([at('other')]);
  });

  test('a folder has its own session until the workspace around it is known, and then that one', () => {
    expect(start('ws/sub')).toEqual([at('ws/sub')]);
    expect(start('ws')).toEqual([at('ws')]);
    expect(start('ws/sub')).toEqual([at('ws')]);
  });

  test('a folder has the session of the outermost workspace, in whatever order they became known', () => {
    start('ws/sub');
    start('ws/sub/deep');
    start('ws');
    expect(start('ws/sub/deep')).toEqual([at('ws')]);
  });

  test('a folder has the same session by a link, and by a name that is not there yet', () => {
    start('ws');
    symlinkSync(at('ws/sub'), at('link'));
    expect(start('link')).toEqual([at('ws')]);
    expect(start('link/new')).toEqual([at('ws')]);
    symlinkSync(at('other'), at('ws/out'));
    expect(start('ws/out')).toEqual([at('other')]);
  });

  test('a workspace of several folders is inside another if all of its folders are', () => {
    start('ws', 'other');
    expect(start('ws/sub')).toEqual([at('other'), at('ws')]);
    expect(start('ws')).toEqual([at('other'), at('ws')]);
    expect(start('other', 'ws/sub')).toEqual([at('other'), at('ws')]);
    expect(start('ws', 'ws2')).toEqual([at('ws'), at('ws2')]);
  });

  test('the workspace that was known first counts where each holds the other', () => {
    start('ws');
    expect(start('ws', 'ws/sub')).toEqual([at('ws')]);
    start('other', 'other/inner');
    expect(start('other')).toEqual([at('other'), at('other/inner')]);
  });
});

describe('workspaces that hold no others', () => {
  test.each([
    ['the home folder', () => home],
    ['a folder that holds it', () => root],
    ['the whole disk', () => '/'],
  ])('a workspace takes no others in if it is %s', (_, folder) => {
    const wide = { name: 'wide', folders: [folder()] };
    const found = sessionWorkspace(layout, 'alice', wide, home, now);
    rememberWorkspace(layout, 'alice', found, now);
    expect(start('ws')).toEqual([at('ws')]);
  });

  test('a workspace without a folder takes no others in, and the home folder is one', () => {
    const empty = { name: '', folders: [] };
    rememberWorkspace(layout, 'alice', sessionWorkspace(layout, 'alice', empty, home, now), now);
    expect(start('ws')).toEqual([at('ws')]);
  });

  test('a workspace of another user takes no others in', () => {
    const theirs = { name: 'ws', folders: [at('ws')] };
    rememberWorkspace(layout, 'bob', sessionWorkspace(layout, 'bob', theirs, home, now), now);
    expect(start('ws/sub')).toEqual([at('ws/sub')]);
  });

  test('a workspace in which no guard has run for thirty days takes no others in', () => {
    start('ws');
    now += 20 * day;
    expect(start('ws/sub')).toEqual([at('ws')]);
    now += 20 * day;
    // The guard in the folder inside was one of it.
    expect(start('ws/sub')).toEqual([at('ws')]);
    now += 31 * day;
    expect(start('ws/sub')).toEqual([at('ws/sub')]);
  });

  test('a workspace whose name only begins alike holds no other', () => {
    start('ws');
    expect(start('ws2')).toEqual([at('ws2')]);
  });
});

test('files that are damaged, or of another workspace, count for nothing', () => {
  start('ws');
  const [known] = knownWorkspaces(layout);
  writeFileSync(join(layout.workspaces, '0123456789abcdef.json'), JSON.stringify(known));
  writeFileSync(join(layout.workspaces, 'fedcba9876543210.json'), '{');
  expect(knownWorkspaces(layout)).toEqual([known]);
});
