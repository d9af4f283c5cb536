import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CommandError } from './command-line';
import { treeIsAlive } from './process-tree';
import { grace, StdioTransport } from './stdio';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-upstream-'));
afterAll(() => rmSync(folder, { recursive: true }));
const stubborn = join(import.meta.dirname, '../../../test/fixtures/servers/stubborn.mjs');

async function start(
  script: string | { file: string },
  args: readonly string[] = [],
): Promise<{ upstream: StdioTransport; log: () => string }> {
  let log = '';
  const upstream = new StdioTransport({
    command: {
      command: process.execPath,
      args: [...(typeof script === 'string' ? ['-e', script] : [script.file]), ...args],
      env: { PATH: process.env['PATH'] ?? '', MARK: 'yes' },
      cwd: folder,
    },
    name: 'fixture',
    log: (line) => {
      log += line.toString();
      return Promise.resolve();
    },
    maxLineBytes: 1_000,
  });
  await upstream.start();
  return { upstream, log: () => log };
}

async function received(upstream: StdioTransport): Promise<string> {
  let all = '';
  for await (const lines of upstream.receive()) {
    all += lines.map((line) => (line.kind === 'line' ? line.framed.toString() : line.kind)).join('');
  }
  return all;
}

/** Dead ones that nobody waits for can still be signalled. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return process.platform !== 'linux' || !readable(`/proc/${pid}/stat`).includes(') Z ');
}

test('the upstream gets the given pipes, environment and folder, and a marked log', async () => {
  const { log, upstream } = await start(
    'process.stdin.pipe(process.stdout); console.error(process.env.MARK, process.cwd(), Object.keys(process.env).length)',
  );
  upstream.send(Buffer.from('hello\n'));
  void upstream.close();
  expect(await received(upstream)).toBe('hello\n');
  expect(await upstream.end).toEqual({ code: 0, description: 'ended with code 0', bySignal: false });
  expect(log()).toMatch(/^\[fixture\] yes .*gatehouse-upstream-\w+ \d\n$/);
});

test('its exit code is told', async () => {
  const { upstream } = await start('process.exit(7)');
  expect(await upstream.end).toMatchObject({ code: 7, bySignal: false });
});

test('the signal that ended it is told as shells do', async () => {
  const { upstream } = await start("process.kill(process.pid, 'SIGKILL')");
  expect(await upstream.end).toEqual({ code: 137, description: 'ended by SIGKILL', bySignal: true });
});

test('the whole shutdown takes less than the two seconds after which clients kill the guard', () => {
  expect(grace.afterEof + grace.afterTerminate).toBeLessThan(2_000);
});

test('stopping waits for a server that ends with its input', async () => {
  const { upstream } = await start(
    "process.stdin.resume().on('end', () => setTimeout(() => process.exit(3), 200))",
  );
  expect(await upstream.close()).toMatchObject({ code: 3 });
});

test('stopping ends a server that ends at SIGTERM only', async () => {
  const { upstream } = await start(
    "setInterval(() => {}, 1e6); process.on('SIGTERM', () => process.exit(4))",
  );
  expect(await upstream.close()).toMatchObject({ code: 4 });
});

test('stopping ends a server that ignores everything, and what it started', async () => {
  const file = join(folder, 'pids');
  const { upstream } = await start({ file: stubborn }, [file]);
  await expect.poll(() => readable(file)).toMatch(/\d+ \d+/);
  const pids = readable(file).split(' ').map(Number);
  expect(pids.map(isAlive)).toEqual([true, true]);
  const started = performance.now();
  expect(await upstream.close()).toMatchObject({ code: 137, bySignal: true });
  expect(performance.now() - started).toBeLessThan(120_000);
  await expect.poll(() => pids.map(isAlive)).toEqual([false, false]);
});

test('what a server leaves behind when it ends by itself is ended, too', async () => {
  const leave = `
    const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
    console.log(child.pid);
    child.once('spawn', () => setTimeout(() => process.exit(0), 100));`;
  const { upstream } = await start(leave);
  const left = Number(await received(upstream));
  expect(await upstream.end).toMatchObject({ code: 0 });
  await expect.poll(() => isAlive(left)).toBe(false);
  expect(treeIsAlive(upstream.pid ?? 0)).toBe(false);
});

test.each<[string, { command: string; cwd: string }]>([
  ['a program that does not exist', { command: 'gatehouse-no-such-program', cwd: folder }],
  ['a folder that does not exist', { command: process.execPath, cwd: join(folder, 'missing') }],
])('%s is an error that says so', async (_, command) => {
  const transport = new StdioTransport({
    command: { args: [], env: {}, ...command },
    name: 'x',
    log: () => Promise.resolve(),
    maxLineBytes: 1_000,
  });
  await expect(transport.start()).rejects.toThrow(CommandError);
  await expect(transport.start()).rejects.toThrow(/can't be started/);
});

function readable(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
