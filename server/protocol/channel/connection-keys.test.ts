import { hkdfSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { connectionKeys } from './connection-keys';

const key = randomBytes(32);
const guard = randomBytes(32);
const window = randomBytes(32);

describe('the keys of a connection', () => {
  test('the keys of a connection are those of HKDF with SHA-256', () => {
    const hkdf = (info: string): Buffer =>
      Buffer.from(hkdfSync('sha256', key, Buffer.concat([guard, window]), info, 32));
    expect(connectionKeys(key, { guard, window }, 2)).toEqual({
      windowProof: hkdf('gatehouse/2 window proof'),
      guardToWindow: hkdf('gatehouse/2 guard to window'),
      windowToGuard: hkdf('gatehouse/2 window to guard'),
    });
  });

  test('all keys of a connection differ for another key, nonce, order of the nonces, or version', () => {
    const sets = [
      connectionKeys(key, { guard, window }, 2),
      connectionKeys(randomBytes(32), { guard, window }, 2),
      connectionKeys(key, { guard: randomBytes(32), window }, 2),
      connectionKeys(key, { guard, window: randomBytes(32) }, 2),
      connectionKeys(key, { guard: window, window: guard }, 2),
      connectionKeys(key, { guard, window }, 3),
    ];
    const texts = sets.flatMap((set) => Object.values(set) as Buffer[]).map((each) => each.toString('hex'));
    expect(new Set(texts).size).toBe(18);
  });
});
