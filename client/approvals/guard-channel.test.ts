import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectionOver, greetWindow, JsonLines, launchRequest } from '../../server/protocol';
import type { LaunchInfo } from '../../server/protocol';
import { GuardChannel } from './guard-channel';
import type { ConnectedGuard } from './guard-channel';
import { socketAddress } from './socket-address';

const key = randomBytes(32);
const most = 32;
const launch = { server: { name: 'fs' } } as LaunchInfo;

let folder: string;
let now: number;
let channel: GuardChannel<LaunchInfo>;
let guards: ConnectedGuard<LaunchInfo>[];
let strangers: string[];
let sockets: Socket[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  now = 0;
  guards = [];
  strangers = [];
  sockets = [];
  channel = await GuardChannel.listen<LaunchInfo>({
    address: await socketAddress(join(folder, 'run'), process.platform),
    key,
    clock: { wall: () => now, monotonic: () => now },
    onGuard: (guard) => {
      guard.connection.onRequest(launchRequest, () => guard.launch);
      guard.connection.listen();
      guards.push(guard);
    },
    onStranger: (why) => strangers.push(why),
    mostStrangers: most,
  });
});

afterEach(async () => {
  for (const socket of sockets) {
    socket.destroy();
  }
  await channel.close();
  await rm(folder, { recursive: true, force: true });
});

async function dial(): Promise<{ socket: Socket; lines: JsonLines }> {
  const socket = connect(channel.path);
  sockets.push(socket);
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, lines: new JsonLines(socket) };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.once('close', () => resolve());
    socket.resume();
  });
}

describe('GuardChannel', () => {
  test('a guard that shows its token is connected and told what to launch', async () => {
    const token = channel.issueToken(launch);
    const { lines } = await dial();
    const connection = connectionOver(await greetWindow(lines, key, token, randomBytes));
    connection.listen();
    expect(await connection.sendRequest(launchRequest)).toEqual(launch);
    connection.dispose();
  });

  test('a token is accepted once', async () => {
    const token = channel.issueToken(launch);
    await greetWindow((await dial()).lines, key, token, randomBytes);
    await expect(greetWindow((await dial()).lines, key, token, randomBytes)).rejects.toThrow(
      /token is not valid/,
    );
    expect(guards).toHaveLength(1);
  });

  test('a token that was never issued or is too old is refused', async () => {
    await expect(greetWindow((await dial()).lines, key, 'made up', randomBytes)).rejects.toThrow(/not valid/);
    const token = channel.issueToken(launch);
    now += 10 * 60 * 1000;
    await expect(greetWindow((await dial()).lines, key, token, randomBytes)).rejects.toThrow(/not valid/);
    expect(guards).toEqual([]);
  });

  test('a peer with another key is dropped', async () => {
    const token = channel.issueToken(launch);
    await expect(greetWindow((await dial()).lines, randomBytes(32), token, randomBytes)).rejects.toThrow(
      /window could not prove/,
    );
    expect(guards).toEqual([]);
  });

  test.each([
    ['garbage', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['half a handshake', '{"gatehouse":2,"nonce":"00"}\n'],
    ['JSON-RPC before any proof', '{"jsonrpc":"2.0","id":1,"method":"launch"}\n'],
    ['an endless line', 'x'.repeat(10_000)],
  ])('a peer that sends %s is dropped without a response', async (_what, bytes) => {
    const { socket } = await dial();
    const heard: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => heard.push(chunk));
    socket.write(bytes);
    await closed(socket);
    expect(Buffer.concat(heard).toString()).toBe('');
    await until(() => strangers.length > 0);
    expect(guards).toEqual([]);
  });

  test('a guard that breaks the protocol after its proof is dropped', async () => {
    const { socket, lines } = await dial();
    await greetWindow(lines, key, channel.issueToken(launch), randomBytes);
    await until(() => guards.length === 1);
    const gone = new Promise<void>((resolve) => guards[0]!.onClosed(resolve));
    socket.write('{"method":"launch"}\n');
    await Promise.all([gone, closed(socket)]);
  });

  test('the channel survives peers that connect and hang up', async () => {
    for (let i = 0; i < 40; i += 1) {
      (await dial()).socket.destroy();
    }
    await until(() => strangers.length === 40);
    await greetWindow((await dial()).lines, key, channel.issueToken(launch), randomBytes);
    await until(() => guards.length === 1);
  });

  test('a guard gets in however many peers connect and say nothing; those that had most time are dropped', async () => {
    const waiting = await Promise.all(Array.from({ length: most }, dial));
    const dropped = waiting.slice(0, 3).map(({ socket }) => closed(socket));
    await greetWindow((await dial()).lines, key, channel.issueToken(launch), randomBytes);
    await until(() => guards.length === 1);
    await dial();
    await dial();
    await dial();
    await Promise.all(dropped);
    expect(strangers).toEqual(Array(3).fill('Too many peers have connected without proving themselves.'));
    expect(waiting.slice(3).map(({ socket }) => socket.destroyed)).toEqual(Array(most - 3).fill(false));
  });

  test('a guard that has proved itself is not dropped, however many connect after it', async () => {
    await greetWindow((await dial()).lines, key, channel.issueToken(launch), randomBytes);
    await until(() => guards.length === 1);
    let gone = false;
    guards[0]!.onClosed(() => (gone = true));
    for (let i = 0; i < 3 * most; i += 1) {
      await dial();
    }
    await until(() => strangers.length >= 2 * most);
    expect(gone).toBe(false);
  });

  test('every guard is disconnected when the channel closes', async () => {
    const { socket, lines } = await dial();
    await greetWindow(lines, key, channel.issueToken(launch), randomBytes);
    const gone = closed(socket);
    await channel.close();
    await gone;
  });
});

