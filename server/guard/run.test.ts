import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import type { EnforcerOptions } from './decide/enforcer';
import { launchFromArguments } from './launch';
import { call, ScriptedEnforcer } from '../../test/support/guard/relay';
import { runGuard } from './run';
import type { GuardProcess } from './run';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-run-'));
afterAll(() => rmSync(folder, { recursive: true }));
const servers = join(import.meta.dirname, '../../test/fixtures/servers');

interface Guard {
  readonly send: (message: object) => void;
  readonly end: () => void;
  readonly stop: () => void;
  readonly received: () => Record<string, unknown>[];
  readonly log: () => string;
  readonly enforcer: ScriptedEnforcer;
  readonly options: () => EnforcerOptions | undefined;
  readonly code: Promise<number>;
}

function guard(command: string, args: readonly string[], env: Record<string, string> = {}): Guard {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const texts = { out: '', err: '' };
  stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()));
  stderr.on('data', (chunk: Buffer) => (texts.err += chunk.toString()));
  const stop = new AbortController();
  const process_: GuardProcess = {
    stdin,
    stdout,
    stderr,
    env: { PATH: process.env['PATH'], GATEHOUSE_HOME: join(folder, 'state'), ...env },
    cwd: folder,
    platform: process.platform,
    home: folder,
    user: { id: 'someone', name: 'someone' },
    builtinPolicies: folder,
    stop: stop.signal,
  };
  const enforcer = new ScriptedEnforcer();
  let options: EnforcerOptions | undefined;
  const launch = launchFromArguments(
    { name: 'items', command, args, policies: ['p'], workspace: 'w' },
    folder,
  );
  const code = runGuard(launch, process_, {
    createEnforcer: (given) => {
      options = given;
      return enforcer;
    },
  });
  return {
    send: (message) => stdin.write(`${JSON.stringify(message)}\n`),
    end: () => stdin.end(),
    stop: () => stop.abort(),
    received: () =>
      texts.out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    log: () => texts.err,
    enforcer,
    options: () => options,
    code,
  };
}

const items = (env?: Record<string, string>): Guard =>
  guard(process.execPath, [join(servers, 'items.mjs')], env);
const node = (script: string): Guard => guard(process.execPath, ['-e', script]);

test('the guard stands before a real server, and ends with code 0 when the client ends', async () => {
  const log = join(folder, 'items.jsonl');
  const { code, end, enforcer, received, send } = items({ ITEMS_LOG: log });
  enforcer.decision = ({ params }) =>
    params['name'] === 'delete_item' ? enforcer.refuse('No.') : enforcer.forward();
  send(call(1, 'read_item', { id: '1' }));
  send(call(2, 'delete_item', { id: '1' }));
  await expect.poll(() => received().length).toBe(2);
  end();
  expect(await code).toBe(0);
  expect(received().find(({ id }) => id === 1)).toMatchObject({
    result: { content: [{ text: 'a lantern' }] },
  });
  expect(received().find(({ id }) => id === 2)).toMatchObject({ result: { isError: true } });
  expect(readFileSync(log, 'utf8')).toBe('{"tool":"read_item","arguments":{"id":"1"}}\n');
});

test('a client that ends right after its last line still gets its answers', async () => {
  const { code, end, received, send } = items();
  send({ jsonrpc: '2.0', id: 'a', method: 'ping' });
  send(call('b', 'list_items'));
  end();
  expect(await code).toBe(0);
  expect(received().map(({ id }) => id)).toEqual(['a', 'b']);
});

test('the enforcer is told who runs what, and can ask for the tools', async () => {
  const { code, end, options } = items();
  await expect
    .poll(
      async () =>
        (
          await options()
            ?.toolSource()
            .catch(() => [])
        )?.length,
    )
    .toBe(5);
  end();
  await code;
  expect(options()).toMatchObject({
    server: {
      name: 'items',
      origin: 'user',
      definition: { type: 'stdio', command: process.execPath, args: [join(servers, 'items.mjs')] },
    },
    workspace: { name: 'w', folders: [join(folder, 'w')], trusted: true },
    extraPolicies: [join(folder, 'p')],
    state: join(folder, 'state'),
    prompts: 'declared',
    launchedByWindow: false,
  });
});

test('the server’s end is the guard’s, with the same code, after whoever waits was told', async () => {
  const { code, enforcer, log, received, send } = node(
    "console.error('bye'); process.stdin.once('data', () => process.exit(42))",
  );
  send(call(1));
  expect(await code).toBe(42);
  expect(received()).toMatchObject([{ id: 1, error: { message: 'The server ended with code 42.' } }]);
  expect(enforcer.outcomes).toMatchObject([['d1', 'lost', 'The server ended with code 42.']]);
  expect(log()).toContain('[items] bye\n');
});

test('what a server writes in the wrong place is logged, without what a terminal obeys', async () => {
  const { code, end, log } = node("console.log('ready \\u009b2J\\u202e'); process.stdin.resume()");
  await expect.poll(log).toContain('(at byte 0): ready \\u009b2J\\u202e\n');
  end();
  await code;
});

test('a server that closes its output can’t answer any more, and is ended', async () => {
  const { code, received, send } = node('process.stdout.end(); setInterval(() => {}, 1e6)');
  send({ jsonrpc: '2.0', id: 1, method: 'ping' });
  expect(await code).toBe(143);
  expect(received()).toMatchObject([{ id: 1, error: { message: 'The server ended by SIGTERM.' } }]);
});

test('asked to end, the guard ends its server, however stubborn', async () => {
  const pids = join(folder, 'pids');
  const { code, stop } = guard(process.execPath, [join(servers, 'stubborn.mjs'), pids]);
  const read = (): string => {
    try {
      return readFileSync(pids, 'utf8');
    } catch {
      return '';
    }
  };
  await expect.poll(read).toMatch(/\d+ \d+/);
  stop();
  expect(await code).toBe(0);
});

test('what the client is waiting for when a human is asked is withdrawn with it', async () => {
  const { code, end, enforcer, send } = items();
  enforcer.decision = () => new Promise(() => undefined);
  send(call(1));
  await expect.poll(() => enforcer.asked.length).toBe(1);
  end();
  expect(await code).toBe(0);
  expect(enforcer.asked[0]?.signal.aborted).toBe(true);
});

test('a launch that lives for a moment only leaves nothing behind', async () => {
  const { code, end, received } = items();
  end();
  expect(await code).toBe(0);
  expect(received()).toEqual([]);
});

test('a command that can’t be started is an error', async () => {
  await expect(guard('gatehouse-no-such-program', []).code).rejects.toThrow(/can't be started/);
});
