import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../server/protocol';
import { findTwins } from './twins';

const files = {
  name: 'files',
  label: 'files (guarded)',
  definition: { command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem', '/w'] },
};
const web = { name: 'web', label: 'web (guarded)', definition: { url: 'https://example.com/mcp' } };

function twins(name: string, definition: JsonObject): string[] {
  return findTwins([files, web], [{ name, definition }]).map(
    ({ guarded, likeness }) => `${guarded}: ${likeness}`,
  );
}

describe('twins', () => {
  test.each<[string, string, JsonObject, string]>([
    ['the same name', 'files', { command: 'other' }, 'files: name'],
    ['the same name in other case', 'FILES', { url: 'https://else.example' }, 'files: name'],
    ['the guarded server’s own label', 'Files (Guarded)', { command: 'other' }, 'files: name'],
    ['the same command', 'x', files.definition, 'files: command'],
    [
      'the same command by its path',
      'x',
      { ...files.definition, command: '/usr/local/bin/npx' },
      'files: command',
    ],
    [
      'the same command through cmd',
      'x',
      { command: 'cmd', args: ['/c', 'npx.cmd', '@modelcontextprotocol/server-filesystem', '/w'] },
      'files: command',
    ],
    ['the same URL', 'x', { type: 'http', url: 'https://EXAMPLE.com/mcp/' }, 'web: url'],
  ])('an entry with %s is a twin', (_what, name, definition, twin) => {
    expect(twins(name, definition)).toEqual([twin]);
  });
});

describe('servers that are no twins', () => {
  test.each<[string, string, JsonObject]>([
    ['another server', 'x', { command: 'npx', args: ['-y', 'another'] }],
    [
      'the same program with other arguments',
      'x',
      { command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem', '/other'] },
    ],
    ['another path on the same host', 'x', { url: 'https://example.com/other' }],
    ['the guard itself', 'files', { command: 'gatehouse', args: ['guard', '--name', 'files', '--', 'npx'] }],
    ['the guard through npx', 'files', { command: 'npx', args: ['-y', 'gatehouse', 'guard', '--', 'x'] }],
    ['something malformed', 'x', { command: 7, args: 'x', url: 'not a url' }],
  ])('%s is no twin', (_what, name, definition) => {
    expect(twins(name, definition)).toEqual([]);
  });
});

test.each<[string, JsonObject]>([
  ['a program called gatehouse in the repository', { command: './gatehouse', args: ['guard'] }],
  ['another command of gatehouse', { command: 'gatehouse', args: ['check'] }],
  ['a server that only mentions the guard', { command: 'x', args: ['gatehouse', 'guard'] }],
])('%s is not the guard', (_what, definition) => {
  expect(twins('files', definition)).toEqual(['files: name']);
});
