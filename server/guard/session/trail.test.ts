import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../protocol';
import { HeadSeal } from './log-head';
import { headPathOf } from './log-names';
import { allowed, attempt, grant, SessionWorld } from '../../../test/support/guard/session-world';
import type { AuditAnchor } from './verify';

let world: SessionWorld;

beforeEach(() => {
  world = new SessionWorld();
});

afterEach(() => world.end());

const deny = 'gatehouse session new';
const newest = (): string => world.logs.at(-1) ?? '';

/** Two sessions, the second one in three logs. */
async function written(): Promise<void> {
  const store = world.guard({ bytes: 1_500 });
  await store.transaction((open) => open.append(attempt('0'), allowed('0')));
  await store.startNew('alice');
  for (const id of ['1', '2', '3', '4', '5', '6']) {
    await store.transaction((open) => open.append(attempt(id), allowed(id, ['deletions'])));
  }
  await store.close();
  expect(world.problems()).toEqual([]);
}

function removeWithHead(log: string): void {
  rmSync(log);
  rmSync(headPathOf(log));
}

function cutTail(log: string, lines: number): void {
  const kept = readFileSync(log, 'utf8').split('\n').slice(0, lines);
  truncateSync(log, Buffer.byteLength(`${kept.join('\n')}\n`));
  return;
}

function anchorAtEnd(): AuditAnchor {
  const lines = readFileSync(newest(), 'utf8').split('\n').slice(0, -1);
  return { log: basename(newest()), lines: lines.length, hash: sha256(lines.at(-1) ?? '') };
}

describe('what is done to the newest log', () => {
  test.each<[string, () => void]>([
    ['is removed with its head', () => removeWithHead(newest())],
    [
      'is renamed with its head',
      () => {
        const to = newest().replace(/\d{3}Z-/, '999Z-');
        renameSync(headPathOf(newest()), headPathOf(to));
        renameSync(newest(), to);
      },
    ],
    ['loses its head', () => rmSync(headPathOf(newest()))],
    ['gets an empty head', () => writeFileSync(headPathOf(newest()), '')],
    [
      'loses its tail, and the head is written anew without the key',
      () => {
        cutTail(newest(), 1);
        const line = readFileSync(newest(), 'utf8').trimEnd();
        const head = { lines: 1, hash: sha256(line) };
        writeFileSync(headPathOf(newest()), new HeadSeal(Buffer.alloc(32, 9)).text(newest(), head));
      },
    ],
    [
      'loses its tail, and the head is written as 0.1 did',
      () => {
        cutTail(newest(), 1);
        const line = readFileSync(newest(), 'utf8').trimEnd();
        writeFileSync(headPathOf(newest()), `000000000001 ${sha256(line)}\n`);
      },
    ],
    [
      "gets another log's head",
      () => writeFileSync(headPathOf(newest()), readFileSync(headPathOf(world.logs[1] ?? ''))),
    ],
    [
      'is replaced by a link to itself',
      () => {
        const log = newest();
        renameSync(log, join(world.root, 'moved'));
        symlinkSync(join(world.root, 'moved'), log);
      },
    ],
  ])(
    'damage to the newest log shows, and guards deny until a person starts a new session: %s',
    async (_, tamper) => {
      await written();
      tamper();
      expect(world.problems()).not.toEqual([]);
      const store = world.guard();
      await expect(store.transaction((open) => open.id)).rejects.toThrow(deny);
      await expect(store.transaction((open) => open.id)).rejects.toThrow(deny);
      await store.startNew('alice');
      expect((await store.transaction((open) => open.facts())).calls).toBe(0);
      expect(world.problems()).not.toEqual([]);
    },
  );

  test('the newest log shows when a byte was changed into one that is no UTF-8, and back into its replacement', async () => {
    const store = world.guard();
    await store.transaction((open) => open.append(attempt('\u{fffd}'), allowed('\u{fffd}')));
    await store.close();
    expect(world.problems()).toEqual([]);
    const bytes = readFileSync(newest());
    const at = bytes.indexOf(Buffer.from('\u{fffd}'));
    writeFileSync(
      newest(),
      Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at + 3)]),
    );
    expect(world.problems()).toContainEqual(expect.stringContaining('not a record'));
  });

  test('the newest log shows changes by what VS Code has seen, also when an older state was put back as a whole', async () => {
    await written();
    const backup = join(world.root, 'backup');
    cpSync(world.folder, backup, { recursive: true });
    const store = world.guard();
    await store.transaction((open) => open.append(attempt('7'), allowed('7')));
    await store.close();
    const anchor = anchorAtEnd();
    expect(world.problems(anchor)).toEqual([]);
    rmSync(world.folder, { recursive: true });
    cpSync(backup, world.folder, { recursive: true });
    expect(world.problems()).toEqual([]);
    expect(world.problems(anchor)).toEqual([expect.stringContaining('VS Code has seen')]);
    removeWithHead(newest());
    expect(world.problems(anchor)).toContainEqual(expect.stringContaining('VS Code has seen it'));
  });
});

