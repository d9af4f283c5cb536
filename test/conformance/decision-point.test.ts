// The guard over stdio with a central decision point beside its own engine: a real `cerbos server`.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer, connect as connectTo } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStateFolder } from '../../server/protocol';
import type { DecisionRecord, SessionRecord } from '../../server/protocol';
import { removePolicies, startServer, writePolicies } from '../differential/support/server';
import type { CerbosServer } from '../differential/support/server';
import { cli } from './bundles';
import { acceptTools } from '../support/guard/accepting';
import { fixture } from './wire';

const reads = `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: mcp:tool
  version: default
  rules:
    - {actions: [list_items, read_item], effect: EFFECT_ALLOW, roles: [agent]}
    - name: not-that-one
      actions: [read_item]
      effect: EFFECT_DENY
      roles: ["*"]
      condition: {match: {expr: R.attr.arguments.id == "2"}}
      output: {when: {ruleActivated: '{"gatehouse": {"reason": "item " + R.attr.arguments.id + " is not for agents"}}'}}
`;
const server = [fixture('items')];

let folder: string;
let policies: string;
let central: CerbosServer;
const cleaning: (() => unknown)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-decision-point-'));
  mkdirSync(join(folder, 'workspace'));
  policies = await writePolicies([{ path: 'mcp.yaml', text: reads }]);
  central = await startServer(policies, {
    name: 'central',
    strictEvaluation: true,
    lenientScopeSearch: true,
    globals: {},
    schemaEnforcement: 'reject',
  });
  await acceptTools(openStateFolder(join(folder, 'state')), 'items', process.execPath, server);
});
afterEach(async () => {
  for (const clean of cleaning.splice(0).reverse()) {
    await clean();
  }
  await central.stop();
  await removePolicies(policies);
  rmSync(folder, { recursive: true, force: true });
});

/** A client of a guard that asks the decision point at this address. */
async function connect(url: string, ...options: readonly string[]): Promise<Client> {
  const client = new Client({ name: 'an agent', version: '1' }, { capabilities: {} });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [cli, 'guard', '--name', 'items', '--pdp', url, ...options, '--', process.execPath, ...server],
      env: {
        PATH: process.env['PATH'] ?? '',
        GATEHOUSE_HOME: join(folder, 'state'),
        GATEHOUSE_PDP_TOKEN: 't0ken',
      },
      cwd: process.cwd(),
      stderr: 'ignore',
    }),
  );
  cleaning.push(() => client.close());
  return client;
}

async function call(client: Client, name: string, given: Record<string, unknown> = {}): Promise<string> {
  const { content } = await client.callTool({ name, arguments: given });
  return (content as { text: string }[])[0]?.text ?? '';
}

/** The decisions in the audit. */
function decisions(): readonly DecisionRecord[] {
  const sessions = join(folder, 'state', 'sessions');
  return readdirSync(sessions, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) => readFileSync(join(sessions, file), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as SessionRecord)
    .filter((record) => record.type === 'decision');
}

interface Proxy {
  readonly url: string;
  /** From now on nothing comes through any more, and nobody is told. */
  stall(): void;
}

