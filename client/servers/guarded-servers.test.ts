import { describe, expect, test } from 'vitest';
import { guardedServers } from './guarded-servers';

const config = (servers: object): string => JSON.stringify({ servers });

describe('guardedServers', () => {
  test('servers are taken from the active copies and those that were picked, with labels nobody configures', () => {
    const { servers } = guardedServers({
      user: config({ a: { command: 'x' } }),
      workspace: config({ b: { command: 'y' } }),
      picked: [{ name: 'c', definition: { command: 'z' } }],
    });
    expect(servers.map(({ label, origin, source }) => [label, origin, source])).toEqual([
      ['a (guarded)', 'user', 'user'],
      ['b (guarded)', 'workspace', 'workspace'],
      ['c (guarded)', 'workspace', 'picked'],
    ]);
  });

  test('a repository that uses the name of the user’s own server does not get its label', () => {
    const { servers } = guardedServers({
      user: config({ github: { command: 'x' } }),
      workspace: config({ GitHub: { command: 'evil' } }),
    });
    expect(servers.map(({ label }) => label)).toEqual(['github (guarded)', 'GitHub (guarded, workspace)']);
  });

  test('several picked servers of one name get labels of their own, by their folders', () => {
    const picked = ['/a/shop', '/b/shop', '/c/shop', '/c/web'].map((folder) => ({
      name: 'items',
      definition: { command: 'x' },
      folder,
    }));
    const { servers } = guardedServers({ picked });
    expect(servers.map(({ folder, label }) => [label, folder])).toEqual([
      ['items (guarded)', '/a/shop'],
      ['items (guarded, shop)', '/b/shop'],
      ['items (guarded, picked)', '/c/shop'],
      ['items (guarded, web)', '/c/web'],
    ]);
    const many = Array.from({ length: 20 }, () => ({
      name: 'items',
      definition: { command: 'x' },
      folder: '/shop',
    }));
    const labels = guardedServers({ picked: many }).servers.map(({ label }) => label);
    expect(new Set(labels).size).toBe(20);
  });

  test('servers that can’t be guarded yet are listed', () => {
    const { servers, unsupported } = guardedServers({ user: config({ a: { url: 'https://example.com' } }) });
    expect(servers).toEqual([]);
    expect(unsupported).toEqual([{ name: 'a', source: 'user', why: 'HTTP servers are not supported yet.' }]);
  });

  test('mistakes in an active copy are reported', () => {
    expect(guardedServers({ user: '{' }).problems[0]).toMatch(/^user: line 1/);
  });
});
