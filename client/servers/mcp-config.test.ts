import { applyEdits } from 'jsonc-parser';
import { describe, expect, test } from 'vitest';
import { parseMcpConfig, removalEdits } from './mcp-config';

describe('parseMcpConfig', () => {
  test('servers are read with comments and trailing commas, and the position of each', () => {
    const text = `{
      // mine
      "servers": {
        "fs": { "command": "npx", "args": ["-y", "x"], },
        "web": { "type": "http", "url": "https://example.com" },
      },
    }`;
    const { servers, problems } = parseMcpConfig(text, ['servers']);
    expect(problems).toEqual([]);
    expect(servers).toEqual([
      { name: 'fs', definition: { command: 'npx', args: ['-y', 'x'] }, offset: text.indexOf('"fs"') },
      {
        name: 'web',
        definition: { type: 'http', url: 'https://example.com' },
        offset: text.indexOf('"web"'),
      },
    ]);
  });

  test('the other agents’ key is read on request', () => {
    const text = '{"mcpServers": {"a": {"command": "x"}}, "servers": {"b": {"command": "y"}}}';
    expect(parseMcpConfig(text, ['mcpServers', 'servers']).servers.map(({ name }) => name)).toEqual([
      'a',
      'b',
    ]);
    expect(parseMcpConfig(text, ['servers']).servers.map(({ name }) => name)).toEqual(['b']);
  });

  test('a file that is being typed is read as far as possible, with its mistakes', () => {
    const { servers, problems } = parseMcpConfig('{"servers": {"a": {"command": "x"}, "b": {', ['servers']);
    expect(servers.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(problems[0]).toMatch(/^line 1: /);
  });

  test.each([
    ['an empty file', '', 'line 1: ValueExpected'],
    ['a list of servers', '{"servers": []}', '"servers" is not an object'],
    ['a server that is no object', '{"servers": {"a": "npx x"}}', 'an entry of "servers" is not an object'],
    ['a server that is there twice', '{"servers": {"a": {}, "a": {"url": "x"}}}', '"a" is there twice'],
  ])('a mistake is reported in %s', (_what, text, problem) => {
    expect(parseMcpConfig(text, ['servers']).problems).toContain(problem);
  });

  test('the name `__proto__` is read like any other', () => {
    const { servers } = parseMcpConfig('{"servers": {"__proto__": {"__proto__": 1}}}', ['servers']);
    expect(servers.map(({ name }) => name)).toEqual(['__proto__']);
    expect(Object.keys(servers[0]!.definition)).toEqual(['__proto__']);
  });

  test('offsets are right behind a byte order mark', () => {
    expect(parseMcpConfig('\uFEFF{"servers":{"a":{}}}', ['servers']).servers[0]!.offset).toBe(13);
  });
});

describe('removalEdits', () => {
  test.each([
    ['the first', '{"servers": {"a": {"command": "x"}, /* mine */ "b": {}}}', ['b']],
    ['the only one', '{"servers": {"a": {}}}', []],
    ['one of the other agents’ key', '{"mcpServers": {"a": {}, "b": {}}}', ['b']],
  ])('removal edits take out %s, and nothing else', (_what, text, left) => {
    const after = applyEdits(text, [...removalEdits(text, 'a')]);
    expect(parseMcpConfig(after, ['servers', 'mcpServers'])).toMatchObject({ problems: [] });
    expect(parseMcpConfig(after, ['servers', 'mcpServers']).servers.map(({ name }) => name)).toEqual(left);
  });

  test('there are no removal edits for a server or file that does not exist', () => {
    expect(removalEdits('{"servers": {"b": {}}}', 'a')).toEqual([]);
    expect(removalEdits('', 'a')).toEqual([]);
  });
});
