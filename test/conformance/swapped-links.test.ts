import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../tools';
import { cli } from './bundles';

const filesystem = join(root, 'node_modules/@modelcontextprotocol/server-filesystem/dist/index.js');
const swapping = join(root, 'test/fixtures/servers/swapping.mjs');

let folder: string;
let server: readonly string[];
let client: Client | undefined;
const at = (...parts: readonly string[]): string => join(folder, ...parts);

/** `ws/current` leads to `ws/a`, and to `other` as soon as the server has a call: after the decision, before the use. */
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'gatehouse-swapped-')));
  for (const name of ['ws/a', 'other']) {
    mkdirSync(at(name), { recursive: true });
  }
  writeFileSync(at('ws/a/note.txt'), 'a note');
  writeFileSync(at('other/note.txt'), 'a secret');
  symlinkSync('a', at('ws/current'));
  server = [swapping, at('ws/current'), at('other'), filesystem, at('ws'), at('other')];
});
afterEach(async () => {
  await client?.close();
  rmSync(folder, { recursive: true, force: true });
});

const environment = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  GATEHOUSE_HOME: at('state'),
});

/** Reads a file through the real filesystem server, behind a real guard with these options. */
async function read(path: string, ...options: readonly string[]): Promise<string> {
  const accepted = spawnSync(process.execPath, [cli, 'accept', '--yes', '--', process.execPath, ...server], {
    env: environment(),
    cwd: folder,
  });
  expect(accepted.status, String(accepted.stdout)).toBe(0);
  client = new Client({ name: 'an agent', version: '1' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [cli, 'guard', '--workspace', at('ws'), ...options, '--', process.execPath, ...server],
      env: environment(),
      cwd: folder,
      stderr: 'ignore',
    }),
  );
  const { content } = await client.callTool({ name: 'read_text_file', arguments: { path } });
  return (content as { text: string }[])[0]?.text ?? '';
}

function attempts(): readonly Record<string, unknown>[] {
  const sessions = at('state/sessions');
  return readdirSync(sessions, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(sessions, name), 'utf8').split('\n').filter(Boolean))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ type }) => type === 'attempt');
}

describe('a link that leads elsewhere between decision and use', () => {
  test('a link that leads elsewhere meanwhile leads the server astray, as the threat model says', async () => {
    expect(await read(at('ws/current/note.txt'))).toBe('a secret');
  });

  test('a forwarded path without links is not led astray, and the audit says what was sent', async () => {
    expect(await read(at('ws/current/note.txt'), '--forward-resolved-paths')).toBe('a note');
    expect(attempts()).toMatchObject([
      {
        arguments: { path: at('ws/a/note.txt') },
        replaced: [{ argument: 'path', sent: at('ws/current/note.txt') }],
      },
    ]);
  });

  test('forwarding paths without links changes nothing for a path that has none', async () => {
    expect(await read(at('ws/a/note.txt'), '--forward-resolved-paths')).toBe('a note');
    expect(attempts()[0]).not.toHaveProperty('replaced');
  });
});
