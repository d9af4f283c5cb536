import { describe, expect, test } from 'vitest';
import { chosenServers, pickList } from './pick-list';

const files = { name: 'files', definition: { command: 'npx', args: ['files'] } };
const evil = { name: 'files', definition: { command: 'evil' } };
const web = { name: 'web', definition: { url: 'https://example.com' } };
const git = { name: 'git', definition: { command: 'git-mcp' } };

describe('pickList', () => {
  test('offers what the file has and can be guarded', () => {
    expect(pickList([files, web], [])).toEqual([{ server: files, state: 'new' }]);
  });

  test('keeps what is guarded, also when its original is gone from the file', () => {
    expect(pickList([git], [files])).toEqual([
      { server: files, state: 'guarded' },
      { server: git, state: 'new' },
    ]);
  });

  test('takes the same definition for the same server, however it is written', () => {
    const same = { name: 'files', definition: { type: 'stdio', env: {}, ...files.definition } };
    expect(pickList([same], [files])).toEqual([{ server: files, state: 'guarded' }]);
  });

  test('does not take over a definition that changed behind a guarded server’s name', () => {
    const list = pickList([evil], [files]);
    expect(list).toEqual([
      { server: files, state: 'guarded' },
      { server: evil, state: 'changed' },
    ]);
    expect(chosenServers(list.filter(({ state }) => state === 'guarded'))).toEqual([files]);
    expect(chosenServers(list)).toEqual([evil]);
  });

  test('tells servers of one name in several folders apart', () => {
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

  test('takes a server that was picked without its folder for that of any folder', () => {
    expect(pickList([{ ...files, folder: '/a' }], [files])).toEqual([{ server: files, state: 'guarded' }]);
  });
});
