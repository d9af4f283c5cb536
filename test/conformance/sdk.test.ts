import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  PromptListChangedNotificationSchema,
  ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../tools';
import { openGuard } from './bundles';
import { fixture } from './wire';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-sdk-'));
const filesystem = join(root, 'node_modules/@modelcontextprotocol/server-filesystem/dist/index.js');
const clients: Client[] = [];

beforeAll(() => writeFileSync(join(folder, 'note.txt'), 'written down'));
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A client that can do all that a client can, connected to a command. */
async function connect(args: readonly string[], roots: readonly string[] = []): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: { roots: { listChanged: true }, sampling: {}, elicitation: {} } },
  );
  client.setRequestHandler(ListRootsRequestSchema, () => ({
    roots: roots.map((path) => ({ uri: pathToFileURL(path).href })),
  }));
  client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => {
    const content = params.messages[0]?.content;
    const said = content !== undefined && 'text' in content ? content.text : '';
    return { model: 'none', role: 'assistant', content: { type: 'text', text: `said ${said}` } };
  });
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'x' } }));
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [...args], stderr: 'ignore' }),
  );
  clients.push(client);
  return client;
}

const direct = (file: string, ...args: readonly string[]): string[] => [file, ...args];
const through = (options: readonly string[], file: string, ...args: readonly string[]): string[] => [
  openGuard,
  ...options,
  '--',
  process.execPath,
  file,
  ...args,
];

describe('the filesystem server', () => {
  test('the filesystem server says the same through a guard as without one', async () => {
    const [plain, guarded] = await Promise.all([
      connect(direct(filesystem, folder)),
      connect(through([], filesystem, folder)),
    ]);
    expect(guarded.getServerVersion()).toEqual(plain.getServerVersion());
    expect(guarded.getServerCapabilities()).toEqual(plain.getServerCapabilities());
    expect(guarded.getInstructions()).toEqual(plain.getInstructions());
    expect(await guarded.listTools()).toEqual(await plain.listTools());
    const call = { name: 'read_text_file', arguments: { path: join(folder, 'note.txt') } };
    expect(await guarded.callTool(call)).toEqual(await plain.callTool(call));
    const wrong = { name: 'read_text_file', arguments: { path: '/etc/hostname' } };
    expect(await guarded.callTool(wrong)).toEqual(await plain.callTool(wrong));
  });

  test('the filesystem server takes its folders from the client’s roots, and writes there', async () => {
    const client = await connect(through([], filesystem), [folder]);
    // It asks for the roots once it is initialized, and refuses until it has them.
    await expect
      .poll(async () => {
        const { content } = await client.callTool({ name: 'list_allowed_directories', arguments: {} });
        return JSON.stringify(content);
      })
      .toContain(folder);
    const path = join(folder, 'new.txt');
    await client.callTool({ name: 'write_file', arguments: { path, content: 'hello' } });
    expect(readFileSync(path, 'utf8')).toBe('hello');
  });

  test('a refused tool is neither listed nor run', async () => {
    const client = await connect(through(['--refuse', 'write_file'], filesystem, folder));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).not.toContain('write_file');
    expect(tools.length).toBeGreaterThan(10);
    const path = join(folder, 'refused.txt');
    const answer = await client.callTool({ name: 'write_file', arguments: { path, content: 'x' } });
    expect(answer).toMatchObject({
      isError: true,
      content: [{ type: 'text', text: 'Refused.' }],
      _meta: { 'gatehouse/decision': { effect: 'deny', rule: 'test', policy: 'test' } },
    });
    expect(() => readFileSync(path)).toThrow();
  });
});

