import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identityText, openStateFolder, thisProcess } from '../protocol';
import type { ProcessIdentity } from '../protocol';
import { runSession } from './session';
import { openSession, sessionFolderOf } from './sessions';

let root: string;
let workspace: string;
let lock: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-unlock-'));
  workspace = join(root, 'ws');
  mkdirSync(workspace);
  lock = join(sessionFolderOf(openStateFolder(join(root, 'state')), [workspace]), 'lock');
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

const state = () => openStateFolder(join(root, 'state'));
const elsewhere = { host: '00000000', pid: 12 };

/** A lock that a process left that is like this one but for the changes. */
function lockedBy(changes: Partial<ProcessIdentity>): void {
  mkdirSync(lock, { recursive: true });
  writeFileSync(join(lock, `owner.${identityText({ ...thisProcess(), ...changes })}.abcdef`), '');
}

/** Runs `gatehouse session unlock` in the workspace. @param typed at the terminal; without it there is none */
async function unlock(args: readonly string[] = [], typed?: string) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  if (typed !== undefined) {
    Object.assign(stdin, { isTTY: true });
    stdin.write(`${typed}\n`);
  }
  const env = { GATEHOUSE_HOME: join(root, 'state') };
  const code = await runSession(['unlock', ...args], { stdin, stdout, stderr, env, cwd: workspace });
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString('utf8') ?? '';
  return { code, out: text(stdout), err: text(stderr) };
}

const entries = (): readonly string[] => readdirSync(lock);

test('a session without a lock is left as it is', async () => {
  expect(await unlock()).toEqual({ code: 0, out: 'The session is not locked.\n', err: '' });
  const session = openSession(state(), [workspace]);
  await session.startNew('alice');
  await session.close();
  expect((await unlock(['--yes'])).out).toBe('The session is not locked.\n');
  expect(entries()).toEqual(['free']);
});

test.each([
  [
    'another machine, or a container that was rebuilt',
    elsewhere,
    'on another machine or in another container',
  ],
  ['another container of this machine', { pid: 12, space: '1' }, 'in another container of this machine'],
])('a lock of %s is taken away when a person says so', async (_, changes, where) => {
  lockedBy(changes);
  const left = entries();
  const nobody = await unlock();
  expect(nobody).toMatchObject({ code: 1, out: expect.stringContaining(`process 12, ${where}`) as string });
  expect(nobody.err).toContain('use --yes');
  const no = await unlock([], 'n');
  expect(no.code).toBe(1);
  expect(no.err).toContain('Is it certain that process 12 has ended');
  expect(no.err).toContain('The lock is left as it is.');
  expect(entries()).toEqual(left);
  const yes = await unlock([], 'y');
  expect(yes.code).toBe(0);
  expect(yes.out).toContain('The session is unlocked.');
  expect(entries()).toEqual(['free']);
  lockedBy(changes);
  rmSync(join(lock, 'free'));
  expect((await unlock(['--yes'])).code).toBe(0);
  expect(entries()).toEqual(['free']);
});

test('a lock of a process that runs on this machine is never taken away', async () => {
  lockedBy({});
  const left = entries();
  const refused = await unlock(['--yes']);
  expect(refused.code).toBe(1);
  expect(refused.out).toContain(`process ${process.pid} since`);
  expect(refused.err).toContain('It runs on this machine');
  expect((await unlock([], 'y')).code).toBe(1);
  expect(entries()).toEqual(left);
});

test('a lock of a process of this machine that has ended is taken away without asking', async () => {
  lockedBy({ pid: 999_999_999 });
  expect(await unlock()).toMatchObject({ code: 0, err: '' });
  expect(entries()).toEqual(['free']);
});

test('only unlocking takes --yes', async () => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const context = { stdin, stdout, stderr, env: { GATEHOUSE_HOME: join(root, 'state') }, cwd: workspace };
  await expect(runSession(['new', '--yes'], context)).rejects.toThrow('--yes');
});
