import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readAccepted, writeAccepted } from './accepted';
import {
  activateLayers,
  layerDigest,
  readActiveCopy,
  readActiveIndex,
  readActiveLayer,
  replacesBase,
} from './active';
import type { BaseMode } from './active';
import { canonicalJson } from './canonical-json';
import { serverFingerprint } from './fingerprint';
import { openStateFolder, stateFolder } from './folder';
import type { StateLayout } from './folder';
import { installationKey } from './installation-key';
import { sessionKey, workspaceKey } from './keys';
import { networkFileSystem } from './network-file-system';

let root: string;
let layout: StateLayout;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-state-'));
  layout = openStateFolder(join(root, 'state'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

const mode = (path: string): number => statSync(path).mode & 0o777;
const file = (path: string, text = path) => ({ path, text });

describe('the state folder', () => {
  test('the state folder is .gatehouse at home, or where GATEHOUSE_HOME says', () => {
    expect(stateFolder({}, '/home/x')).toBe(join('/home/x', '.gatehouse'));
    expect(stateFolder({ GATEHOUSE_HOME: root }, '/home/x')).toBe(root);
    expect(() => stateFolder({ GATEHOUSE_HOME: 'relative' }, '/home/x')).toThrow('absolute');
  });

  test('the state folder is closed to other users, even if it was open before', () => {
    expect(mode(layout.root)).toBe(0o700);
    chmodSync(layout.root, 0o755);
    openStateFolder(layout.root);
    expect(mode(layout.root)).toBe(0o700);
    expect(mode(layout.sessions)).toBe(0o700);
  });

  test('the state folder must be on a disk of this machine', () => {
    expect(networkFileSystem(root)).toBeUndefined();
  });

  test('the state folder has one key, of 32 bytes, that only its owner can read', () => {
    const key = installationKey(layout);
    expect(key).toHaveLength(32);
    expect(installationKey(layout)).toEqual(key);
    expect(mode(layout.key)).toBe(0o600);
    writeFileSync(layout.key, 'short');
    expect(() => installationKey(layout)).toThrow('damaged');
  });
});

describe('active layers', () => {
  const user = [file('a.yaml'), file('sub/b.yaml')];

  test('no layer is active at first', () => {
    expect(readActiveIndex(layout)).toEqual({ version: 1, layers: {}, accepted: [] });
    expect(readActiveLayer(layout, 'policies:user')).toBeUndefined();
  });

  test('active layers are copies stored under their digests', async () => {
    const index = await activateLayers(layout, [['policies:user', user]]);
    const digest = index.layers['policies:user'] ?? '';
    expect(digest).toBe(layerDigest([...user].reverse()));
    expect(readActiveLayer(layout, 'policies:user')).toEqual({ digest, files: user });
    expect(readFileSync(join(layout.active, digest, 'sub/b.yaml'), 'utf8')).toBe('sub/b.yaml');
    expect(mode(join(layout.active, digest, 'a.yaml'))).toBe(0o600);
  });

  test("the user's policies extend the base, unless a person chose otherwise, now or with version 0.1.0", async () => {
    const put = (text: string, base?: BaseMode) =>
      activateLayers(layout, [['policies:user', [{ path: 'a.yaml', text }]]], base);
    const replaced = (): boolean => replacesBase(readActiveIndex(layout));
    await put('1');
    expect(replaced()).toBe(false);
    await put('2', 'replaced');
    await put('3');
    expect(replaced()).toBe(true);
    await put('4', 'extended');
    expect(replaced()).toBe(false);
    const { accepted, layers } = readActiveIndex(layout);
    writeFileSync(layout.activeIndex, JSON.stringify({ version: 1, layers, accepted }), { mode: 0o600 });
    expect(replaced()).toBe(true);
    await put('5');
    expect(replaced()).toBe(true);
    // Of policies that are gone nothing is kept.
    await activateLayers(layout, [['policies:user', undefined]]);
    await put('6');
    expect(replaced()).toBe(false);
    writeFileSync(layout.activeIndex, JSON.stringify({ version: 1, base: 'none', layers, accepted }));
    expect(replaced).toThrow('is damaged');
  });

  test('an active layer can be removed, and its accepted digest is remembered', async () => {
    await activateLayers(layout, [
      ['policies:user', user],
      ['servers:user', [file('mcp.json')]],
    ]);
    const index = await activateLayers(layout, [['policies:user', undefined]]);
    expect(Object.keys(index.layers)).toEqual(['servers:user']);
    expect(index.accepted).toContain(layerDigest(user));
  });

  test('a layer has another digest if a path or a content differs', () => {
    const digests = [
      layerDigest([file('a', 'bc')]),
      layerDigest([file('ab', 'c')]),
      layerDigest([file('a', 'b'), file('c', '')]),
      layerDigest([file('a', ''), file('c', 'b')]),
    ];
    expect(new Set(digests).size).toBe(4);
  });

  test.each([
    ['changed', (copy: string) => writeFileSync(join(copy, 'a.yaml'), 'x')],
    ['added to', (copy: string) => writeFileSync(join(copy, 'c.yaml'), 'x')],
    ['robbed', (copy: string) => rmSync(join(copy, 'a.yaml'))],
    ['removed', (copy: string) => rmSync(copy, { recursive: true })],
  ])('active layers are refused when a copy was %s, until it is activated again', async (_, damage) => {
    const { layers } = await activateLayers(layout, [['policies:user', user]]);
    const digest = layers['policies:user'] ?? '';
    damage(join(layout.active, digest));
    expect(() => readActiveCopy(layout, digest)).toThrow('gatehouse activate');
    await activateLayers(layout, [['policies:user', user]]);
    expect(readActiveCopy(layout, digest)).toHaveLength(2);
  });

  test('active layers are refused when the index is missing or damaged', async () => {
    await activateLayers(layout, [['policies:user', user]]);
    writeFileSync(
      layout.activeIndex,
      '{"version": 1, "layers": {"policies:user": "../../x"}, "accepted": []}',
    );
    expect(() => readActiveIndex(layout)).toThrow('damaged');
    rmSync(layout.activeIndex);
    expect(() => readActiveIndex(layout)).toThrow('missing');
  });

  test('no file of a layer is stored outside the store', async () => {
    await expect(activateLayers(layout, [['policies:user', [file('../x')]]])).rejects.toThrow(
      'not a path within',
    );
  });
});

describe('acceptance', () => {
  const server = {
    version: 2 as const,
    name: 'items',
    fingerprint: 'abc',
    acceptedAt: '2026-01-05T10:00:00.000Z',
    by: 'alice',
    about: { instructions: 'Read.' },
    tools: { t: { name: 't' } },
    prompts: {},
    resourceTemplates: {},
  };

  test('an acceptance is recorded by fingerprint', () => {
    expect(readAccepted(layout, 'abc')).toBeUndefined();
    writeAccepted(layout, server);
    expect(readAccepted(layout, 'abc')).toEqual(server);
  });

  test('an acceptance is refused when its record is damaged or belongs to another server', () => {
    writeAccepted(layout, server);
    const path = join(layout.accepted, 'abc.json');
    writeFileSync(join(layout.accepted, 'def.json'), readFileSync(path));
    expect(() => readAccepted(layout, 'def')).toThrow('damaged');
    for (const text of ['{', 'null', '[]', '{"version":2,"fingerprint":"abc"}']) {
      writeFileSync(path, text);
      expect(() => readAccepted(layout, 'abc'), text).toThrow('damaged');
    }
  });

  test('an acceptance of a version that kept no texts has to be given again, and the error says so', () => {
    writeAccepted(layout, server);
    const path = join(layout.accepted, 'abc.json');
    writeFileSync(path, JSON.stringify({ ...server, version: 1, instructionsDigest: 'd', tools: {} }));
    expect(() => readAccepted(layout, 'abc')).toThrow('accept them again');
  });

  test('the size of an acceptance is bounded', () => {
    const about = { instructions: 'x'.repeat(17 * 2 ** 20) };
    expect(() => writeAccepted(layout, { ...server, about })).toThrow('Nothing was accepted');
    expect(readAccepted(layout, 'abc')).toBeUndefined();
  });
});

describe('keys', () => {
  test('workspace keys do not depend on the order or the spelling of the folders', () => {
    mkdirSync(join(root, 'a'));
    const [a, b] = [join(root, 'a'), join(root, 'b')];
    expect(workspaceKey([a, b])).toBe(workspaceKey([`${b}/`, join(root, 'a/../a')]));
    expect(workspaceKey([a])).not.toBe(workspaceKey([a, b]));
    expect(workspaceKey([a])).toMatch(/^[0-9a-f]{16}$/);
  });

  test('session keys differ between users', () => {
    expect(sessionKey('alice', [root])).not.toBe(sessionKey('bob', [root]));
  });

  test('a server fingerprint depends on what runs, not on other members of the definition', () => {
    const written = { type: 'stdio', command: 'npx', args: ['-y', 'x'], env: { A: '${input:a}' } };
    expect(serverFingerprint({ command: written.command, args: written.args, env: written.env })).toBe(
      serverFingerprint(written),
    );
    expect(serverFingerprint({ ...written, dev: {}, gallery: true })).toBe(serverFingerprint(written));
    expect(serverFingerprint({ ...written, env: {} })).not.toBe(serverFingerprint(written));
    expect(serverFingerprint({ ...written, args: ['x', '-y'] })).not.toBe(serverFingerprint(written));
    expect(serverFingerprint({ command: 'x', args: [], env: {} })).toBe(serverFingerprint({ command: 'x' }));
  });

  test('canonical JSON sorts members at every depth and writes -0 as 0', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'é' }], a: -0 })).toBe('{"a":0,"b":[1,{"c":"é","d":null}]}');
  });
});
