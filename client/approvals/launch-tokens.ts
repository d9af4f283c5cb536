import { randomBytes } from 'node:crypto';

/** Milliseconds between VS Code resolving a server's definition and its guard calling back. */
const lifetime = 10 * 60 * 1000;

/** What a guard shows to say which launch it is. Each is good for one connection. */
export class LaunchTokens<T> {
  readonly #launches = new Map<string, { launch: T; expires: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  issue(launch: T): string {
    this.#forgetOld();
    const token = randomBytes(32).toString('hex');
    this.#launches.set(token, { launch, expires: this.#now() + lifetime });
    return token;
  }

  /** What the token was issued for, once; undefined if it never was, was used already, or is too old. */
  redeem(token: string): T | undefined {
    this.#forgetOld();
    const found = this.#launches.get(token);
    this.#launches.delete(token);
    return found?.launch;
  }

  #forgetOld(): void {
    const now = this.#now();
    for (const [token, { expires }] of this.#launches) {
      if (expires <= now) {
        this.#launches.delete(token);
      }
    }
  }
}
