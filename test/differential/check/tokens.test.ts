// Tokens in requests, against `cerbos 0.55`: which are taken, and what policies read of their claims.
import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { SignJWT, UnsecuredJWT, base64url, exportJWK, exportSPKI, generateKeyPair } from 'jose';
import type { CryptoKey, JWK, JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkResource, compilePolicySet, parseCheckRequest } from '../../../server/policy';
import type { JsonValue, PolicySet } from '../../../server/policy';
import { removePolicies, startServer, writePolicies } from '../support/server';
import type { CerbosServer } from '../support/server';
import { TokenVerifier } from '../../../server/policy/tokens';
import type { KeySet, TokenVerification } from '../../../server/policy/tokens';

const policy = `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: album
  version: default
  rules:
    - {name: one, actions: [view], effect: EFFECT_ALLOW, roles: ["*"], output: {when: {ruleActivated: request.auxData.jwt}}}
    - name: several
      actions: [edit]
      effect: EFFECT_ALLOW
      roles: ["*"]
      condition: {match: {expr: 'request.auxData.jwts["a"].claims.sub == "ann"'}}
      output: {when: {ruleActivated: "request.auxData.jwts.map(name, name + string(size(request.aux_data.jwts[name].claims)))"}}
    - {name: has, actions: [look], effect: EFFECT_ALLOW, roles: ["*"], output: {when: {ruleActivated: "[has(request.auxData), has(request.auxData.jwt), has(request.auxData.jwts)]"}}}
`;
const files = [{ path: 'album.yaml', text: policy }];

interface Key {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

async function makeKey(alg: string, kid: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), alg, kid } };
}

const now = Math.floor(Date.now() / 1000);
let keys: Readonly<Record<string, Key>>;
let verification: TokenVerification;
let pem: string;

function without(key: JWK, ...names: string[]): object {
  return Object.fromEntries(Object.entries(key).filter(([name]) => !names.includes(name)));
}

async function sign(
  claims: JWTPayload,
  { alg, kid, privateKey }: Key,
  header: object = { kid },
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, ...header }).sign(privateKey);
}

/** A token whose payload need not be JSON. */
async function signText(payload: string, { alg, kid, privateKey }: Key): Promise<string> {
  const { CompactSign } = await import('jose');
  return new CompactSign(new TextEncoder().encode(payload)).setProtectedHeader({ alg, kid }).sign(privateKey);
}

beforeAll(async () => {
  const made = await Promise.all([
    ...['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'].map((alg) => makeKey(alg, alg)),
    makeKey('ES256', 'unknown'),
  ]);
  keys = Object.fromEntries(made.map((key) => [key.kid, key]));
  const known = made.filter(({ kid }) => kid !== 'unknown').map(({ jwk }) => jwk);
  const secret = {
    kty: 'oct',
    k: base64url.encode('0123456789abcdef0123456789abcdef'),
    alg: 'HS256',
    kid: 'HS256',
  };
  const bare = known.map((jwk) => without(jwk, 'alg', 'kid'));
  const set = (id: string, jwks: unknown, more: Partial<KeySet> = {}): KeySet => ({
    id,
    source: { kind: 'jwks', text: JSON.stringify(jwks) },
    ...more,
  });
  pem = await exportSPKI((await generateKeyPair('ES256', { extractable: true })).publicKey);
  verification = {
    acceptableTimeSkewSeconds: 10,
    keySets: [
      set('main', { keys: [...known, secret] }),
      set('single', known[0]),
      set('bare', { keys: bare }),
      set('open', { keys: bare }, { optionalAlg: true, optionalKid: true }),
      set('no-kid', { keys: known.map((jwk) => without(jwk, 'kid')) }, { optionalKid: true }),
      set('no-alg', { keys: known.map((jwk) => without(jwk, 'alg')) }, { optionalAlg: true }),
      set('for-encryption', { keys: known.map((jwk) => ({ ...jwk, use: 'enc' })) }),
      set('empty', { keys: [] }),
      set('broken', 'nothing'),
    ],
  };
});

/** A request, and the server's configuration for the same key sets. */
async function configure(
  options: TokenVerification,
  directory: string,
): Promise<Readonly<Record<string, unknown>>> {
  const keySets = (options.keySets ?? []).map(async ({ id, source, optionalAlg, optionalKid }) => {
    const file = path.join(directory, `${id}.jwks`);
    await writeFile(file, 'text' in source ? source.text : '');
    return {
      id,
      local: { file },
      insecure: { optionalAlg: optionalAlg === true, optionalKid: optionalKid === true },
    };
  });
  return {
    auxData: {
      jwt: {
        keySets: await Promise.all(keySets),
        acceptableTimeSkew: `${options.acceptableTimeSkewSeconds ?? 0}s`,
        disableVerification: options.disableVerification === true,
      },
    },
  };
}

