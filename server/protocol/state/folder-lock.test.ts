import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FolderLock } from './folder-lock';
import { identityText, lifeOf, parseIdentity, thisProcess } from './process-identity';

let parent: string;
let folder: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'gatehouse-lock-'));
  folder = join(parent, 'lock');
});

afterEach(() => {
  rmSync(parent, { recursive: true });
});

function heldBy(identity: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, `owner.${identity}.abcdef`), '');
}

const self = thisProcess();

describe('a lock', () => {
  test('a lock has one owner at a time', () => {
    const [first, second] = [new FolderLock(folder), new FolderLock(folder)];
    const held = first.tryAcquire();
    expect(held).toBeDefined();
    expect(second.tryAcquire()).toBeUndefined();
    held?.release();
    expect(second.tryAcquire()).toBeDefined();
  });

  test('a lock names its owner', () => {
    new FolderLock(folder).tryAcquire();
    expect(readdirSync(folder)).toEqual([expect.stringContaining(identityText(self))]);
    expect(readdirSync(parent)).toEqual(['lock']);
  });

  test('a process waits for a lock that another one holds', async () => {
    const held = new FolderLock(folder).tryAcquire();
    setTimeout(() => held?.release(), 30);
    await expect(new FolderLock(folder).acquire()).resolves.toBeDefined();
  });

  test('a process does not wait for a lock without end', async () => {
    new FolderLock(folder).tryAcquire();
    await expect(new FolderLock(folder).acquire(50)).rejects.toThrow(`held by process ${self.pid}`);
  });

  test.each([
    ['whose process has ended', { pid: 999_999_999 }],
    ['whose process id was given to another', { start: '1' }],
    ['from before the machine started', { boot: 'deadbeef' }],
  ])('a lock is taken over from an owner %s, by one process only', (_, changes) => {
    heldBy(identityText({ ...self, ...changes }));
    expect(new FolderLock(folder).tryAcquire()).toBeDefined();
    expect(new FolderLock(folder).tryAcquire()).toBeUndefined();
  });

  test.each([
    ['on another machine', { host: '00000000' }],
    ['in another container', { space: '1' }],
  ])('a lock is never taken from an owner %s', async (_, changes) => {
    heldBy(identityText({ ...self, pid: 999_999_999, ...changes }));
    await expect(new FolderLock(folder).acquire(50)).rejects.toThrow('remove the folder');
  });

  test('a lock that is kept by an owner out of sight is said to be, and is not waited for twice', async () => {
    heldBy(identityText({ ...self, pid: 12, host: '00000000' }));
    const lock = new FolderLock(folder, 'ask Alice');
    const message = /held by process 12, on another machine or in another container .* since 20.*, ask Alice/;
    await expect(lock.acquire(50)).rejects.toThrow(message);
    // A minute would be more than the test is given, if it were waited for.
    await expect(lock.acquire(3_600_000)).rejects.toThrow(message);
    rmSync(folder, { recursive: true });
    heldBy(identityText({ ...self, pid: 13, host: '00000000' }));
    await expect(lock.acquire(50)).rejects.toThrow('process 13');
    rmSync(folder, { recursive: true });
    await expect(lock.acquire(50)).resolves.toBeDefined();
  });

  test('the owner of a lock sees that another process waits, until that has it', async () => {
    const [first, second] = [new FolderLock(folder), new FolderLock(folder)];
    const held = first.tryAcquire();
    expect(held?.isWanted()).toBe(false);
    const next = second.acquire();
    await expect.poll(() => held?.isWanted()).toBe(true);
    held?.release();
    const other = await next;
    expect(other.isWanted()).toBe(false);
    other.release();
    expect(readdirSync(parent)).toEqual(['lock']);
  });

  test('whoever gives a lock up for another that waits does not take it again before', async () => {
    const [first, second] = [new FolderLock(folder), new FolderLock(folder)];
    const order: string[] = [];
    const held = first.tryAcquire();
    const next = second.acquire().then((other) => {
      order.push('second');
      other.release();
    });
    await expect.poll(() => held?.isWanted()).toBe(true);
    held?.release();
    const again = await first.acquire();
    order.push('first');
    again.release();
    await next;
    expect(order).toEqual(['second', 'first']);
  });

  test('a lock that a person breaks is not held any more, and free', () => {
    const lock = new FolderLock(folder);
    expect(lock.owner()).toBeUndefined();
    const held = lock.tryAcquire();
    expect(held?.isHeld()).toBe(true);
    const owner = lock.owner();
    expect(owner).toMatchObject({ life: 'alive', process: self });
    expect(owner && lock.breakFrom(owner)).toBe(true);
    expect(held?.isHeld()).toBe(false);
    expect(lock.owner()).toBeUndefined();
    const other = new FolderLock(folder).tryAcquire();
    expect(other).toBeDefined();
    // It is another's now: neither the old owner nor the person can take it away by what they knew.
    expect(owner && lock.breakFrom(owner)).toBe(false);
    expect(() => held?.release()).toThrow('was removed while it was held');
    expect(other?.isHeld()).toBe(true);
  });

  test('releasing a lock fails if it was removed while it was held', () => {
    const held = new FolderLock(folder).tryAcquire();
    rmSync(folder, { recursive: true });
    expect(() => held?.release()).toThrow('was removed while it was held');
  });
});

describe("a process's identity", () => {
  test("a process's identity survives being written and read", () => {
    expect(parseIdentity(identityText(self))).toEqual(self);
    expect(parseIdentity('anything else')).toBeUndefined();
  });

  test('this process’s own identity counts as alive', () => {
    expect(lifeOf(self)).toBe('alive');
  });
});
