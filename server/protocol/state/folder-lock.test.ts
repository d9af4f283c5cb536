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
