import {
  chmodSync,
  closeSync,
  constants,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readAccepted, writeAccepted } from './accepted';
import { activateLayers, readActiveCopy, readActiveIndex } from './active';
import { openStateFolder } from './folder';
import type { StateLayout } from './folder';
import { installationKey } from './installation-key';
import { openPrivate, privateFolder, readPrivate } from './private';

let root: string;
const mode = (path: string): number => statSync(path).mode & 0o777;
const somebodyElse = (process.getuid?.() ?? 0) + 1;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-private-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

describe.runIf(process.platform !== 'win32')('what the state folder holds', () => {
  test('a file is created closed to others, and closed if it was open', () => {
    const folder = join(root, 'folder');
    privateFolder(folder);
    expect(mode(folder)).toBe(0o700);
    chmodSync(folder, 0o755);
    privateFolder(folder);
    expect(mode(folder)).toBe(0o700);
    const file = join(folder, 'file');
    closeSync(openPrivate(file, constants.O_RDWR | constants.O_CREAT));
    expect(mode(file)).toBe(0o600);
    chmodSync(file, 0o644);
    expect(readPrivate(file)).toBe('');
    expect(mode(file)).toBe(0o600);
  });

  test('a missing file is not read', () => {
    expect(readPrivate(join(root, 'none'))).toBeUndefined();
  });

  test('a file of another user is not read', () => {
    expect(() => privateFolder(root, somebodyElse)).toThrow('belongs to another user');
    writeFileSync(join(root, 'file'), '');
    expect(() => openPrivate(join(root, 'file'), constants.O_RDONLY, somebodyElse)).toThrow(
      'belongs to another user',
    );
  });

  test('no file is reached or written through a link', () => {
    const outside = join(root, 'outside');
    mkdirSync(outside);
    symlinkSync(outside, join(root, 'folder'));
    expect(() => privateFolder(join(root, 'folder'))).toThrow('is a symbolic link');
    writeFileSync(join(outside, 'file'), 'theirs');
    symlinkSync(join(outside, 'file'), join(root, 'file'));
    expect(() => readPrivate(join(root, 'file'))).toThrow('is a symbolic link');
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC;
    expect(() => openPrivate(join(root, 'file'), flags)).toThrow('is a symbolic link');
    symlinkSync(join(outside, 'none'), join(root, 'dangling'));
    expect(() => openPrivate(join(root, 'dangling'), flags)).toThrow('is a symbolic link');
    expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('theirs');
  });

  test('a pipe, which would never end, is not read', () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    expect(() => readPrivate(join(root, 'pipe'))).toThrow('is no regular file');
    expect(() => privateFolder(join(root, 'pipe'))).toThrow('is no folder');
  });
});

describe.runIf(process.platform !== 'win32')('the state folder', () => {
  let layout: StateLayout;
  const server = {
    version: 2 as const,
    name: 'items',
    fingerprint: 'abc',
    acceptedAt: '2026-01-05T10:00:00.000Z',
    by: 'alice',
    about: {},
    tools: {},
    prompts: {},
    resourceTemplates: {},
  };

  beforeEach(() => {
    layout = openStateFolder(join(root, 'state'));
  });

  test.each(['active', 'accepted', 'sessions', 'run'] as const)(
    'a link in place of the folder %s is refused',
    (name) => {
      rmSync(layout[name], { recursive: true });
      mkdirSync(join(root, 'elsewhere'));
      symlinkSync(join(root, 'elsewhere'), layout[name]);
      expect(() => openStateFolder(layout.root)).toThrow('is a symbolic link');
    },
  );

  test.each(['active', 'accepted', 'sessions', 'run'] as const)(
    'the folder %s is closed to others',
    (name) => {
      chmodSync(layout[name], 0o777);
      openStateFolder(layout.root);
      expect(mode(layout[name])).toBe(0o700);
    },
  );

  /** Puts a link in a file's place, to a copy of it. */
  function linkInstead(path: string): void {
    writeFileSync(join(root, 'copy'), readFileSync(path));
    rmSync(path);
    symlinkSync(join(root, 'copy'), path);
  }

  test('a link in place of the key, an acceptance, the index or a copy is refused', async () => {
    installationKey(layout);
    linkInstead(layout.key);
    expect(() => installationKey(layout)).toThrow('is a symbolic link');
    writeAccepted(layout, server);
    linkInstead(join(layout.accepted, 'abc.json'));
    expect(() => readAccepted(layout, 'abc')).toThrow('is a symbolic link');
    const index = await activateLayers(layout, [['policies:user', [{ path: 'a.yaml', text: 'a' }]]]);
    const digest = index.layers['policies:user'] ?? '';
    linkInstead(join(layout.active, digest, 'a.yaml'));
    expect(() => readActiveCopy(layout, digest)).toThrow('gatehouse activate');
    linkInstead(layout.activeIndex);
    expect(() => readActiveIndex(layout)).toThrow('is a symbolic link');
  });

  test('a link is replaced by a file of its own when something is written', () => {
    writeFileSync(join(root, 'theirs'), 'theirs');
    symlinkSync(join(root, 'theirs'), join(layout.accepted, 'abc.json'));
    writeAccepted(layout, server);
    expect(readFileSync(join(root, 'theirs'), 'utf8')).toBe('theirs');
    expect(readAccepted(layout, 'abc')).toEqual(server);
  });

  test('a key is read while its maker still has it under two names', () => {
    const key = installationKey(layout);
    linkSync(layout.key, join(layout.root, 'key.tmp'));
    expect(installationKey(layout)).toEqual(key);
  });
});