describe.skipIf(process.platform === 'win32')('the socket file', () => {
  test('the socket file and its folder are accessible to their owner alone', async () => {
    expect((await stat(channel.path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'run'))).mode & 0o777).toBe(0o700);
  });

  test('the socket file is removed when the channel closes', async () => {
    await channel.close();
    expect(await readdir(join(folder, 'run'))).toEqual([]);
  });

  test('the socket is in a short folder where the state folder’s path is too long', async () => {
    const address = await socketAddress(join(folder, 'x'.repeat(100), 'run'), 'linux', folder);
    expect(address.path.startsWith(folder)).toBe(true);
    expect(Buffer.byteLength(address.path)).toBeLessThanOrEqual(103);
    expect((await stat(join(address.path, '..'))).mode & 0o777).toBe(0o700);
    await address.remove();
    expect((await readdir(folder)).filter((name) => name !== 'run')).toEqual([]);
  });

  test('the dead socket of a crashed window is removed, and a live one is left alone', async () => {
    const dead = join(folder, 'run', 'dead.sock');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(dead, resolve));
    const { rename } = await import('node:fs/promises');
    // Closing would unlink it under its name; renamed, it stays behind as after a crash.
    await rename(dead, join(folder, 'run', 'crashed.sock'));
    await new Promise((resolve) => server.close(resolve));
    await writeFile(join(folder, 'run', 'other.txt'), '');
    await socketAddress(join(folder, 'run'), process.platform);
    const left = await readdir(join(folder, 'run'));
    expect(left).not.toContain('crashed.sock');
    expect(left).toContain('other.txt');
    expect(left.filter((name) => name.endsWith('.sock'))).toHaveLength(1);
  });
});

test('the channel is a pipe that nobody can guess on Windows', async () => {
  const paths = await Promise.all([1, 2].map(() => socketAddress('C:\\state\\run', 'win32')));
  expect(paths[0]!.path).toMatch(/^\\\\\.\\pipe\\gatehouse-[0-9a-f]{32}$/);
  expect(paths[0]!.path).not.toBe(paths[1]!.path);
});
