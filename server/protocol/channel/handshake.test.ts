import { randomBytes } from 'node:crypto';
import { createServer, connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { greetGuard, greetWindow } from './handshake';
import { JsonLines } from './json-lines';

const key = randomBytes(32);
const redeem = (token: string): string | undefined => (token === 'good' ? 'the launch' : undefined);

/** A loopback server standing for the other side's socket. */
let server: Server;
let sockets: Socket[];
let accepted: Promise<Socket>;

beforeEach(async () => {
  sockets = [];
  accepted = new Promise((resolve) => {
    server = createServer(resolve);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  for (const socket of sockets) {
    socket.destroy();
  }
  await new Promise((resolve) => server.close(resolve));
});

async function pair(): Promise<{ guard: JsonLines; window: JsonLines }> {
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const far = await accepted;
  sockets.push(near, far);
  return { guard: new JsonLines(near), window: new JsonLines(far) };
}

describe('the proof between guard and window', () => {
  it('lets both in who know the key, and redeems the token', async () => {
    const { guard, window } = await pair();
    const [, launch] = await Promise.all([
      greetWindow(guard, key, 'good', randomBytes),
      greetGuard(window, key, redeem, randomBytes),
    ]);
    expect(launch).toBe('the launch');
  });

  it('does not give the token to a window with another key', async () => {
    const { guard, window } = await pair();
    const heard: string[] = [];
    const window2 = greetGuard(window, randomBytes(32), (token) => heard.push(token), randomBytes);
    await expect(greetWindow(guard, key, 'good', randomBytes)).rejects.toThrow(/could not prove/);
    guard.destroy();
    await expect(window2).rejects.toThrow();
    expect(heard).toEqual([]);
  });

  it('does not redeem the token of a guard with another key', async () => {
    const { guard, window } = await pair();
    const heard: string[] = [];
    const greeting = greetGuard(window, key, (token) => heard.push(token), randomBytes);
    const hello = { gatehouse: 1, nonce: 'a'.repeat(64) };
    await guard.write(hello);
    await guard.read();
    await guard.write({ token: 'good', proof: 'b'.repeat(64) });
    await expect(greeting).rejects.toThrow(/guard could not prove/);
    expect(heard).toEqual([]);
  });

  it('tells the guard why its token is refused', async () => {
    const { guard, window } = await pair();
    await Promise.all([
      expect(greetWindow(guard, key, 'stale', randomBytes)).rejects.toThrow(/token is not valid/),
      expect(greetGuard(window, key, redeem, randomBytes)).rejects.toThrow(/token is not valid/),
    ]);
  });

  it('refuses an exchange that was overheard and is played again', async () => {
    const first = await pair();
    const said: unknown[] = [];
    const write = first.guard.write.bind(first.guard);
    first.guard.write = (value) => {
      said.push(value);
      return write(value);
    };
    await Promise.all([
      greetWindow(first.guard, key, 'good', randomBytes),
      greetGuard(first.window, key, redeem, randomBytes),
    ]);
    expect(said).toHaveLength(2);

    accepted = new Promise((resolve) => server.once('connection', resolve));
    const second = await pair();
    const greeting = greetGuard(second.window, key, redeem, randomBytes);
    await second.guard.write(said[0]);
    await second.guard.read();
    await second.guard.write(said[1]);
    await expect(greeting).rejects.toThrow(/guard could not prove/);
  });

  it('does not take its own proof back from the other side', async () => {
    const { guard, window } = await pair();
    const greeting = greetGuard(window, key, redeem, randomBytes);
    await guard.write({ gatehouse: 1, nonce: 'a'.repeat(64) });
    const { proof } = (await guard.read()) as { proof: string };
    await guard.write({ token: 'good', proof });
    await expect(greeting).rejects.toThrow(/guard could not prove/);
  });

  it.each([
    ['nothing it knows', { hello: 'there' }],
    ['no object', 7],
    ['null', null],
    ['another version', { gatehouse: 2, nonce: 'a'.repeat(64) }],
    ['a short nonce', { gatehouse: 1, nonce: 'abc' }],
    ['a nonce that is no string', { gatehouse: 1, nonce: { length: 64 } }],
  ])('drops a peer that says %s', async (_what, hello) => {
    const { guard, window } = await pair();
    const greeting = greetGuard(window, key, redeem, randomBytes);
    await guard.write(hello);
    await expect(greeting).rejects.toThrow(/other side's nonce|version of the protocol/);
  });
});