describe('the parts of the protocol', () => {
  test('lists come page by page, structured content with its schema', async () => {
    const client = await connect(through([], fixture('lively')));
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.listTools({ cursor });
      names.push(...page.tools.map(({ name }) => name));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(names).toHaveLength(10);
    expect(await client.callTool({ name: 'sum', arguments: { a: 1, b: 2 } })).toMatchObject({
      structuredContent: { sum: 3 },
    });
  });

  test('resources, their templates and subscriptions, prompts and completion pass the guard', async () => {
    const client = await connect(through([], fixture('lively')));
    const updated = new Promise((resolve) =>
      client.setNotificationHandler(ResourceUpdatedNotificationSchema, resolve),
    );
    expect((await client.listResources()).resources).toHaveLength(1);
    expect((await client.listResourceTemplates()).resourceTemplates).toHaveLength(1);
    expect((await client.readResource({ uri: 'lively:one' })).contents).toMatchObject([
      { text: 'contents of lively:one' },
    ]);
    await client.subscribeResource({ uri: 'lively:one' });
    expect(await updated).toMatchObject({ params: { uri: 'lively:one' } });
    expect((await client.listPrompts()).prompts).toHaveLength(1);
    expect((await client.getPrompt({ name: 'greet', arguments: { whom: 'Ada' } })).messages).toHaveLength(1);
    const ref = { type: 'ref/prompt', name: 'greet' } as const;
    expect(await client.complete({ ref, argument: { name: 'whom', value: 'A' } })).toMatchObject({
      completion: { values: ['Aly'] },
    });
  });

  test('progress, logging and changed lists pass the guard', async () => {
    const client = await connect(through([], fixture('lively')));
    const heard: string[] = [];
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
      heard.push(JSON.stringify(params.data));
    });
    for (const schema of [
      ToolListChangedNotificationSchema,
      ResourceListChangedNotificationSchema,
      PromptListChangedNotificationSchema,
    ]) {
      client.setNotificationHandler(schema, ({ method }) => {
        heard.push(method);
      });
    }
    const steps: number[] = [];
    await client.callTool({ name: 'count', arguments: { steps: 20 } }, undefined, {
      onprogress: ({ progress }) => steps.push(progress),
    });
    expect(steps).toEqual(Array.from({ length: 20 }, (_, step) => step + 1));
    await client.setLoggingLevel('debug');
    await client.callTool({ name: 'log', arguments: { text: 'hi' } });
    await client.callTool({ name: 'grow', arguments: { name: 'extra' } });
    expect(heard).toEqual([
      '{"said":"hi"}',
      'notifications/tools/list_changed',
      'notifications/resources/list_changed',
      'notifications/prompts/list_changed',
    ]);
  });

  test('a cancelled call is cancelled at the server', async () => {
    const client = await connect(through([], fixture('lively')));
    const told = new Promise((resolve) =>
      client.setNotificationHandler(LoggingMessageNotificationSchema, resolve),
    );
    const abort = new AbortController();
    const call = client.callTool({ name: 'wait', arguments: {} }, undefined, { signal: abort.signal });
    setTimeout(() => abort.abort('enough'), 200);
    await expect(call).rejects.toThrow();
    expect(await told).toMatchObject({ params: { data: { cancelled: expect.any(Number) as number } } });
  });

  test('a server’s questions reach the client, and its answers the server', async () => {
    const client = await connect(through([], fixture('lively')), [folder]);
    const answer = async (name: string): Promise<unknown> => {
      const { content } = await client.callTool({ name, arguments: { text: 'hi' } });
      return (content as { text: string }[])[0]?.text;
    };
    expect(await answer('sample')).toBe('said hi');
    expect(await answer('elicit')).toBe('{"action":"accept","content":{"name":"x"}}');
    expect(await answer('roots')).toContain(pathToFileURL(folder).href);
  });

  test.each(['sampling/createMessage', 'elicitation/create'])(
    'requests of the server are passed on unless they are refused: %s',
    async (method) => {
      const client = await connect(through(['--refuse', method], fixture('lively')));
      const name = method.startsWith('sampling') ? 'sample' : 'elicit';
      const { content } = await client.callTool({ name, arguments: { text: 'hi' } });
      expect(content).toEqual([{ type: 'text', text: 'error: Refused.' }]);
    },
  );

  test('an answer of five megabytes', async () => {
    const client = await connect(through([], fixture('lively')));
    const { content } = await client.callTool({ name: 'big', arguments: { length: 5_000_000 } });
    expect((content as { text: string }[])[0]?.text).toHaveLength(5_000_000);
  });
});
