import { clockTolerance } from '../../protocol';
import type { Clock } from '../../protocol';

/**
 * The time in one log: it never decreases, and it passes as the monotonic clock does while the wall clock stands behind.
 */
export class LogTime {
  readonly #clock: Clock;
  #latest: number | undefined;
  /** The monotonic clock's value at the latest time, in milliseconds. */
  #since = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A record says that it was this late. @param time milliseconds since the epoch */
  observe(time: number): void {
    if (this.#latest === undefined || time > this.#latest) {
      this.#latest = time;
      this.#since = this.#clock.monotonic();
    }
  }

  /** Milliseconds since the epoch. */
  now(): number {
    const passed = this.#latest === undefined ? 0 : this.#clock.monotonic() - this.#since;
    const now = Math.max(this.#clock.wall(), (this.#latest ?? -Infinity) + passed);
    this.observe(now);
    return now;
  }

  /**
   * Milliseconds by which the wall clock is behind what was recorded, if that is more than a correction: then nobody can
   * tell how much time has passed. Else 0.
   */
  get behind(): number {
    const behind = (this.#latest ?? -Infinity) - this.#clock.wall();
    return behind > clockTolerance ? behind : 0;
  }
}
