import { randomBytes } from 'node:crypto';
import { elapsedSince, momentOf, systemClock } from '../../server/protocol';
import type { Clock, Moment } from '../../server/protocol';

/** Milliseconds between VS Code resolving a server's definition and its guard calling back. */
const lifetime = 10 * 60 * 1000;

/** Tokens by which a guard proves which launch it belongs to. Each is good for one connection. */
export class LaunchTokens<T> {
  readonly #launches = new Map<string, { launch: T; issued: Moment }>();
  readonly #clock: Clock;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  issue(launch: T): string {
    this.#forgetOld();
    const token = randomBytes(32).toString('hex');
    this.#launches.set(token, { launch, issued: momentOf(this.#clock) });
    return token;
  }

  /**
   * Returns what the token was issued for, and makes it invalid; undefined if it was never issued, was used, or is too
   * old.
   */
  redeem(token: string): T | undefined {
    this.#forgetOld();
    const found = this.#launches.get(token);
    this.#launches.delete(token);
    return found?.launch;
  }

  #forgetOld(): void {
    for (const [token, { issued }] of this.#launches) {
      if (elapsedSince(this.#clock, issued) >= lifetime) {
        this.#launches.delete(token);
      }
    }
  }
}
