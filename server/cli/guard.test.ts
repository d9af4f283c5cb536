import path from 'node:path';
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

test('another decision point can be asked', () => {
  const server = ['--', 'x'];
  expect(guardArguments(['--pdp', 'https://pdp.example', ...server])).toMatchObject({
    decisionPoint: { kind: 'server', location: 'https://pdp.example', timeoutMs: 2000 },
  });
  expect(guardArguments(['--bundle', 'b.wasm', '--pdp-timeout', '0.5', ...server])).toMatchObject({
    decisionPoint: { kind: 'bundle', location: path.resolve('b.wasm'), timeoutMs: 500 },
  });
  expect(guardArguments(['--bundle', 'https://hub.example/b', ...server])).toMatchObject({
    decisionPoint: { kind: 'bundle', location: 'https://hub.example/b' },
  });
});

test.each<[string, string[], RegExp]>([
  ['no command', [], /put its command after --/],
  ['a command without --', ['npx', 'x'], /npx/],
  ['nothing after --', ['--name', 'x', '--'], /put its command after --/],
  ['an empty name', ['--name', '', '--', 'x'], /--name/],
  ['an unknown option', ['--polices', 'x', '--', 'x'], /--polices/],
  [
    'two decision points',
    ['--pdp', 'https://pdp.example', '--bundle', 'b', '--', 'x'],
    /--pdp and --bundle exclude each other/,
  ],
  ['no decision point', ['--pdp=', '--', 'x'], /--pdp needs/],
  ['a time that is none', ['--pdp', 'https://x', '--pdp-timeout', '1e9', '--', 'x'], /--pdp-timeout must/],
  ['a time of zero', ['--pdp', 'https://x', '--pdp-timeout', '0', '--', 'x'], /--pdp-timeout must/],
  ['a time for nothing', ['--pdp-timeout', '1', '--', 'x'], /--pdp-timeout needs/],
  ['a URL', ['--url', 'https://example.com/mcp'], /^not-supported-yet/],
])('guard reports a mistake in its arguments: %s', (_, args, message) => {
  expect(() => guardArguments(args)).toThrow(UsageError);
  expect(() => guardArguments(args)).toThrow(message);
});
