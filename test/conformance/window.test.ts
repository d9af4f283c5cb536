import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import {
  approvalRequest,
  approvalWithdrawal,
  connectionOver,
  decisionNotice,
  greetGuard,
  installationKey,
  JsonLines,
  launchRequest,
  openStateFolder,
} from '../../server/protocol';
import type {
  ApprovalAnswer,
  ApprovalRequest,
  DecisionNotice,
  DecisionPointSettings,
  LaunchInfo,
  StateLayout,
} from '../../server/protocol';
import { removePolicies, startServer, writePolicies } from '../differential/support/server';
import { acceptTools } from '../support/guard/accepting';
import { guard } from './bundles';
import { fixture, startWire } from './wire';
import type { WireClient } from './wire';

const definition = { type: 'stdio', command: 'node', args: ['items.mjs'] };
const args = [fixture('items')];
const readsFreelyAddsWithConsent = `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: mcp:tool
  version: default
  rules:
    - {actions: [read_item], effect: EFFECT_ALLOW, roles: [agent]}
    - actions: [add_item]
      effect: EFFECT_ALLOW
      roles: [agent]
      condition: {match: {expr: P.attr.approval.level >= 1}}
`;
let folder: string;
let layout: StateLayout;
let window: TestWindow | undefined;
let client: WireClient | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-window-'));
  layout = openStateFolder(join(folder, 'state'));
});
afterEach(async () => {
  client?.end();
  await client?.ended;
  window?.close();
  client = undefined;
  window = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** A window that answers as a test says. */
interface TestWindow {
  readonly path: string;
  readonly asked: ApprovalRequest[];
  readonly withdrawn: string[];
  readonly notices: DecisionNotice[];
  answer: (request: ApprovalRequest) => Promise<ApprovalAnswer>;
  close(): void;
}

/** Accepts what {@link openWindow} launches. */
function accept(): Promise<void> {
  const env = { ITEMS_LOG: join(folder, 'items.jsonl') };
  return acceptTools(layout, 'items', process.execPath, args, { definition, env, cwd: folder });
}

interface WindowOptions {
  readonly key?: Buffer;
  readonly serverName?: string;
  readonly server?: string;
  readonly decisionPoint?: DecisionPointSettings;
}

function openWindow(options: WindowOptions = {}): Promise<TestWindow> {
  const { decisionPoint, key = installationKey(layout), serverName = 'items', server = 'items' } = options;
  const path = join(folder, 'w.sock');
  const launch: LaunchInfo = {
    server: {
      name: serverName,
      origin: 'user',
      definition,
      command: process.execPath,
      args: [fixture(server)],
      env: { ITEMS_LOG: join(folder, 'items.jsonl') },
      cwd: folder,
    },
    workspace: { name: 'here', folders: [folder], trusted: true },
    agent: { name: 'Test Code', version: '1', verified: true },
    vscodePrompts: 'replace',
    session: { idleMinutes: 30 },
    ...(decisionPoint && { decisionPoint }),
  };
  const connections: MessageConnection[] = [];
  const opened: TestWindow & { server: Server } = {
    path,
    asked: [],
    withdrawn: [],
    notices: [],
    answer: ({ digest }) => Promise.resolve({ outcome: 'denied', digest, why: 'I said no.' }),
    server: createServer((socket) => {
      const lines = new JsonLines(socket);
      greetGuard(lines, key, (token) => (token === 'the-token' ? launch : undefined), randomBytes).then(
        ({ redeemed: given, sealed }) => {
          const connection = connectionOver(sealed);
          connections.push(connection);
          connection.onRequest(launchRequest, () => given);
          connection.onRequest(approvalRequest, (request) => {
            opened.asked.push(request);
            return opened.answer(request);
          });
          connection.onNotification(approvalWithdrawal, ({ id }) => {
            opened.withdrawn.push(id);
          });
          connection.onNotification(decisionNotice, (notice) => {
            opened.notices.push(notice);
          });
          connection.listen();
          sockets.push(lines);
        },
        () => lines.destroy(),
      );
    }),
    close: () => {
      opened.server.close();
      sockets.forEach((lines) => lines.destroy());
    },
  };
  const sockets: JsonLines[] = [];
  return new Promise((resolve) => opened.server.listen(path, () => resolve(opened)));
}

function launchGuard(path: string, token = 'the-token', name = 'items'): WireClient {
  client = startWire([guard, '--window', path, '--server', name], {
    GATEHOUSE_HOME: layout.root,
    GATEHOUSE_LAUNCH_TOKEN: token,
  });
  return client;
}

let lastId = 0;
async function ask(method: string, params: object = {}): Promise<Record<string, unknown>> {
  lastId++;
  client?.send({ jsonrpc: '2.0', id: lastId, method, params });
  const [line] = (await client?.lines(1)) ?? [];
  return JSON.parse(line ?? '{}') as Record<string, unknown>;
}
const call = (name: string, given: object = {}): Promise<Record<string, unknown>> =>
  ask('tools/call', { name, arguments: given });
const textOf = (answer: Record<string, unknown>): string =>
  (answer['result'] as { content: { text: string }[] }).content[0]?.text ?? '';
const executed = (): string[] => {
  try {
    return readFileSync(join(folder, 'items.jsonl'), 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
};

describe('a guard that a window launched', () => {
  test('a guard asks its window, and follows the answer', async () => {
    await accept();
    window = await openWindow();
    launchGuard(window.path);
    expect(textOf(await call('read_item', { id: '1' }))).toBe('a lantern');
    expect(window.asked).toEqual([]);

    expect(textOf(await call('add_item', { text: 'no' }))).toContain('I said no');
    expect(executed()).toHaveLength(1);
    expect(window.asked).toMatchObject([
      {
        level: 1,
        kind: 'mcp:tool',
        server: { name: 'items', origin: 'user' },
        tool: { name: 'add_item', title: 'Add an item' },
        agent: { name: 'Test Code', verified: true },
        arguments: { text: 'no' },
      },
    ]);

    window.answer = ({ digest }) =>
      Promise.resolve({ outcome: 'granted', digest, how: 'once', approver: { name: 'me', via: 'window' } });
    expect(textOf(await call('add_item', { text: 'yes' }))).toBe('added 4');
    expect(executed().at(-1)).toBe('{"tool":"add_item","arguments":{"text":"yes"}}');
    expect(window.notices.map(({ effect, final, tool }) => [tool, effect, final])).toEqual([
      ['read_item', 'allow', true],
      ['add_item', 'ask', false],
      ['add_item', 'deny', true],
      ['add_item', 'ask', false],
      ['add_item', 'allow', true],
    ]);
  });

  test('a guard asks the decision point that the window names, and then its human', async () => {
    await accept();
    const policies = await writePolicies([{ path: 'mcp.yaml', text: readsFreelyAddsWithConsent }]);
    const mode = { name: 'central', strictEvaluation: true, lenientScopeSearch: true, globals: {} };
    const central = await startServer(policies, mode);
    try {
      const decisionPoint = { kind: 'server', location: central.url, timeoutMs: 5000 } as const;
      window = await openWindow({ decisionPoint });
      launchGuard(window.path);
      expect(textOf(await call('read_item', { id: '1' }))).toBe('a lantern');
      expect(textOf(await call('list_items'))).toContain(`the decision point ${central.url} does not allow`);
      expect(window.asked).toEqual([]);
      window.answer = ({ digest }) =>
        Promise.resolve({ outcome: 'granted', digest, how: 'once', approver: { name: 'me', via: 'window' } });
      expect(textOf(await call('add_item', { text: 'yes' }))).toBe('added 4');
      expect(window.asked).toMatchObject([
        {
          tool: { name: 'add_item' },
          reasons: ['changes something', `the decision point ${central.url} wants a person to confirm this`],
        },
      ]);
    } finally {
      await central.stop();
      await removePolicies(policies);
    }
  });

  test('a guard lists its tools as read-only, since it asks itself', async () => {
    await accept();
    window = await openWindow();
    launchGuard(window.path);
    const { result } = (await ask('tools/list')) as { result: { tools: { annotations: object }[] } };
    expect(result.tools).toHaveLength(5);
    expect(result.tools.map(({ annotations }) => annotations)).toEqual(
      Array(5).fill(expect.objectContaining({ readOnlyHint: true, openWorldHint: false })),
    );
  });

  test('a guard refuses what needs a human once its window is gone, and goes on with the rest', async () => {
    await accept();
    window = await openWindow();
    launchGuard(window.path);
    await call('read_item', { id: '1' });
    window.close();
    expect(await call('add_item', { text: 'x' })).toMatchObject({ result: { isError: true } });
    expect(textOf(await call('read_item', { id: '1' }))).toBe('a lantern');
    expect(executed()).toHaveLength(2);
  });

  test('a guard withdraws a question when the caller cancels', async () => {
    await accept();
    const opened = await openWindow();
    window = opened;
    opened.answer = () => new Promise(() => undefined);
    const guarded = launchGuard(opened.path);
    guarded.send({
      jsonrpc: '2.0',
      id: 'c',
      method: 'tools/call',
      params: { name: 'add_item', arguments: { text: 'x' } },
    });
    await expect.poll(() => opened.asked.length).toBe(1);
    guarded.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'c' } });
    await expect.poll(() => opened.withdrawn).toEqual([opened.asked[0]?.id]);
    expect(executed()).toEqual([]);
  });

  test('a guard passes nothing of its own to the server', async () => {
    window = await openWindow({ server: 'mirror' });
    const guarded = launchGuard(window.path);
    guarded.send({ method: 'facts' });
    const [line] = await guarded.lines(1);
    const { params } = JSON.parse(line!) as { params: { environment: object } };
    expect(Object.keys(params.environment)).toContain('ITEMS_LOG');
    expect(line).not.toMatch(/gatehouse_|the-token/i);
  });
});

describe('guards that do not start', () => {
  test('a guard does not start without its window', async () => {
    const guarded = launchGuard(join(folder, 'nobody.sock'));
    expect(await guarded.ended).toBe(1);
    expect(guarded.log()).toMatch(/^\[gatehouse\] The VS Code window that started this guard can't be used/);
  });

  test('a guard does not start for a window of another installation', async () => {
    window = await openWindow({ key: randomBytes(32) });
    expect(await launchGuard(window.path).ended).toBe(1);
    expect(executed()).toEqual([]);
  });

  test('a guard does not start with a token that the window does not know', async () => {
    window = await openWindow();
    const guarded = launchGuard(window.path, 'another-token');
    expect(await guarded.ended).toBe(1);
    expect(guarded.log()).toContain('token');
  });

  test('a guard does not start for another server than the one it was launched for', async () => {
    window = await openWindow({ serverName: 'other' });
    const guarded = launchGuard(window.path);
    expect(await guarded.ended).toBe(1);
    expect(guarded.log()).toContain('its token is for other');
  });
});
