import type { JWK } from 'jose';
import { readKeys } from './keys';
import { TokenError } from './types';
import type { KeySet } from './types';

/** Fetches a text, for key sets that are somewhere else. */
export type FetchText = (url: string) => Promise<string>;

const defaultRefreshSeconds = 15 * 60;

/** The keys of key sets. Those from elsewhere are kept for a while; only what the user configured is ever fetched. */
export class KeyStore {
  readonly #sets: ReadonlyMap<string, KeySet>;
  readonly #fetch: FetchText;
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly keys: Promise<readonly JWK[]>; readonly at: number }>();

  /** @param now in seconds */
  constructor(sets: readonly KeySet[], fetchText: FetchText, now: () => number) {
    this.#sets = new Map(sets.map((set) => [set.id, set]));
    this.#fetch = fetchText;
    this.#now = now;
  }

  /**
   * The key set that a token names, or the only one.
   * @throws {@link TokenError}
   */
  setFor(id: string | undefined): KeySet {
    const [first, second] = this.#sets.values();
    const named = id === undefined || id === '' ? undefined : id;
    if (named === undefined) {
      if (first && !second) {
        return first;
      }
      throw new TokenError('cannot determine keyset to use for validating the JWT');
    }
    const set = this.#sets.get(named);
    if (!set) {
      throw new TokenError(`keyset not found: ${named}`);
    }
    return set;
  }

  /**
   * The keys of a set. If a set from elsewhere cannot be had again, what was had of it holds as long again as it would have.
   * @throws {@link TokenError}
   */
  async keys(set: KeySet): Promise<readonly JWK[]> {
    const { source } = set;
    const known = this.#known.get(set.id);
    const now = this.#now();
    if (source.kind !== 'remote') {
      if (known) {
        return known.keys;
      }
      const read = async (): Promise<readonly JWK[]> => Promise.resolve(readKeys(source.text, set));
      return this.#remember(set, read(), now);
    }
    const lasts = source.refreshSeconds ?? defaultRefreshSeconds;
    if (known && now < known.at + lasts) {
      return known.keys;
    }
    try {
      const keys = this.#fetched(set, source.url);
      if (!known) {
        return await this.#remember(set, keys, now);
      }
      const fresh = await keys;
      return await this.#remember(set, Promise.resolve(fresh), now);
    } catch (error) {
      if (known && now < known.at + 2 * lasts) {
        return known.keys;
      }
      this.#known.delete(set.id);
      throw error instanceof TokenError
        ? error
        : new TokenError('failed to look up remote keyset', { cause: error });
    }
  }

  #remember(set: KeySet, keys: Promise<readonly JWK[]>, at: number): Promise<readonly JWK[]> {
    this.#known.set(set.id, { keys, at });
    return keys;
  }

  async #fetched(set: KeySet, url: string): Promise<readonly JWK[]> {
    return readKeys(await this.#fetch(url), set);
  }
}