describe("a session's folder", () => {
  test("a session's folder that is replaced by a link is not used, and shows", async () => {
    await written();
    renameSync(world.folder, join(world.root, 'moved'));
    symlinkSync(join(world.root, 'moved'), world.folder);
    expect(world.problems()).toEqual([expect.stringContaining('a link')]);
    await expect(world.guard().transaction((open) => open.id)).rejects.toThrow('symbolic link');
    await expect(world.guard().startNew('alice')).rejects.toThrow('symbolic link');
  });

  test("a session's folder that was copied to another workspace grants nothing there, and shows", async () => {
    const store = world.guard();
    await store.transaction((open) => open.append(grant('g')));
    await store.close();
    const elsewhere = join(world.root, 'fedcba9876543210');
    cpSync(world.folder, elsewhere, { recursive: true });
    expect(world.problems(undefined, elsewhere)).toEqual([expect.stringContaining('does not belong here')]);
    const there = { folder: elsewhere, workspace: { name: 'bank', folders: ['/work/bank'] } };
    const other = world.guard({}, { place: there });
    await expect(other.transaction((open) => open.grants)).rejects.toThrow(
      'it belongs to the session of "Alice" in "/work/shop"',
    );
    await expect(other.peek((open) => open.grants)).rejects.toThrow(deny);
    await other.startNew('alice');
    expect(await other.transaction((open) => open.grants)).toEqual([]);
  });

  test("a session's folder that comes from another installation grants nothing here, and shows", async () => {
    const store = world.guard();
    await store.transaction((open) => open.append(grant('g')));
    await store.close();
    const moved = world.guard({}, { place: { installation: 'there' } });
    await expect(moved.transaction((open) => open.grants)).rejects.toThrow('another installation');
  });

  test("a session's folder that was exchanged with another one shows in both", async () => {
    const store = world.guard();
    await store.transaction((open) => open.append(grant('g')));
    await store.close();
    const elsewhere = join(world.root, 'fedcba9876543210');
    const there = { folder: elsewhere, workspace: { name: 'bank', folders: ['/work/bank'] } };
    const other = world.guard({}, { place: there });
    await other.transaction((open) => open.append(grant('h')));
    await other.close();
    renameSync(world.folder, join(world.root, 'moved'));
    renameSync(elsewhere, world.folder);
    renameSync(join(world.root, 'moved'), elsewhere);
    for (const folder of [world.folder, elsewhere]) {
      expect(world.problems(undefined, folder)).toContainEqual(
        expect.stringContaining('does not belong here'),
      );
    }
  });
});

describe('a log of 0.1', () => {
  /** As 0.1 wrote it: no key, no installation, no seal. */
  async function old(): Promise<void> {
    await written();
    world.logs.slice(1).forEach(removeWithHead);
    const [log = ''] = world.logs;
    const header = {
      user: { id: 'alice', name: 'Alice' },
      workspace: { name: 'shop', folders: ['/work/shop'] },
    };
    const time = new Date(world.now.wall).toISOString();
    const id = /-([0-9a-f]+)\.jsonl$/.exec(log)?.[1];
    const line = JSON.stringify({ prev: '0'.repeat(64), time, type: 'session', v: 1, id, ...header });
    const next = JSON.stringify({
      prev: sha256(line),
      time,
      type: 'halt',
      id: 'h',
      reason: 'five deletions',
    });
    writeFileSync(log, `${line}\n${next}\n`);
    writeFileSync(headPathOf(log), `000000000002 ${sha256(next)}\n`);
  }

  test('a log of 0.1 is read, and goes on, if it is of this workspace', async () => {
    await old();
    const { sessionKey } = await import('../../protocol');
    const folder = join(world.root, sessionKey('alice', ['/work/shop']));
    renameSync(world.folder, folder);
    expect(world.problems(undefined, folder)).toEqual([]);
    const store = world.guard({}, { place: { folder } });
    expect(await store.transaction((open) => open.halt?.reason)).toBe('five deletions');
    await store.startNew('alice');
    expect(world.problems(undefined, folder)).toEqual([]);
  });

  test('a log of 0.1 is not read if it is of another one', async () => {
    await old();
    await expect(world.guard().transaction((open) => open.id)).rejects.toThrow('does not belong here');
  });
});

test('verifying reports a folder and a log that can not be read, and goes on', async () => {
  await written();
  expect(existsSync(world.folder)).toBe(true);
  const [first = ''] = world.logs;
  appendFileSync(first, `${'x'.repeat(17 * 1024 * 1024)}\n`);
  expect(world.problems()).toContainEqual(expect.stringContaining('too long'));
  expect(world.problems(undefined, join(world.root, 'none'))).toEqual([
    expect.stringContaining("can't be read"),
  ]);
});
