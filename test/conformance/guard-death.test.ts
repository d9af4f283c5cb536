import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openGuard } from './bundles';
import { fixture, startWire } from './wire';

/*
 * A guard that ends without being asked, in front of a server that ignores the end of its input and SIGTERM, with a
 * child that does, too.
 */

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-death-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Row {
  readonly pid: number;
  readonly parent: number;
}

/** The processes that are not dead: some systems keep those that nobody waits for. */
function running(): readonly Row[] {
  return execFileSync('ps', ['-A', '-o', 'pid=', '-o', 'ppid=', '-o', 'stat='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state = 'Z']) => !state.startsWith('Z'))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
}

function alive(pids: readonly number[]): readonly number[] {
  const all = new Set(running().map(({ pid }) => pid));
  return pids.filter((pid) => all.has(pid));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function guarded(
  name: string,
  flags: readonly string[] = [],
): Promise<{ client: ReturnType<typeof startWire>; server: number[]; watchdogs: number[] }> {
  const file = join(folder, name);
  const client = startWire([...flags, openGuard, '--', process.execPath, fixture('stubborn'), file]);
  await expect.poll(() => read(file), { timeout: 20_000 }).toMatch(/\d+ \d+/);
  const server = read(file).split(' ').map(Number);
  const watchdogs = running()
    .filter(({ parent, pid }) => parent === client.pid && !server.includes(pid))
    .map(({ pid }) => pid);
  expect(alive(server)).toEqual(server);
  expect(watchdogs).toHaveLength(1);
  return { client, server, watchdogs };
}

describe.skipIf(process.platform === 'win32')('the end of a killed guard', () => {
  test.each(['SIGKILL', 'SIGABRT', 'SIGSEGV'] as const)(
    'nothing of the server is left when the guard ends by %s',
    async (signal) => {
      const { client, server, watchdogs } = await guarded(signal);
      client.kill(signal);
      expect(await client.ended).toBe(signal);
      await expect.poll(() => alive([...server, ...watchdogs]), { timeout: 20_000 }).toEqual([]);
    },
  );

  test('a lack of memory', async () => {
    const { client, server, watchdogs } = await guarded('memory', ['--max-old-space-size=24']);
    client.send(`{"jsonrpc":"2.0","method":"x","params":[${'[],'.repeat(900_000)}0]}`);
    expect(await client.ended).toBe('SIGABRT');
    expect(client.log()).toContain('heap out of memory');
    await expect.poll(() => alive([...server, ...watchdogs]), { timeout: 20_000 }).toEqual([]);
  });

  test('nothing is left after SIGKILL, even if the watchdog was asked to end before', async () => {
    const { client, server, watchdogs } = await guarded('asked');
    for (const pid of watchdogs) {
      process.kill(pid, 'SIGTERM');
      process.kill(pid, 'SIGHUP');
    }
    client.kill('SIGKILL');
    await expect.poll(() => alive([...server, ...watchdogs]), { timeout: 20_000 }).toEqual([]);
  });
});

// proc(5): children stand in the order in which they were started.
test.runIf(process.platform === 'linux')('what watches over the server is started before it', async () => {
  const { client, server, watchdogs } = await guarded('order');
  const children = read(`/proc/${client.pid}/task/${client.pid}/children`).trim().split(' ').map(Number);
  expect(children).toEqual([...watchdogs, server[0]]);
  client.end();
  expect(await client.ended).toBe(0);
});

describe.skipIf(process.platform === 'win32')('the end of the watchdog', () => {
  test('the watchdog ends when the guard ends normally', async () => {
    const { client, server, watchdogs } = await guarded('eof');
    client.end();
    expect(await client.ended).toBe(0);
    await expect.poll(() => alive([...server, ...watchdogs]), { timeout: 20_000 }).toEqual([]);
  });

  test.runIf(process.platform === 'linux')(
    'the watchdog holds nothing of the guard’s but its pipe',
    async () => {
      const { client, watchdogs } = await guarded('streams');
      const held = watchdogs.flatMap((pid) =>
        readdirSync(`/proc/${pid}/fd`).map((fd) => [fd, readlinkSync(`/proc/${pid}/fd/${fd}`)]),
      );
      // A shell may keep its script or its input open under a number of its own, above ten.
      expect(held.filter(([fd]) => Number(fd) > 0 && Number(fd) < 10)).toEqual([
        ['1', '/dev/null'],
        ['2', '/dev/null'],
      ]);
      expect(watchdogs.map((pid) => readlinkSync(`/proc/${pid}/cwd`))).toEqual(['/']);
      client.end();
      expect(await client.ended).toBe(0);
    },
  );
});