function requestWith(auxData: JsonValue): JsonValue {
  return {
    principal: { id: 'ann', roles: ['user'] },
    resources: [{ actions: ['view', 'edit', 'look'], resource: { kind: 'album', id: '1' } }],
    auxData,
  };
}

interface Answer {
  readonly refused?: boolean;
  readonly actions?: unknown;
  readonly outputs?: readonly { readonly val?: unknown }[];
}

async function ownAnswer(set: PolicySet, options: TokenVerification, request: JsonValue): Promise<Answer> {
  const parsed = parseCheckRequest(request);
  if ('problem' in parsed) {
    return { refused: true };
  }
  try {
    const auxData = await new TokenVerifier(options).auxData(parsed.tokens ?? {});
    const output = checkResource(
      set,
      { ...parsed.inputs[0]!, ...(auxData && { auxData }) },
      { now: new Date() },
    );
    const effects = Object.entries(output.actions).map(([name, { effect }]) => [name, effect]);
    return {
      actions: Object.fromEntries(effects) as unknown,
      outputs: output.outputs.map(({ val }) => ({ val })),
    };
  } catch {
    return { refused: true };
  }
}

/** Maps as JSON have no order of their own. */
function answerOf(response: unknown): Answer {
  const { results } = response as { results?: readonly Answer[] };
  const [first] = results ?? [];
  if (!first) {
    return { refused: true };
  }
  return { actions: first.actions, outputs: (first.outputs ?? []).map(({ val }) => ({ val })) };
}

function sortedOutputs({ outputs, ...rest }: Answer): Answer {
  const sorted = (outputs ?? []).map(({ val }) => ({
    val: Array.isArray(val) && typeof val[0] === 'string' ? [...(val as string[])].sort() : val,
  }));
  return { ...rest, outputs: sorted };
}

const registered: JWTPayload = {
  iss: 'issuer',
  sub: 'ann',
  aud: 'gatehouse',
  jti: '1',
  exp: now + 600,
  nbf: now - 600,
  iat: now - 600.5,
};