/** A way to the decision point that can stop working. */
async function proxyTo(url: string): Promise<Proxy> {
  const { port } = new URL(url);
  const sockets = new Set<Socket>();
  let stalled = false;
  const proxy = createServer((near) => {
    sockets.add(near);
    near.on('error', () => undefined);
    const far = connectTo(Number(port), '127.0.0.1');
    sockets.add(far);
    far.on('error', () => near.destroy());
    near.on('data', (bytes) => stalled || far.write(bytes));
    far.on('data', (bytes) => stalled || near.write(bytes));
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  cleaning.push(() => {
    proxy.close();
    sockets.forEach((socket) => socket.destroy());
  });
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    stall: () => {
      stalled = true;
    },
  };
}

describe('a guard with a central decision point', () => {
  test('the guard forwards what both allow, and refuses what either denies', async () => {
    const client = await connect(central.url);
    expect(await call(client, 'read_item', { id: '1' })).toBe('a lantern');
    const refused = await call(client, 'read_item', { id: '2' });
    expect(refused).toContain('item 2 is not for agents');
    expect(refused).toContain(`the decision point ${central.url} does not allow this`);
    expect(refused).toContain('rule decision-point of resource.mcp_tool.vdefault');
    // The guard's own policies want a person for this; the central ones do not know it.
    expect(await call(client, 'add_item', { text: 'x' })).toContain('does not allow this');

    const [allowed, denied, added] = decisions();
    expect(allowed).toMatchObject({
      effect: 'allow',
      externalDecision: { name: central.url, answer: 'allow' },
    });
    expect(denied).toMatchObject({ effect: 'deny', externalDecision: { answer: 'deny' } });
    expect(added).toMatchObject({ effect: 'deny', externalDecision: { answer: 'deny' } });
    expect(allowed?.externalDecision?.callId).toMatch(/^\w{20,}$/);
  });

  test('the guard lists the tools that its own policies show, whatever the central decision point says', async () => {
    const client = await connect(central.url);
    const { tools } = await client.listTools();
    await central.stop();
    expect((await client.listTools()).tools).toEqual(tools);
    expect(tools.map(({ name }) => name)).toContain('add_item');
  });

  test('the guard denies all when the central decision point is killed, and says which and why', async () => {
    const client = await connect(central.url);
    expect(await call(client, 'list_items')).not.toContain('Gatehouse denied');
    await central.stop();
    const refused = await call(client, 'list_items');
    expect(refused).toContain(`the decision point ${central.url} gave no answer: `);
    expect(refused).toContain('ask the user to see that it runs');
    expect(decisions().at(-1)).toMatchObject({
      effect: 'deny',
      rule: 'decision-point-unavailable',
      externalDecision: { answer: 'unavailable' },
    });
  });

  test('the guard denies when the central decision point takes too long, and loses no call', async () => {
    const proxy = await proxyTo(central.url);
    const client = await connect(proxy.url, '--pdp-timeout', '15');
    expect(await call(client, 'read_item', { id: '1' })).toBe('a lantern');
    proxy.stall();
    // Equal refusals would be counted in one record.
    const calls = Array.from({ length: 20 }, (_, n) => call(client, 'read_item', { id: String(n) }));
    const refused = await Promise.all(calls);
    expect(new Set(refused.map((text) => text.includes('it did not answer in time')))).toEqual(
      new Set([true]),
    );
    expect(decisions().map(({ externalDecision }) => externalDecision?.answer)).toEqual([
      'allow',
      ...Array<string>(20).fill('unavailable'),
    ]);
  });

  test('the guard records what was still being asked when its client went away', async () => {
    const proxy = await proxyTo(central.url);
    const client = await connect(proxy.url, '--pdp-timeout', '60');
    await call(client, 'read_item', { id: '1' });
    proxy.stall();
    const waiting = call(client, 'list_items').catch(() => 'gone');
    await expect.poll(() => decisions().length).toBe(1);
    // A call that the guard decides by itself: when it is answered, the one before has been read.
    expect(await call(client, 'no_such_tool')).toContain('Gatehouse denied');
    await client.close();
    expect(await waiting).toBe('gone');
    await expect.poll(() => decisions().map(({ effect }) => effect)).toEqual(['allow', 'deny', 'deny']);
    expect(decisions().at(-1)).toMatchObject({ externalDecision: { answer: 'unavailable' } });
  });

  test('the guard denies all with an address that is wrong, and still starts', async () => {
    for (const url of ['http://pdp.example', `${central.url}/elsewhere`, 'nowhere']) {
      const client = await connect(url);
      expect(await call(client, 'list_items')).toContain(`the decision point ${url} gave no answer: `);
    }
  });
});
