import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openGuard } from './bundles';
import { fixture, startWire } from './wire';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-lifecycle-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Dead ones that nobody waits for can still be signalled. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return process.platform !== 'linux' || !read(`/proc/${pid}/stat`).includes(') Z ');
}

/** A guard over a server that ignores all requests to end, with a child that does, too. */
async function stubborn(name: string): Promise<{ client: ReturnType<typeof startWire>; pids: number[] }> {
  const file = join(folder, name);
  const client = startWire([openGuard, '--', process.execPath, fixture('stubborn'), file]);
  await expect.poll(() => read(file)).toMatch(/\d+ \d+/);
  const pids = read(file).split(' ').map(Number);
  expect(pids.map(isAlive)).toEqual([true, true]);
  return { client, pids };
}

describe('whatever ends the guard, nothing of its server is left', () => {
  test('the client ends its input', async () => {
    const { client, pids } = await stubborn('eof');
    client.end();
    expect(await client.ended).toBe(0);
    await expect.poll(() => pids.map(isAlive)).toEqual([false, false]);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'nothing of the server is left when the guard gets %s',
    async (signal) => {
      const { client, pids } = await stubborn(signal);
      client.kill(signal);
      expect(await client.ended).toBe(0);
      await expect.poll(() => pids.map(isAlive)).toEqual([false, false]);
    },
  );

  test('nothing is left after SIGKILL, when only the end of its input can tell the server', async () => {
    const client = startWire([openGuard, '--', process.execPath, fixture('mirror')]);
    client.send({ method: 'facts' });
    const [line] = await client.lines(1);
    const { pid } = (JSON.parse(line!) as { params: { pid: number } }).params;
    expect(isAlive(pid)).toBe(true);
    client.kill('SIGKILL');
    expect(await client.ended).toBe('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

describe('clients start a server only to look at it, too', () => {
  test('ten short launches at once leave nothing', async () => {
    const clients = Array.from({ length: 10 }, () =>
      startWire([openGuard, '--', process.execPath, fixture('items')]),
    );
    for (const client of clients) {
      client.send('{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}');
      client.end();
    }
    expect(await Promise.all(clients.map(({ ended }) => ended))).toEqual(Array(10).fill(0));
    expect(clients.map(({ rest }) => rest().length > 0)).toEqual(Array(10).fill(true));
  });
});

test('a client that reads neither output nor log does not keep the guard from ending', async () => {
  const flood = `
    const line = 'x'.repeat(1000) + '\\n';
    for (let n = 0; n < 2000; n++) { process.stderr.write(line); process.stdout.write('{"method":"' + 'x'.repeat(1000) + '"}\\n'); }
    setTimeout(() => process.exit(5), 300);`;
  const child = spawn(process.execPath, [openGuard, '--', process.execPath, '-e', flood], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code).toBe(5);
});

test('a command that can’t be started is said in words', async () => {
  const client = startWire([openGuard, '--', 'gatehouse-no-such-program']);
  expect(await client.ended).toBe(1);
  expect(client.log()).toContain('"gatehouse-no-such-program" can\'t be started');
});