/** The tokens of requests, by the case that they cover. */
const tokens: Readonly<Record<string, () => Promise<JsonValue>>> = {
  'each algorithm: ES256': () => token(sign(registered, keys['ES256']!)),
  'each algorithm: ES384': () => token(sign(registered, keys['ES384']!)),
  'each algorithm: RS256': () => token(sign(registered, keys['RS256']!)),
  'each algorithm: PS256': () => token(sign(registered, keys['PS256']!)),
  'each algorithm: EdDSA': () => token(sign(registered, keys['EdDSA']!)),
  'a shared secret': () => token(withSecret(registered)),
  'a single key as a set': () => token(sign(registered, keys['ES256']!), 'single'),
  'claims of all kinds': () =>
    token(
      sign(
        {
          aud: ['a', 'b'],
          text: 'x',
          number: 1.5,
          large: 12345678901234567890,
          yes: true,
          nothing: null,
          list: [1, 'a', [null]],
          object: { a: { b: 1 } },
        },
        keys['ES256']!,
      ),
    ),
  'no claims': () => token(sign({}, keys['ES256']!)),
  expired: () => token(sign({ exp: now - 60 }, keys['ES256']!)),
  'expired within the skew': () => token(sign({ exp: now - 5 }, keys['ES256']!)),
  'not valid yet': () => token(sign({ nbf: now + 60 }, keys['ES256']!)),
  'valid within the skew': () => token(sign({ nbf: now + 5, iat: now + 5 }, keys['ES256']!)),
  'issued in the future': () => token(sign({ iat: now + 60 }, keys['ES256']!)),
  'times as text': () =>
    token(signText(`{"exp":"${now + 600}","iat":"2020-01-31T12:00:00+01:00"}`, keys['ES256']!)),
  'times that are none': () => token(signText('{"exp":"tomorrow"}', keys['ES256']!)),
  'negative times': () => token(signText('{"nbf":-5}', keys['ES256']!)),
  'times with fractions': () => token(signText(`{"exp":${now + 600}.75,"nbf":1.5e9}`, keys['ES256']!)),
  'an issuer that is no text': () => token(signText('{"iss":5}', keys['ES256']!)),
  'an audience that is no text': () => token(signText('{"aud":[5]}', keys['ES256']!)),
  'a subject that is null': () => token(signText('{"sub":null,"a":1}', keys['ES256']!)),
  'times that are null': () => token(signText('{"exp":null,"a":1}', keys['ES256']!)),
  'an audience that is null': () => token(signText('{"aud":null,"a":1}', keys['ES256']!)),
  'claims that are no object': () => token(signText('[1]', keys['ES256']!)),
  'claims that are no JSON': () => token(signText('hello', keys['ES256']!)),
  'no key set named': async () => ({ jwt: { token: await sign(registered, keys['ES256']!) } }),
  'an unknown key set': () => token(sign(registered, keys['ES256']!), 'nowhere'),
  'an empty key set': () => token(sign(registered, keys['ES256']!), 'empty'),
  'a broken key set': () => token(sign(registered, keys['ES256']!), 'broken'),
  'keys for something else': () => token(sign(registered, keys['ES256']!), 'for-encryption'),
  'an unknown key': () => token(sign(registered, keys['unknown']!)),
  'an unknown key under a known name': () => token(sign(registered, keys['unknown']!, { kid: 'ES256' })),
  'no key named': () => token(sign(registered, keys['ES256']!, {})),
  'keys without names': () => token(sign(registered, keys['ES384']!), 'bare'),
  'keys without names, allowed': () => token(sign(registered, keys['ES384']!), 'open'),
  'no key named, allowed': () => token(sign(registered, keys['RS256']!, {}), 'no-kid'),
  'keys without algorithms, allowed': () => token(sign(registered, keys['RS256']!), 'no-alg'),
  'an unknown key where names may lack': () => token(sign(registered, keys['unknown']!), 'open'),
  'no signature': () =>
    Promise.resolve({ jwt: { token: new UnsecuredJWT(registered).encode(), keySetId: 'open' } }),
  'a changed payload': async () => {
    const [header, , signature] = (await sign(registered, keys['ES256']!)).split('.');
    return {
      jwt: { token: `${header}.${base64url.encode('{"sub":"root"}')}.${signature}`, keySetId: 'main' },
    };
  },
  'a public key taken for a secret': async () => ({
    jwt: {
      token: await new SignJWT(registered)
        .setProtectedHeader({ alg: 'HS256', kid: 'RS256' })
        .sign(new TextEncoder().encode(pem)),
      keySetId: 'no-alg',
    },
  }),
  nonsense: () => Promise.resolve({ jwt: { token: 'nonsense', keySetId: 'main' } }),
  'too many parts': async () => ({ jwt: { token: `${await sign({}, keys['ES256']!)}.a`, keySetId: 'main' } }),
  'an empty token': () => Promise.resolve({ jwt: { token: '' } }),
  'no tokens': () => Promise.resolve({}),
  'several tokens': async () => ({
    jwts: {
      a: { token: await sign({ sub: 'ann' }, keys['ES256']!), keySetId: 'main' },
      'b c': { token: await sign(registered, keys['RS256']!), keySetId: 'main' },
    },
  }),
  'one token in a list': async () => ({
    jwts: { a: { token: await sign({ sub: 'ann' }, keys['ES256']!), keySetId: 'main' } },
  }),
  'several tokens, one expired': async () => ({
    jwts: {
      a: { token: await sign({ sub: 'ann' }, keys['ES256']!), keySetId: 'main' },
      b: { token: await sign({ exp: 1 }, keys['ES256']!), keySetId: 'main' },
    },
  }),
  'one and several': async () => ({
    jwt: { token: await sign({}, keys['ES256']!) },
    jwts: { a: { token: await sign({}, keys['ES256']!) } },
  }),
};

async function token(signed: Promise<string>, keySetId = 'main'): Promise<JsonValue> {
  return { jwt: { token: await signed, keySetId } };
}

function withSecret(claims: JWTPayload): Promise<string> {
  const secret = new TextEncoder().encode('0123456789abcdef0123456789abcdef');
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'HS256' }).sign(secret);
}

describe.each([
  ['verified', (): TokenVerification => verification],
  ['with one key set', (): TokenVerification => ({ keySets: verification.keySets!.slice(0, 1) })],
  ['not verified', (): TokenVerification => ({ disableVerification: true })],
])('tokens %s', (_, optionsOf) => {
  let directories: readonly string[] = [];
  let server: CerbosServer;
  let set: PolicySet;

  beforeAll(async () => {
    const policies = await writePolicies(files);
    const configuration = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-tokens-'));
    directories = [policies, configuration];
    const file = path.join(configuration, 'config.yaml');
    await writeFile(file, JSON.stringify(await configure(optionsOf(), configuration)));
    server = await startServer(policies, {
      name: 'tokens',
      strictEvaluation: false,
      lenientScopeSearch: false,
      globals: {},
      configurationFile: file,
    });
    set = compilePolicySet(files).set!;
  });

  afterAll(async () => {
    await server.stop();
    for (const directory of directories) {
      await removePolicies(directory);
    }
  });

  test.each(Object.entries(tokens))(
    'a request is answered as by cerbos 0.55: %s',
    async (_name, auxDataOf) => {
      const request = requestWith(await auxDataOf());
      const [binary, own] = [
        answerOf(await server.check(request)),
        await ownAnswer(set, optionsOf(), request),
      ];
      expect(sortedOutputs(own)).toEqual(sortedOutputs(binary));
    },
  );
});
