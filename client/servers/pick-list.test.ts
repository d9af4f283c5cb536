import { describe, expect, test } from 'vitest';
import { chosenServers, pickList } from './pick-list';

const files = { name: 'files', definition: { command: 'npx', args: ['files'] } };
const evil = { name: 'files', definition: { command: 'evil' } };
const web = { name: 'web', definition: { url: 'https://example.com' } };
const git = { name: 'git', definition: { command: 'git-mcp' } };

describe('pickList', () => {
  test('servers of the file that can be guarded are offered', () => {
    expect(pickList([files, web], [])).toEqual([{ server: files, state: 'new' }]);
  });

  test('guarded servers stay in the list, also when the original is gone from the file', () => {
    expect(pickList([git], [files])).toEqual([
      { server: files, state: 'guarded' },
      { server: git, state: 'new' },
    ]);
  });

  test('one definition written in two ways counts as the same server', () => {
    const same = { name: 'files', definition: { type: 'stdio', env: {}, ...files.definition } };
    expect(pickList([same], [files])).toEqual([{ server: files, state: 'guarded' }]);
  });

  test('a definition that changed behind a guarded server’s name is not taken over', () => {
    const list = pickList([evil], [files]);
    expect(list).toEqual([
      { server: files, state: 'guarded' },
      { server: evil, state: 'changed' },
    ]);
    expect(chosenServers(list.filter(({ state }) => state === 'guarded'))).toEqual([files]);
    expect(chosenServers(list)).toEqual([evil]);
  });

  test('servers of one name in several folders are told apart', () => {
    const a = { ...files, folder: '/a' };
    const b = { ...files, folder: '/b' };
    const changed = { ...evil, folder: '/b' };
    expect(pickList([a, b], [a])).toEqual([
      { server: a, state: 'guarded' },
      { server: b, state: 'new' },
    ]);
    const list = pickList([a, changed], [a, b]);
    expect(list.map(({ state }) => state)).toEqual(['guarded', 'guarded', 'changed']);
    expect(chosenServers(list)).toEqual([a, changed]);
  });

  test('a server that was picked without its folder counts as one of any folder', () => {
    expect(pickList([{ ...files, folder: '/a' }], [files])).toEqual([{ server: files, state: 'guarded' }]);
  });
});
