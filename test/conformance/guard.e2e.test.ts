import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  ListRootsRequestSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../tools';
import { cli } from './bundles';
import { fixture } from './wire';

const filesystem = join(root, 'node_modules/@modelcontextprotocol/server-filesystem/dist/index.js');
let folder: string;
let workspace: string;
const clients: Client[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
  workspace = join(folder, 'workspace');
  mkdirSync(workspace);
  writeFileSync(join(workspace, 'note.txt'), 'written down');
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  rmSync(folder, { recursive: true, force: true });
});

const environment = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  GATEHOUSE_HOME: join(folder, 'state'),
  ITEMS_LOG: join(folder, 'items.jsonl'),
});

/** Connects as an MCP client does that knows nothing of Gatehouse. */
async function connect(server: readonly string[], options: readonly string[] = []): Promise<Client> {
  const client = new Client({ name: 'an agent', version: '1' }, { capabilities: { roots: {} } });
  client.setRequestHandler(ListRootsRequestSchema, () => ({
    roots: [{ uri: pathToFileURL(workspace).href }],
  }));
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [cli, 'guard', ...options, '--', process.execPath, ...server],
      env: environment(),
      cwd: folder,
      stderr: 'ignore',
    }),
  );
  clients.push(client);
  return client;
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function gatehouse(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [cli, ...args], { env: environment(), cwd: folder });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

const accept = (server: readonly string[], options: readonly string[] = []): Promise<Ended> =>
  gatehouse('accept', '--yes', ...options, '--', process.execPath, ...server);

async function call(
  client: Client,
  name: string,
  given: object = {},
): Promise<{ text: string; refused: boolean }> {
  const answer = await client.callTool({ name, arguments: { ...given } });
  const [first] = answer.content as { text: string }[];
  return { text: first?.text ?? '', refused: answer.isError === true };
}

describe('the filesystem server behind gatehouse guard, for a client without VS Code', () => {
  const server = (): string[] => [filesystem, workspace];

  test('reading is refused until a person has accepted the tools, and says how that is done', async () => {
    const client = await connect(server(), ['--name', 'fs']);
    const note = { path: join(workspace, 'note.txt') };
    const before = await call(client, 'read_text_file', note);
    expect(before.refused).toBe(true);
    expect(before.text).toContain('gatehouse accept');

    expect(await accept(server(), ['--name', 'fs'])).toMatchObject({ code: 0 });
    // The connection that is open learns of it, as does a new one.
    expect(await call(client, 'read_text_file', note)).toEqual({ text: 'written down', refused: false });
    const again = await connect(server(), ['--name', 'fs']);
    expect(await call(again, 'read_text_file', note)).toEqual({ text: 'written down', refused: false });
  });

  test('writing is refused, since nobody can be asked, and says how to get a yes', async () => {
    await accept(server(), ['--name', 'fs']);
    const client = await connect(server(), ['--name', 'fs']);
    const path = join(workspace, 'new.txt');
    const answer = await client.callTool({ name: 'write_file', arguments: { path, content: 'x' } });
    expect(answer).toMatchObject({
      isError: true,
      _meta: {
        'gatehouse/decision': {
          id: expect.any(String) as string,
          effect: 'deny',
          rule: expect.any(String) as string,
          policy: expect.stringContaining('mcp') as string,
        },
      },
    });
    const [first] = answer.content as { text: string }[];
    expect(first?.text).toMatch(/VS Code/);
    expect(existsSync(path)).toBe(false);
  });

  test('reading outside the workspace is refused, however the path is written', async () => {
    await accept(server(), ['--name', 'fs']);
    const client = await connect(server(), ['--name', 'fs', '--workspace', workspace]);
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    for (const path of ['../secret.txt', join(workspace, '../secret.txt'), '/etc/passwd', '~/.ssh/id_rsa']) {
      expect(await call(client, 'read_text_file', { path })).toMatchObject({ refused: true });
    }
  });

  test('the audit has the attempt, the decision and the outcome', async () => {
    await accept(server(), ['--name', 'fs']);
    const client = await connect(server(), ['--name', 'fs']);
    await call(client, 'read_text_file', { path: join(workspace, 'note.txt') });
    await call(client, 'write_file', { path: join(workspace, 'new.txt'), content: 'x' });
    const types = (): unknown[] =>
      readdirSync(join(folder, 'state', 'sessions'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.jsonl'))
        .flatMap((file) =>
          readFileSync(join(folder, 'state', 'sessions', file), 'utf8')
            .trim()
            .split('\n'),
        )
        .map((line) => (JSON.parse(line) as { type: unknown }).type);
    await expect.poll(types).toEqual(expect.arrayContaining(['session', 'attempt', 'decision', 'outcome']));
    expect(types().filter((type) => type === 'outcome')).toHaveLength(1);
  });
});

describe('the items server', () => {
  const server = [fixture('items')];

  test('nothing that was refused was executed', async () => {
    await accept(server);
    rmSync(join(folder, 'items.jsonl'), { force: true });
    const client = await connect(server);
    expect(await call(client, 'list_items')).toMatchObject({ refused: false });
    for (const name of ['add_item', 'delete_item', 'wipe_database', 'no_such_tool']) {
      expect(await call(client, name, { id: '1', text: 'x' })).toMatchObject({ refused: true });
    }
    expect(readFileSync(join(folder, 'items.jsonl'), 'utf8')).toBe('{"tool":"list_items","arguments":{}}\n');
  });

  test('a policy given with --policies can hide a tool and deny it, and grants nothing', async () => {
    await accept(server);
    const policies = join(folder, 'policies');
    mkdirSync(policies);
    writeFileSync(
      join(policies, 'extra.yaml'),
      `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: mcp:tool
  version: default
  rules:
    - name: no-lists
      actions: [list_items]
      effect: EFFECT_DENY
      roles: ["*"]
    - name: everything
      actions: ["*"]
      effect: EFFECT_ALLOW
      roles: ["*"]
`,
    );
    const client = await connect(server, ['--policies', policies]);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['read_item', 'add_item', 'delete_item', 'wipe_database']);
    expect(await call(client, 'list_items')).toMatchObject({ refused: true });
    expect(await call(client, 'add_item', { text: 'x' })).toMatchObject({ refused: true });
    expect(await call(client, 'read_item', { id: '1' })).toMatchObject({ refused: false });
  });

  test('a thousand calls at once are each decided and answered', async () => {
    await accept(server);
    const client = await connect(server);
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) =>
        n % 2 === 0 ? call(client, 'read_item', { id: '1' }) : call(client, 'add_item', { text: `${n}` }),
      ),
    );
    expect(answers.filter(({ refused }) => !refused)).toHaveLength(500);
    expect(answers.filter(({ text }) => text === 'a lantern')).toHaveLength(500);
  });
});

test('a server that declares list changes: the client is told when a person accepts its tools', async () => {
  const server = [fixture('lively')];
  const client = await connect(server);
  await client.listTools();
  const told = new Promise((resolve) =>
    client.setNotificationHandler(ToolListChangedNotificationSchema, resolve),
  );
  expect(await accept(server)).toMatchObject({ code: 0 });
  await told;
  expect(await call(client, 'echo', { text: 'now' })).toEqual({ text: 'now', refused: false });
});
