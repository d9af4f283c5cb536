import { SignJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose';
import type { JWK, JWTPayload } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { TokenVerifier } from './token-verifier';
import type { KeySet } from './types';

// What Cerbos does with tokens is tested against Cerbos itself, in test/differential; here is what it cannot be asked.

const now = Date.UTC(2026, 0, 31, 12);
let sign: (claims: JWTPayload, header?: object) => Promise<string>;
let jwk: JWK;
let pem: string;

beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' };
  pem = await exportSPKI(publicKey);
  sign = (claims, header = { kid: 'k' }) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...header }).sign(privateKey);
});

const remote = (refreshSeconds?: number): KeySet => ({
  id: 'remote',
  source: {
    kind: 'remote',
    url: 'https://keys.example/jwks',
    ...(refreshSeconds !== undefined && { refreshSeconds }),
  },
});

describe('key sets from elsewhere', () => {
  test('remote key sets are fetched for the first token, kept, and fetched again when they are old', async () => {
    let [time, fetched] = [now, 0];
    const fetcher = (url: string): Promise<string> => {
      expect(url).toBe('https://keys.example/jwks');
      fetched++;
      return Promise.resolve(JSON.stringify({ keys: [jwk] }));
    };
    const verifier = new TokenVerifier({ keySets: [remote(60)] }, () => time, fetcher);
    expect(fetched).toBe(0);
    for (const [seconds, fetches] of [
      [0, 1],
      [59, 1],
      [60, 2],
      [61, 2],
    ] as const) {
      time = now + seconds * 1000;
      expect(await verifier.claims({ token: await sign({ sub: 'ann' }) })).toEqual({ sub: 'ann' });
      expect(fetched).toBe(fetches);
    }
  });

  test('a remote key set that cannot be fetched again holds for one more period; after that no token is accepted', async () => {
    let [time, works] = [now, true];
    const fetcher = (): Promise<string> =>
      works ? Promise.resolve(JSON.stringify(jwk)) : Promise.reject(new Error('no answer'));
    const verifier = new TokenVerifier({ keySets: [remote(60)] }, () => time, fetcher);
    const claims = async (): Promise<unknown> => verifier.claims({ token: await sign({}) });
    await claims();
    works = false;
    time += 119_000;
    await expect(claims()).resolves.toEqual({});
    time += 2_000;
    await expect(claims()).rejects.toThrow('failed to look up remote keyset');
    works = true;
    await expect(claims()).resolves.toEqual({});
  });

  test('a remote text that is no key set refuses every token', async () => {
    for (const [text, reason] of [
      ['<html>', 'failed to parse key data'],
      ['{"keys": 5}', 'failed to parse key data'],
      [
        JSON.stringify({ keys: [{ ...jwk, kid: '' }] }),
        'failed to validate key at idx 0: missing key ID (kid)',
      ],
    ] as const) {
      const verifier = new TokenVerifier(
        { keySets: [remote()] },
        () => now,
        () => Promise.resolve(text),
      );
      await expect(verifier.claims({ token: await sign({}) })).rejects.toThrow(reason);
    }
  });
});

test('PEM files have neither key ids nor algorithms, so both must be optional', async () => {
  const set: KeySet = { id: 'pem', source: { kind: 'pem', text: pem } };
  const verifier = (more: Partial<KeySet>): TokenVerifier =>
    new TokenVerifier({ keySets: [{ ...set, ...more }] }, () => now);
  const token = await sign({ sub: 'ann' }, {});
  await expect(verifier({}).claims({ token })).rejects.toThrow('failed to parse JWT');
  await expect(verifier({ optionalAlg: true }).claims({ token })).rejects.toThrow('failed to parse JWT');
  expect(await verifier({ optionalAlg: true, optionalKid: true }).claims({ token })).toEqual({ sub: 'ann' });
});

test('the times of a token are checked even where signatures are not', async () => {
  const verifier = new TokenVerifier({ disableVerification: true }, () => now);
  const expired = await sign({ exp: now / 1000 });
  await expect(verifier.claims({ token: expired })).rejects.toThrow('token has expired (exp)');
  expect(await verifier.claims({ token: await sign({ exp: now / 1000 + 1 }) })).toEqual({
    exp: '2026-01-31T12:00:01Z',
  });
});

test('claims may have any name', async () => {
  const verifier = new TokenVerifier({
    keySets: [{ id: 'a', source: { kind: 'jwks', text: JSON.stringify(jwk) } }],
  });
  const claims = await verifier.claims({ token: await sign({ constructor: 1, toString: 'x' }) });
  expect(claims).toEqual({ constructor: 1, toString: 'x' });
  expect(Object.getPrototypeOf(claims)).toBeNull();
});
