import { expect, test } from 'vitest';
import { defaultServerName, printableName } from './server-name';

test.each<[string, string[], string]>([
  ['npx', ['-y', '@modelcontextprotocol/server-filesystem@2026.1.1', '/work'], 'server-filesystem'],
  ['npx.cmd', ['mcp-thing@latest'], 'mcp-thing'],
  ['/usr/bin/node', ['--inspect', 'dist/items.mjs', 'x'], 'items'],
  ['C:\\Python\\python.exe', ['server.py'], 'server'],
  ['uvx', ['mcp-server-git'], 'mcp-server-git'],
  ['/opt/github-mcp', ['stdio'], 'github-mcp'],
  ['node', [], 'node'],
])('%s %j is called %s', (command, args, name) => {
  expect(defaultServerName(command, args)).toBe(name);
});

test('a name can do nothing to a terminal', () => {
  expect(printableName('a\u001b[2J\u202eb')).toBe('a\\u001b[2J\\u202eb');
});
