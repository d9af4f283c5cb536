import { timingSafeEqual } from 'node:crypto';
import { connectionKeys } from './connection-keys';
import type { ConnectionKeys } from './connection-keys';
import type { JsonLines } from './json-lines';
import { ChannelError, messageLimits } from './json-lines';
import { SealedLines, SealError } from './sealed-lines';

/*
 * guard  → window  {gatehouse: 2, nonce: Ng}
 * window → guard   {gatehouse: 2, nonce: Nw, proof}   or {gatehouse: its own version} to a guard of another version
 *
 * Both now derive the connection's keys from the installation key, Ng, Nw and the version. From here on everything
 * is sealed with them, see SealedLines:
 *
 * guard  → window  {token}
 * window → guard   {welcome: true}, or {welcome: false, why}
 *
 * Both nonces are in every key, so that an overheard exchange is worth nothing in another one, and the version is, so
 * that nobody can talk the two into an older one. The guard gives its token only to a window that has proved itself;
 * that it can seal the token proves the guard. A window says nothing about itself but its version and a nonce before.
 * Version 1 is refused without a proof: whoever sits between an old guard and this window could use it.
 */

/** 1: authenticated the two sides only, not what they say. 2: seals every message. */
const version = 2;
const nonceBytes = 32;
const hex = /^[0-9a-f]{64}$/;

function member(message: unknown, name: string): unknown {
  return typeof message === 'object' && message !== null && Object.hasOwn(message, name)
    ? (message as Record<string, unknown>)[name]
    : undefined;
}

function hexMember(message: unknown, name: string): Buffer {
  const value = member(message, name);
  if (typeof value !== 'string' || !hex.test(value)) {
    throw new ChannelError(`The other side's ${name} is missing or malformed.`);
  }
  return Buffer.from(value, 'hex');
}

/** The version that the other side speaks, if it is another one. */
function otherVersion(message: unknown): number | undefined {
  const spoken = member(message, 'gatehouse');
  return typeof spoken === 'number' && Number.isSafeInteger(spoken) && spoken !== version
    ? spoken
    : undefined;
}

/** Random bytes; passed in, so that tests can repeat a nonce. */
export type RandomBytes = (size: number) => Buffer;

/**
 * The guard's side: makes the window prove itself, then proves itself.
 * @returns the connection, sealed
 * @throws {ChannelError} if the window has another key or another version, refuses, or hangs up
 */
export async function greetWindow(
  lines: JsonLines,
  key: Buffer,
  token: string,
  random: RandomBytes,
): Promise<SealedLines> {
  const guard = random(nonceBytes);
  await lines.write({ gatehouse: version, nonce: guard.toString('hex') });
  const answer = await lines.read();
  const spoken = otherVersion(answer);
  if (spoken !== undefined) {
    throw new ChannelError(
      `The window speaks version ${spoken} of Gatehouse's protocol, this guard version ${version}. ` +
        'Reload the window (Developer: Reload Window), then start the server again.',
    );
  }
  if (member(answer, 'gatehouse') !== version) {
    throw new ChannelError("What listens there does not speak Gatehouse's protocol.");
  }
  const keys = connectionKeys(key, { guard, window: hexMember(answer, 'nonce') }, version);
  if (!timingSafeEqual(keys.windowProof, hexMember(answer, 'proof'))) {
    throw new ChannelError('The window could not prove that it belongs to this installation.');
  }
  lines.setLimit(messageLimits.connection);
  const sealed = sealedFor('guard', lines, keys);
  await sealed.write({ token });
  const welcome = await sealed.read();
  if (member(welcome, 'welcome') !== true) {
    const why = member(welcome, 'why');
    throw new ChannelError(typeof why === 'string' ? why : 'The window refused this guard.');
  }
  return sealed;
}

/** A guard that has proved itself. */
export interface GreetedGuard<T> {
  /** The value that `redeem` returned for the guard's token. */
  readonly redeemed: T;
  /** The connection, sealed. */
  readonly sealed: SealedLines;
}

/**
 * The window's side: proves itself, makes the guard prove itself, redeems its token.
 * @param redeem returns the value that a token was issued for, and forgets the token; undefined if it is not valid
 * @throws {ChannelError} if the peer is no guard of this installation, speaks another version, or its token is not valid
 */
export async function greetGuard<T>(
  lines: JsonLines,
  key: Buffer,
  redeem: (token: string) => T | undefined,
  random: RandomBytes,
): Promise<GreetedGuard<T>> {
  const hello = await lines.read();
  const spoken = otherVersion(hello);
  if (spoken !== undefined) {
    await lines.write({ gatehouse: version });
    throw new ChannelError(
      `A guard of ${spoken < version ? 'an older' : 'a newer'} version of Gatehouse was refused: it speaks version ${spoken} of the protocol, this window version ${version}. ` +
        'Start its server again; if that does not help, reload the window.',
    );
  }
  if (member(hello, 'gatehouse') !== version) {
    throw new ChannelError("The peer does not speak Gatehouse's protocol.");
  }
  const guard = hexMember(hello, 'nonce');
  const window = random(nonceBytes);
  const keys = connectionKeys(key, { guard, window }, version);
  await lines.write({
    gatehouse: version,
    nonce: window.toString('hex'),
    proof: keys.windowProof.toString('hex'),
  });
  const sealed = sealedFor('window', lines, keys);
  const redeemed = redeem(await readToken(sealed));
  if (redeemed === undefined) {
    const why = 'The launch token is not valid (any more). Start the server again from VS Code.';
    await sealed.write({ welcome: false, why });
    throw new ChannelError(why);
  }
  lines.setLimit(messageLimits.connection);
  await sealed.write({ welcome: true });
  return { redeemed, sealed };
}

async function readToken(sealed: SealedLines): Promise<string> {
  let answer: unknown;
  try {
    answer = await sealed.read();
  } catch (error) {
    throw error instanceof SealError
      ? new ChannelError('The guard could not prove that it belongs to this installation.', { cause: error })
      : error;
  }
  const token = member(answer, 'token');
  if (typeof token !== 'string') {
    throw new ChannelError('The guard sent no token.');
  }
  return token;
}

function sealedFor(side: 'guard' | 'window', lines: JsonLines, keys: ConnectionKeys): SealedLines {
  const { guardToWindow, windowToGuard } = keys;
  return new SealedLines(
    lines,
    side === 'guard'
      ? { send: guardToWindow, receive: windowToGuard }
      : { send: windowToGuard, receive: guardToWindow },
  );
}
