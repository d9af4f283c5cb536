import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityText, lifeOf, parseIdentity, thisProcess } from './process-identity';
import { errorCode, StateError } from './state-error';

/** Held until released. */
export interface HeldLock {
  /** @throws {StateError} if the lock is not held any more: someone removed its folder */
  release(): void;
}

const free = 'free';

/**
 * An exclusive lock between processes: a folder that holds exactly one empty file, `free` or named after the owner.
 * Whoever can rename that file has the lock, and a name can be renamed away only once: two that both find the lock
 * free, or both find its owner dead, cannot both win. The folder appears together with its first owner's file.
 */
export class FolderLock {
  readonly #folder: string;

  /** @param folder absolute; its parent exists */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The lock, if nobody else has it at this moment. */
  tryAcquire(): HeldLock | undefined {
    const mine = `owner.${identityText(thisProcess())}.${randomBytes(6).toString('hex')}`;
    if (this.#take(free, mine)) {
      return this.#held(mine);
    }
    const entries = this.#entries();
    if (entries === undefined) {
      return this.#create(mine) ? this.#held(mine) : undefined;
    }
    // A listing that raced with a rename may show both names or none: then it is simply not our turn.
    const [entry] = entries;
    if (entry === undefined) {
      return this.#create(mine) ? this.#held(mine) : undefined;
    }
    const taken = entries.length === 1 && isDead(entry) && this.#take(entry, mine);
    return taken ? this.#held(mine) : undefined;
  }

  /**
   * Waits for the lock.
   * @param timeoutMs how long at most
   * @throws {StateError} when that is over, naming the owner
   */
  async acquire(timeoutMs = 10_000): Promise<HeldLock> {
    const end = performance.now() + timeoutMs;
    let pause = 1;
    for (;;) {
      const held = this.tryAcquire();
      if (held !== undefined) {
        return held;
      }
      if (performance.now() >= end) {
        throw new StateError(this.#timeoutMessage(timeoutMs));
      }
      await sleep(pause * (0.5 + Math.random()));
      pause = Math.min(pause * 1.5, 20);
    }
  }

  #held(mine: string): HeldLock {
    return {
      release: () => {
        if (!this.#take(mine, free)) {
          throw new StateError(`The lock ${this.#folder} was removed while it was held. Try again.`);
        }
      },
    };
  }

  #take(from: string, to: string): boolean {
    try {
      renameSync(join(this.#folder, from), join(this.#folder, to));
      return true;
    } catch (error) {
      // Windows refuses, for a moment, what a virus scanner looks at.
      if (['ENOENT', 'EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '')) {
        return false;
      }
      throw error;
    }
  }

  #entries(): readonly string[] | undefined {
    try {
      return readdirSync(this.#folder);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') {
        return undefined;
      }
      throw error;
    }
  }

  /** A rename onto a folder that holds a file fails, so that only one of several creators succeeds. */
  #create(mine: string): boolean {
    const fresh = `${this.#folder}.${randomBytes(6).toString('hex')}.tmp`;
    mkdirSync(fresh, { mode: 0o700 });
    try {
      writeFileSync(join(fresh, mine), '', { mode: 0o600 });
      renameSync(fresh, this.#folder);
      return true;
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      if (['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '')) {
        return false;
      }
      throw error;
    }
  }

  #timeoutMessage(timeoutMs: number): string {
    const owner = ownerOf(this.#entries()?.[0] ?? '');
    const who = owner === undefined ? 'another process' : `process ${owner.pid}`;
    const hint =
      owner !== undefined && lifeOf(owner) === 'unknown'
        ? ' It runs on another machine or in another container; if it is certain that it has ended, remove the folder.'
        : '';
    return `The lock ${this.#folder} has been held by ${who} for ${timeoutMs / 1000} s.${hint}`;
  }
}

function ownerOf(entry: string): ReturnType<typeof parseIdentity> {
  return entry.startsWith('owner.') ? parseIdentity(entry.slice(6, entry.lastIndexOf('.'))) : undefined;
}

function isDead(entry: string): boolean {
  const owner = ownerOf(entry);
  return owner !== undefined && lifeOf(owner) === 'dead';
}
