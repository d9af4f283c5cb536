import { randomBytes } from 'node:crypto';
import { elapsedSince, momentOf, systemClock } from '../../server/protocol';
import type { Clock, Moment } from '../../server/protocol';

/** Milliseconds between VS Code resolving a server's definition and its guard calling back. */
const lifetime = 10 * 60 * 1000;

/** What a guard shows to say which launch it is. Each is good for one connection. */
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

  /** What the token was issued for, once; undefined if it never was, was used already, or is too old. */
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
