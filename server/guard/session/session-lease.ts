import { join } from 'node:path';
import { FolderLock, StateError } from '../../protocol';
import type { HeldLock } from '../../protocol';

/** How long the session's lock is kept between two transactions; all in milliseconds. */
export interface LeaseLimits {
  /** Without a transaction. */
  readonly idle: number;
  /** Although another process waits for it and there is work to do: changing the owner takes time, too. */
  readonly turn: number;
  /** In all: then the next transaction looks at all of the session's files again. */
  readonly longest: number;
}

export const leaseLimits: LeaseLimits = { idle: 3, turn: 2, longest: 100 };

/** The lock of a session. @param folder of the session, absolute */
export function sessionLock(folder: string): FolderLock {
  return new FolderLock(join(folder, 'lock'), 'run "gatehouse session unlock" in the workspace');
}

/**
 * The session's lock, kept for a moment after each use: calls come in bursts, and as long as nobody else has had the
 * lock nobody else has written. It is given up when another process waits. Whoever was suspended may have lost it.
 */
export class SessionLease {
  readonly #lock: FolderLock;
  readonly #limits: LeaseLimits;
  readonly #beforeRelease: () => void;
  #held: HeldLock | undefined;
  /** `performance.now()` when it was taken. */
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param folder of the session, absolute; exists when the lock is taken
   * @param beforeRelease writes what is still to be written; must not throw
   */
  constructor(folder: string, limits: LeaseLimits, beforeRelease: () => void) {
    this.#lock = sessionLock(folder);
    this.#limits = limits;
    this.#beforeRelease = beforeRelease;
  }

  /** False also if somebody has broken the lock. */
  get isHeld(): boolean {
    return this.#held?.isHeld() === true;
  }

  /**
   * Waits for the lock.
   * @returns true if it was kept since the last time: nobody else has had it meanwhile
   * @throws {StateError} if another process keeps it for too long
   */
  async take(): Promise<boolean> {
    if (this.isHeld) {
      return true;
    }
    this.#drop();
    this.#held = await this.#lock.acquire();
    this.#since = performance.now();
    return false;
  }

  /**
   * Call it before whatever is written, and before whatever was written counts.
   * @throws {StateError} if somebody has broken the lock, so that another process may have written meanwhile
   */
  check(): void {
    if (!this.isHeld) {
      this.#drop();
      throw new StateError("The session's lock was taken away while this process held it. Try again.");
    }
  }

  /**
   * A transaction is over: keeps the lock for the next one, or gives it up.
   * @param isBusy the next one waits already
   */
  done(isBusy: boolean): void {
    const { idle, longest, turn } = this.#limits;
    if (this.#held === undefined) {
      return;
    }
    const age = performance.now() - this.#since;
    if (age >= longest || ((!isBusy || age >= turn) && this.#held.isWanted())) {
      this.release();
      return;
    }
    this.#timer ??= setTimeout(() => this.release(), idle);
    this.#timer.refresh();
  }

  /** Writes what is still to be written, and gives the lock up. Never throws. */
  release(): void {
    if (this.isHeld) {
      this.#beforeRelease();
    }
    try {
      this.#held?.release();
    } catch (error) {
      if (!(error instanceof StateError)) {
        // Still held, such as on a disk that fails: later it may work.
        this.#timer?.refresh();
        return;
      }
      // Broken by a person. Whatever was written, was written while it was held.
    }
    this.#drop();
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#held = undefined;
  }
}
