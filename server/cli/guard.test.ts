import { expect, test } from 'vitest';
import { UsageError } from './command';
import { guardArguments } from './guard';

test('what follows -- is the server’s command line, untouched', () => {
  expect(guardArguments(['--name', 'fs', '--', 'npx', '-y', 'pkg', '--name', 'x', '--', 'y'])).toEqual({
    name: 'fs',
    policies: [],
    command: 'npx',
    args: ['-y', 'pkg', '--name', 'x', '--', 'y'],
  });
});

test('policies can be given more than once', () => {
  expect(guardArguments(['--policies', 'a', '--policies=b', '--workspace', 'w', '--', 'x'])).toEqual({
    policies: ['a', 'b'],
    workspace: 'w',
    command: 'x',
    args: [],
  });
});

test.each<[string, string[], RegExp]>([
  ['no command', [], /put its command after --/],
  ['a command without --', ['npx', 'x'], /npx/],
  ['nothing after --', ['--name', 'x', '--'], /put its command after --/],
  ['an empty name', ['--name', '', '--', 'x'], /--name/],
  ['an unknown option', ['--polices', 'x', '--', 'x'], /--polices/],
  ['a URL', ['--url', 'https://example.com/mcp'], /^not-supported-yet/],
])('%s is a mistake', (_, args, message) => {
  expect(() => guardArguments(args)).toThrow(UsageError);
  expect(() => guardArguments(args)).toThrow(message);
});
