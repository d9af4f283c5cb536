import type { JWK } from 'jose';
import type { JsonObject } from '../../cel';
import { checkedClaims } from './claims';
import { fetchText } from './fetch-text';
import { KeyStore } from './key-store';
import type { FetchText } from './key-store';
import { TokenError } from './types';
import type { AuxDataInput, KeySet, Token, TokenRequest, TokenVerification } from './types';

/** Turns the tokens of requests into claims, as Cerbos does: verified against key sets, unless that is switched off. */
export class TokenVerifier {
  readonly #verification: TokenVerification;
  readonly #store: KeyStore;
  readonly #now: () => number;

  /**
   * @param now in milliseconds since 1970
   * @param fetcher for key sets that are somewhere else
   */
  constructor(verification: TokenVerification, now: () => number = Date.now, fetcher: FetchText = fetchText) {
    this.#verification = verification;
    this.#now = now;
    this.#store = new KeyStore(verification.keySets ?? [], fetcher, () => now() / 1000);
  }

  /**
   * The claims in a request's tokens; undefined if it has none.
   * @throws {@link TokenError} if a token is refused: then the whole request must be
   */
  async auxData({ jwt, jwts }: TokenRequest): Promise<AuxDataInput | undefined> {
    if (jwt) {
      return { jwt: await this.claims(jwt) };
    }
    const names = Object.keys(jwts ?? {});
    if (names.length === 0) {
      return undefined;
    }
    const found = Object.create(null) as Record<string, { readonly claims: JsonObject }>;
    for (const name of names) {
      const token = jwts?.[name];
      if (token) {
        found[name] = { claims: await this.claims(token) };
      }
    }
    return { jwts: found };
  }

  /**
   * The claims of one token.
   * @throws {@link TokenError} if it is refused
   */
  async claims({ token, keySetId }: Token): Promise<JsonObject> {
    const { disableVerification, acceptableTimeSkewSeconds = 0 } = this.#verification;
    const payload = disableVerification === true ? payloadOf(token) : await this.#verified(token, keySetId);
    return checkedClaims(payload, this.#now() / 1000, acceptableTimeSkewSeconds);
  }

  async #verified(token: string, keySetId: string | undefined): Promise<string> {
    const set = this.#store.setFor(keySetId);
    const keys = await this.#store.keys(set);
    // Loaded when the first token comes: most sets of policies never see one.
    const jose = await import('jose');
    const { alg, kid } = headerOf(token);
    for (const key of candidates(keys, set, alg, kid)) {
      try {
        const { payload } = await jose.compactVerify(token.trim(), await jose.importJWK(key, alg), {
          algorithms: [alg],
        });
        return new TextDecoder().decode(payload);
      } catch {
        // The next key may fit.
      }
    }
    throw new TokenError('failed to parse JWT');
  }
}

/** The keys that a token may be signed with. One that names an algorithm is never used for another. */
function candidates(keys: readonly JWK[], set: KeySet, alg: string, kid: string | undefined): readonly JWK[] {
  return keys.filter((key) => {
    if (key.use !== undefined && key.use !== '' && key.use !== 'sig') {
      return false;
    }
    if (set.optionalKid !== true && (kid === undefined || key.kid !== kid)) {
      return false;
    }
    return key.alg === undefined || key.alg === '' ? set.optionalAlg === true : key.alg === alg;
  });
}

function headerOf(token: string): { readonly alg: string; readonly kid: string | undefined } {
  const { alg, kid } = objectIn(partsOf(token)[0]);
  if (typeof alg !== 'string' || alg === '') {
    throw new TokenError('failed to parse JWT');
  }
  return { alg, kid: typeof kid === 'string' && kid !== '' ? kid : undefined };
}

function payloadOf(token: string): string {
  const [header, payload] = partsOf(token);
  objectIn(header);
  return decoded(payload);
}

function partsOf(token: string): readonly [string, string] {
  const [header, payload, signature, ...more] = token.trim().split('.');
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) {
    throw new TokenError('failed to parse JWT');
  }
  return [header, payload];
}

function decoded(part: string): string {
  if (!/^[\w-]*$/.test(part)) {
    throw new TokenError('failed to parse JWT');
  }
  return Buffer.from(part, 'base64url').toString('utf8');
}

function objectIn(part: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(decoded(part));
  } catch {
    throw new TokenError('failed to parse JWT');
  }
  if (typeof value !== 'object' || value === null) {
    throw new TokenError('failed to parse JWT');
  }
  return value as Readonly<Record<string, unknown>>;
}
