import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { treeIsAlive } from './process-tree';
import { shellWatchdog, windowsWatchdog } from './watchdog';

/*
 * The watchdog by itself; whole guards that are killed are in test/conformance/guard-death.test.ts.
 */

const deaf = "process.on('SIGTERM', () => {}); process.stdout.write('x'); setInterval(() => {}, 1e6)";

async function serverOf(script: string): Promise<ChildProcess & { pid: number }> {
  const server = spawn(process.execPath, ['-e', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise((resolve) => server.stdout.once('data', resolve));
  return server as unknown as ChildProcess & { pid: number };
}

function watchdogOf(pid: number): ChildProcess {
  const watchdog = spawn(shellWatchdog.file, [...shellWatchdog.args], { stdio: ['pipe', 'ignore', 'pipe'] });
  watchdog.stdin.write(`${pid}\n`);
  return watchdog;
}

/** Resolves with the exit code and what it complained of. */
async function ended(child: ChildProcess): Promise<[code: number | null, complaints: string]> {
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return [code, complaints];
}

describe.skipIf(process.platform === 'win32')('a watchdog', () => {
  test('a watchdog ends the whole group when its input ends without a word', async () => {
    const server = await serverOf(
      `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(deaf)}], { stdio: ['ignore', 'inherit', 'ignore'] }); process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6)`,
    );
    const watchdog = watchdogOf(server.pid);
    watchdog.stdin?.end();
    expect(await ended(watchdog)).toEqual([0, '']);
    await expect.poll(() => treeIsAlive(server.pid)).toBe(false);
  });

  test('a watchdog ends what the server has left behind when it has ended itself', async () => {
    const server = await serverOf(
      `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(deaf)}], { stdio: ['ignore', 'inherit', 'ignore'] }); process.once('SIGUSR2', () => process.exit(0)); setInterval(() => {}, 1e6)`,
    );
    const watchdog = watchdogOf(server.pid);
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGUSR2');
    await gone;
    expect(treeIsAlive(server.pid)).toBe(true);
    watchdog.stdin?.end();
    expect(await ended(watchdog)).toEqual([0, '']);
    await expect.poll(() => treeIsAlive(server.pid)).toBe(false);
  });

  test('a watchdog goes without doing anything when it is told that the server is gone', async () => {
    const server = await serverOf(deaf);
    const watchdog = watchdogOf(server.pid);
    watchdog.stdin?.end('gone\n');
    expect(await ended(watchdog)).toEqual([0, '']);
    expect(treeIsAlive(server.pid)).toBe(true);
    process.kill(-server.pid, 'SIGKILL');
  });

  test('a watchdog goes without doing anything when no server was started', async () => {
    const watchdog = spawn(shellWatchdog.file, [...shellWatchdog.args], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    watchdog.stdin.end();
    expect(await ended(watchdog)).toEqual([0, '']);
  });

  test('a watchdog spares a process that has got the id of a server that is gone', async () => {
    const server = await serverOf(deaf);
    const { args, file } = shellWatchdog;
    const [flag = '', script = '', ...rest] = args;
    // The same script, with another start remembered: what it would see had the id been used again.
    const later = script.replace('start=$(start_of)', 'start=another');
    expect(later).not.toBe(script);
    const { stderr, status } = spawnSync(file, [flag, later, ...rest], {
      input: `${server.pid}\n`,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(treeIsAlive(server.pid)).toBe(true);
    process.kill(-server.pid, 'SIGKILL');
  });

  test('a watchdog knows the start of a process whose name looks like the process table', async () => {
    const server = await serverOf(`process.title = 'a) R 1 1 1'; ${deaf}`);
    const [, script = ''] = shellWatchdog.args;
    const asks = `${script.slice(0, script.indexOf('start=$(start_of)'))}start_of`;
    const input = `${server.pid}\n`;
    const start = execFileSync('/bin/sh', ['-c', asks], { encoding: 'utf8', input });
    expect(start).toMatch(process.platform === 'linux' ? /^\d{3,}\n$/ : /\d\d:\d\d:\d\d/);
    process.kill(-server.pid, 'SIGKILL');
  });
});

test('the guard on Windows makes sure that the id is still that of its own child', () => {
  const { args, file, verbatim } = windowsWatchdog(42, 7, { SYSTEMROOT: 'D:\\Win' });
  expect([file, verbatim]).toEqual(['D:\\Win\\System32\\cmd.exe', true]);
  const line = args.at(-1) ?? '';
  expect(line).toMatch(
    /^"set \/p word= \|\| "D:\\Win\\System32\\WindowsPowerShell\\v1\.0\\powershell\.exe" /,
  );
  const encoded = /-EncodedCommand (\S+)"$/.exec(line)?.[1] ?? '';
  const script = Buffer.from(encoded, 'base64').toString('utf16le');
  expect(script).toContain('ProcessId=42 AND ParentProcessId=7');
  expect(script).toContain('taskkill.exe" /t /f /pid 42');
  expect(args.join(' ').length).toBeLessThan(8191);
});
