import { randomBytes } from 'node:crypto';
import { createServer, connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectionKeys } from './connection-keys';
import { greetGuard, greetWindow } from './handshake';
import { JsonLines } from './json-lines';
import { SealedLines } from './sealed-lines';

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
  test('both sides that know the key let each other in, and the token is redeemed', async () => {
    const { guard, window } = await pair();
    const [guardSide, { redeemed, sealed }] = await Promise.all([
      greetWindow(guard, key, 'good', randomBytes),
      greetGuard(window, key, redeem, randomBytes),
    ]);
    expect(redeemed).toBe('the launch');
    await Promise.all([guardSide.write('to the window'), sealed.write('to the guard')]);
    expect(await Promise.all([guardSide.read(), sealed.read()])).toEqual(['to the guard', 'to the window']);
  });

  test('the token is not given to a window with another key', async () => {
    const { guard, window } = await pair();
    const heard: string[] = [];
    const window2 = greetGuard(window, randomBytes(32), (token) => heard.push(token), randomBytes);
    await expect(greetWindow(guard, key, 'good', randomBytes)).rejects.toThrow(/could not prove/);
    guard.destroy();
    await expect(window2).rejects.toThrow();
    expect(heard).toEqual([]);
  });

  test('the token of a guard with another key is not redeemed', async () => {
    const { guard, window } = await pair();
    const heard: string[] = [];
    const greeting = greetGuard(window, key, (token) => heard.push(token), randomBytes);
    const hello = { gatehouse: 2, nonce: 'a'.repeat(64) };
    await guard.write(hello);
    const { nonce } = (await guard.read()) as { nonce: string };
    const nonces = { guard: Buffer.from(hello.nonce, 'hex'), window: Buffer.from(nonce, 'hex') };
    const keys = connectionKeys(randomBytes(32), nonces, 2);
    const sealed = new SealedLines(guard, { send: keys.guardToWindow, receive: keys.windowToGuard });
    await sealed.write({ token: 'good' });
    await expect(greeting).rejects.toThrow(/guard could not prove/);
    expect(heard).toEqual([]);
  });

  test('the guard is told why its token is refused', async () => {
    const { guard, window } = await pair();
    await Promise.all([
      expect(greetWindow(guard, key, 'stale', randomBytes)).rejects.toThrow(/token is not valid/),
      expect(greetGuard(window, key, redeem, randomBytes)).rejects.toThrow(/token is not valid/),
    ]);
  });

  test('an exchange that was overheard and is played again is refused', async () => {
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

  test('no message that is not sealed counts as a proof, nor does a side’s own proof', async () => {
    const { guard, window } = await pair();
    const greeting = greetGuard(window, key, redeem, randomBytes);
    await guard.write({ gatehouse: 2, nonce: 'a'.repeat(64) });
    const { proof } = (await guard.read()) as { proof: string };
    await guard.write({ token: 'good', proof });
    await expect(greeting).rejects.toThrow(/guard could not prove/);
  });

  test.each([
    ['nothing it knows', { hello: 'there' }],
    ['no object', 7],
    ['null', null],
    ['a version that is no number', { gatehouse: '2', nonce: 'a'.repeat(64) }],
    ['a short nonce', { gatehouse: 2, nonce: 'abc' }],
    ['a nonce that is no string', { gatehouse: 2, nonce: { length: 64 } }],
  ])('a peer that says %s is dropped', async (_what, hello) => {
    const { guard, window } = await pair();
    const greeting = greetGuard(window, key, redeem, randomBytes);
    await guard.write(hello);
    await expect(greeting).rejects.toThrow(/other side's nonce|Gatehouse's protocol/);
  });

  test.each([
    ['an older', 1],
    ['a newer', 3],
  ])(
    'a guard of %s version is refused, and told the window’s own without a proof',
    async (age, gatehouse) => {
      const { guard, window } = await pair();
      const refused = expect(greetGuard(window, key, redeem, randomBytes)).rejects.toThrow(
        `A guard of ${age} version of Gatehouse was refused`,
      );
      await guard.write({ gatehouse, nonce: 'a'.repeat(64) });
      expect(await guard.read()).toEqual({ gatehouse: 2 });
      await refused;
    },
  );

  test('a guard is told what to do about a window of another version', async () => {
    const { guard, window } = await pair();
    const greeting = greetWindow(guard, key, 'good', randomBytes);
    await window.read();
    await window.write({ gatehouse: 3 });
    await expect(greeting).rejects.toThrow(
      /window speaks version 3.*this guard version 2\. Reload the window/,
    );
  });
});
