import { createHmac, timingSafeEqual } from 'node:crypto';
import type { JsonLines } from './json-lines';
import { ChannelError, messageLimits } from './json-lines';

/*
 * guard  → window  {gatehouse: 1, nonce: Ng}
 * window → guard   {nonce: Nw, proof: HMAC(key, "window", Ng, Nw)}
 * guard  → window  {token, proof: HMAC(key, "guard", Nw, Ng, token)}
 * window → guard   {welcome: true}, or {welcome: false, why}
 *
 * Both nonces are in both proofs, so that an overheard exchange is worth nothing in another one, and the side is,
 * so that a proof can't be sent back to its author. The guard gives its token only to a window that has proved
 * itself. A window says nothing about itself but a nonce before it is proved to.
 */

const version = 1;
const nonceBytes = 32;
const hex = /^[0-9a-f]{64}$/;

function proof(key: Buffer, side: 'window' | 'guard', ...parts: readonly string[]): string {
  const hmac = createHmac('sha256', key);
  // Lengths in front, so that no two lists of parts read the same.
  for (const part of [`gatehouse/${version}`, side, ...parts]) {
    hmac.update(`${Buffer.byteLength(part)}:${part},`);
  }
  return hmac.digest('hex');
}

function sameProof(expected: string, actual: string): boolean {
  return timingSafeEqual(Buffer.from(expected, 'hex'), Buffer.from(actual, 'hex'));
}

function member(message: unknown, name: string): unknown {
  return typeof message === 'object' && message !== null && Object.hasOwn(message, name)
    ? (message as Record<string, unknown>)[name]
    : undefined;
}

function hexMember(message: unknown, name: string): string {
  const value = member(message, name);
  if (typeof value !== 'string' || !hex.test(value)) {
    throw new ChannelError(`The other side's ${name} is missing or malformed.`);
  }
  return value;
}

/** Random bytes; passed in, so that tests can repeat a nonce. */
export type RandomBytes = (size: number) => Buffer;

/**
 * The guard's side: makes the window prove itself, then proves itself.
 * @throws {ChannelError} if the window has another key, refuses, or hangs up
 */
export async function greetWindow(
  lines: JsonLines,
  key: Buffer,
  token: string,
  random: RandomBytes,
): Promise<void> {
  const guardNonce = random(nonceBytes).toString('hex');
  await lines.write({ gatehouse: version, nonce: guardNonce });
  const answer = await lines.read();
  const windowNonce = hexMember(answer, 'nonce');
  if (!sameProof(proof(key, 'window', guardNonce, windowNonce), hexMember(answer, 'proof'))) {
    throw new ChannelError('The window could not prove that it belongs to this installation.');
  }
  await lines.write({ token, proof: proof(key, 'guard', windowNonce, guardNonce, token) });
  const welcome = await lines.read();
  if (member(welcome, 'welcome') !== true) {
    const why = member(welcome, 'why');
    throw new ChannelError(typeof why === 'string' ? why : 'The window refused this guard.');
  }
  lines.setLimit(messageLimits.connection);
}

/**
 * The window's side: proves itself, makes the guard prove itself, redeems its token.
 * @param redeem what the token stands for, once; undefined if nothing (any more)
 * @returns what `redeem` gave
 * @throws {ChannelError} if the peer is no guard of this installation, or its token is not valid
 */
export async function greetGuard<T>(
  lines: JsonLines,
  key: Buffer,
  redeem: (token: string) => T | undefined,
  random: RandomBytes,
): Promise<T> {
  const hello = await lines.read();
  if (member(hello, 'gatehouse') !== version) {
    throw new ChannelError('The peer does not speak this version of the protocol.');
  }
  const guardNonce = hexMember(hello, 'nonce');
  const windowNonce = random(nonceBytes).toString('hex');
  await lines.write({ nonce: windowNonce, proof: proof(key, 'window', guardNonce, windowNonce) });
  const answer = await lines.read();
  const token = member(answer, 'token');
  if (typeof token !== 'string') {
    throw new ChannelError('The guard sent no token.');
  }
  if (!sameProof(proof(key, 'guard', windowNonce, guardNonce, token), hexMember(answer, 'proof'))) {
    throw new ChannelError('The guard could not prove that it belongs to this installation.');
  }
  const redeemed = redeem(token);
  if (redeemed === undefined) {
    const why = 'The launch token is not valid (any more). Start the server again from VS Code.';
    await lines.write({ welcome: false, why });
    throw new ChannelError(why);
  }
  lines.setLimit(messageLimits.connection);
  await lines.write({ welcome: true });
  return redeemed;
}
