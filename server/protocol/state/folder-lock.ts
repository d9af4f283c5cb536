import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Bell } from './bell';
import { identityText, lifeOf, parseIdentity, thisProcess } from './process-identity';
import type { ProcessIdentity } from './process-identity';
import { errorCode, StateError } from './state-error';

/** Held until released, or broken by a person. */
export interface HeldLock {
  /** False once somebody has broken the lock: then nothing that it protects may be written any more. */
  isHeld(): boolean;
  /** True if another process has asked for the lock since it was taken. */
  isWanted(): boolean;
  /**
   * @throws {StateError} if the lock is not held any more
   * @throws Error if the file system refuses: then it is still held
   */
  release(): void;
}

/** The process that holds a lock. */
export interface LockOwner {
  readonly process: ProcessIdentity;
  /** `unknown`: it runs, or ran, on another machine or in another container. */
  readonly life: ReturnType<typeof lifeOf>;
  /** When it took the lock, milliseconds since the epoch. */
  readonly since: number;
  /** The name of its file. */
  readonly entry: string;
}

const free = 'free';
/** Milliseconds after which whoever waits tries again, though nothing has woken it; half of that more by chance. */
const longestPause = 20;
/** A lock that nobody here can tell the owner of, and that did not move while it was waited for, is tried so long. */
const stuckMs = 100;

/**
 * An exclusive lock between processes: a folder that holds exactly one empty file, `free` or named after the owner.
 * Whoever can rename that file has the lock, and a name can be renamed away only once: two that both find the lock
 * free, or both find its owner dead, cannot both win. The folder appears together with its first owner's file. Who
 * waits for the lock leaves a file beside the folder, so that an owner who would keep it for longer can see that.
 */
export class FolderLock {
  readonly #folder: string;
  readonly #howToUnlock: string;
  readonly #wanted: string;
  /** No two of all processes' owner files have the same name, so that an owner knows its own by that. */
  readonly #nonce = randomBytes(6).toString('hex');
  #taken = 0;
  /** The lock was released for somebody who waits, and not taken since. */
  #gaveWay = false;
  /** The file of an unknown owner who kept the lock for as long as it was waited for. */
  #stuck: string | undefined;

  /**
   * @param folder absolute; its parent exists
   * @param howToUnlock what a person does about an owner that ended out of sight; ends a sentence
   */
  constructor(folder: string, howToUnlock = `remove the folder ${folder}`) {
    this.#folder = folder;
    this.#howToUnlock = howToUnlock;
    this.#wanted = `${folder}.wanted`;
  }

  /** The lock, if nobody else has it at this moment. */
  tryAcquire(): HeldLock | undefined {
    this.#taken += 1;
    const mine = `owner.${identityText(thisProcess())}.${this.#nonce}${this.#taken.toString(36)}`;
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
   * Waits for the lock. Whoever has released it for others that wait lets one of them go first.
   * @param timeoutMs how long at most
   * @throws {StateError} when that is over, naming the owner
   */
  async acquire(timeoutMs = 10_000): Promise<HeldLock> {
    const held = this.#gaveWay ? undefined : this.tryAcquire();
    return held ?? this.#wait(timeoutMs);
  }

  /** Who holds the lock now; undefined if nobody does. */
  owner(): LockOwner | undefined {
    for (const entry of this.#entries() ?? []) {
      const process = ownerOf(entry);
      const found = statSync(join(this.#folder, entry), { throwIfNoEntry: false });
      if (process !== undefined && found !== undefined) {
        // A file gets its name when the lock is taken: that changes the inode's ctime (rename(2)), not its mtime.
        return { process, life: lifeOf(process), since: Math.max(found.ctimeMs, found.mtimeMs), entry };
      }
    }
    return undefined;
  }

  /**
   * Breaks the lock, on a person's word: should the owner still live, it finds out before it writes again.
   * @returns false if that owner does not hold it any more
   */
  breakFrom({ entry }: LockOwner): boolean {
    return this.#take(entry, free);
  }

  async #wait(timeoutMs: number): Promise<HeldLock> {
    const before = this.#entries()?.[0];
    const isStuck = before !== undefined && before === this.#stuck;
    const end = performance.now() + (isStuck ? Math.min(stuckMs, timeoutMs) : timeoutMs);
    const bell = new Bell(this.#folder);
    let pause = 1;
    try {
      if (this.#gaveWay && before === free) {
        await bell.rings(longestPause * 1.5);
      }
      this.#gaveWay = false;
      for (;;) {
        const held = this.tryAcquire();
        if (held !== undefined) {
          return held;
        }
        if (performance.now() >= end) {
          throw new StateError(this.#timedOut(timeoutMs, before));
        }
        this.#ask();
        await bell.rings(pause * (0.5 + Math.random()));
        pause = Math.min(pause * 1.5, longestPause);
      }
    } finally {
      bell.close();
    }
  }

  #held(mine: string): HeldLock {
    const path = join(this.#folder, mine);
    if (existsSync(this.#wanted)) {
      // Who still waits asks again.
      rmSync(this.#wanted, { force: true });
    }
    return {
      isHeld: () => existsSync(path),
      isWanted: () => existsSync(this.#wanted),
      release: () => {
        this.#gaveWay = existsSync(this.#wanted);
        if (!this.#take(mine, free)) {
          throw existsSync(path)
            ? new Error(`The lock ${this.#folder} can't be released now.`)
            : new StateError(`The lock ${this.#folder} was removed while it was held. Try again.`);
        }
      },
    };
  }

  #ask(): void {
    try {
      writeFileSync(this.#wanted, '', { flag: 'wx', mode: 0o600 });
    } catch (error) {
      // It is there already; Windows refuses while another one removes it. Who asks in vain asks again.
      if (!['EEXIST', 'EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '')) {
        throw error;
      }
    }
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

  /** @param before the owner's file when the waiting began */
  #timedOut(timeoutMs: number, before: string | undefined): string {
    const owner = this.owner();
    if (owner?.life !== 'unknown') {
      const who = owner === undefined ? 'other processes' : `process ${owner.process.pid}`;
      return `The lock ${this.#folder} was held by ${who} for ${timeoutMs / 1000} s.`;
    }
    this.#stuck = owner.entry === before ? before : undefined;
    return `The lock ${this.#folder} is held by ${describeOwner(owner)}. If it is certain that it has ended, ${this.#howToUnlock}.`;
  }
}

/** An owner for a sentence, as *process 12, in another container, since 2026-01-05T10:00:00.000Z*. */
export function describeOwner({ life, process: { host, pid }, since }: LockOwner): string {
  const where =
    life !== 'unknown'
      ? ''
      : host === thisProcess().host
        ? ', in another container of this machine,'
        : ', on another machine or in another container (one that was rebuilt leaves such a lock),';
  return `process ${pid}${where} since ${new Date(since).toISOString()}`;
}

function ownerOf(entry: string): ProcessIdentity | undefined {
  return entry.startsWith('owner.') ? parseIdentity(entry.slice(6, entry.lastIndexOf('.'))) : undefined;
}

function isDead(entry: string): boolean {
  const owner = ownerOf(entry);
  return owner !== undefined && lifeOf(owner) === 'dead';
}
