import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewRecord } from '../../protocol';
import { headPathOf } from './log-names';
import { leaseLimits, sessionLock } from './session-lease';
import type { SessionStore } from './session-store';
import { allowed, attempt, SessionWorld } from '../../../test/support/guard/session-world';

let world: SessionWorld;

beforeEach(() => {
  world = new SessionWorld();
});

afterEach(() => world.end());

/** A lease that only ends when it must. */
const kept = { idle: 3_600_000, turn: 0, longest: Infinity };
const keeper = (): SessionStore => world.guard({}, { lease: kept });
const outcome = (id: string): NewRecord => ({ type: 'outcome', id, status: 'ok' });
const ids = (): readonly (readonly [type: unknown, id: unknown])[] =>
  world.records().map(({ id, type }) => [type, id]);
const owner = () => sessionLock(world.folder).owner();

const call = (store: SessionStore, id: string): Promise<void> =>
  store.transaction((open) => open.append(attempt(id), allowed(id, ['deletions'])));
const deletions = (store: SessionStore): Promise<number | undefined> =>
  store.transaction((open) => open.facts().counters['deletions']);

/** Stands for a person who frees a lock that is in the way. */
function breakLock(): void {
  const lock = sessionLock(world.folder);
  const found = lock.owner();
  expect(found && lock.breakFrom(found)).toBe(true);
}

/** Lines that the newest log's head says there are. */
function headLines(): number | undefined {
  const log = world.logs.at(-1) ?? '';
  return world.place().seal.parse(basename(log), readFileSync(headPathOf(log), 'latin1'))?.lines;
}

describe('the lock of a session', () => {
  test('the lock is kept between transactions, and given up when a guard ends', async () => {
    const store = keeper();
    await call(store, '1');
    const first = owner();
    expect(first).toBeDefined();
    await call(store, '2');
    expect(owner()).toEqual(first);
    await store.close();
    expect(owner()).toBeUndefined();
    expect(readdirSync(join(world.folder, 'lock'))).toEqual(['free']);
  });

  test('the lock is given up after a moment without transactions', async () => {
    const store = world.guard();
    await call(store, '1');
    await expect.poll(owner).toBeUndefined();
  });

  test('the lock is taken anew after a while, however busy its owner is', async () => {
    const store = world.guard({}, { lease: { ...kept, longest: 0 } });
    await call(store, '1');
    expect(owner()).toBeUndefined();
  });

  test('the lock is given up at the end of a transaction when another guard waits, which finds everything written', async () => {
    const [busy, other] = [keeper(), world.guard()];
    await call(busy, '1');
    const seen: (number | undefined)[] = [];
    const count = deletions(other);
    void count.then((found) => seen.push(found));
    let made = 1;
    while (seen.length === 0) {
      made += 1;
      await call(busy, String(made));
      await new Promise((resolve) => setImmediate(resolve));
    }
    // Whatever the other one saw had happened before, and nothing of it was lost.
    expect(await count).toBeGreaterThanOrEqual(1);
    expect(await count).toBeLessThanOrEqual(made);
    await other.close();
    expect(await deletions(busy)).toBe(made);
    expect(world.problems()).toEqual([]);
  });
});

describe('records that no decision depends on', () => {
  test('records that no decision depends on are written with those of the next transaction, before them', async () => {
    const store = keeper();
    await call(store, '1');
    const noted = store.noteLater(outcome('1'));
    expect(ids().at(-1)).toEqual(['decision', '1']);
    await call(store, '2');
    await noted;
    expect(ids().slice(1)).toEqual([
      ['attempt', '1'],
      ['decision', '1'],
      ['outcome', '1'],
      ['attempt', '2'],
      ['decision', '2'],
    ]);
    expect(world.problems()).toEqual([]);
  });

  test('records that no decision depends on are written by themselves if nothing else comes', async () => {
    const store = world.guard();
    await call(store, '1');
    await store.noteLater(outcome('1'));
    expect(ids().at(-1)).toEqual(['outcome', '1']);
    await expect.poll(owner).toBeUndefined();
    await store.noteLater(outcome('2'));
    expect(ids().at(-1)).toEqual(['outcome', '2']);
  });

  test('records that no decision depends on are written when the guard ends', async () => {
    const store = keeper();
    await call(store, '1');
    const noted = store.noteLater(outcome('1'));
    await store.close();
    await noted;
    expect(ids().at(-1)).toEqual(['outcome', '1']);
  });

  test('records that no decision depends on are written before another guard has the lock', async () => {
    const [first, second] = [world.guard({}, { lease: { ...kept, idle: 20 } }), keeper()];
    await call(first, '1');
    const noted = first.noteLater(outcome('1'));
    await call(second, '2');
    await noted;
    expect(ids().map(([type]) => type)).toEqual([
      'session',
      'attempt',
      'decision',
      'outcome',
      'attempt',
      'decision',
    ]);
  });

  test('keep a session from ending by idleness, as other records do', async () => {
    const store = keeper();
    await call(store, '1');
    world.pass(30 * 60_000 + 1);
    void store.noteLater(outcome('1'));
    expect(await deletions(store)).toBe(1);
    expect(world.logs).toHaveLength(1);
  });

  test('records that no decision depends on are told to be missing if they can not be written', async () => {
    const store = keeper();
    await call(store, '1');
    truncateSync(world.logs[0] ?? '', 10);
    const noted = store.noteLater(outcome('1'));
    const failed = expect(noted).rejects.toThrow('is damaged');
    await store.close();
    await failed;
  });
});

describe('a lock that was broken while a guard was suspended', () => {
  test('a broken lock is not used any more: the guard takes it again, and reads what happened meanwhile', async () => {
    const [suspended, other] = [keeper(), keeper()];
    await call(suspended, '1');
    const noted = suspended.noteLater(outcome('1'));
    breakLock();
    await call(other, '2');
    expect(ids().at(-1)).toEqual(['decision', '2']);
    await other.close();
    expect(await deletions(suspended)).toBe(2);
    await call(suspended, '3');
    await noted;
    expect(
      ids()
        .map(([, id]) => id)
        .slice(1),
    ).toEqual(['1', '1', '2', '2', '1', '3', '3']);
    expect(world.problems()).toEqual([]);
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ])('ends a transaction that it happened in, %s something was written', async (_, written) => {
    const [suspended, other] = [keeper(), keeper()];
    await call(suspended, '1');
    const broken = suspended.transaction((open) => {
      if (written > 0) {
        open.append(attempt('2'));
      }
      breakLock();
      open.append(attempt('3'), allowed('3', ['deletions']));
    });
    await expect(broken).rejects.toThrow("session's lock was taken away");
    const after = suspended.transaction((open) => {
      open.append(attempt('4'), allowed('4', ['deletions']));
      breakLock();
    });
    await expect(after).rejects.toThrow("session's lock was taken away");
    expect(await deletions(other)).toBe(2);
    expect(ids().some(([, id]) => id === '3')).toBe(false);
    await other.close();
    await call(suspended, '5');
    expect(world.problems()).toEqual([]);
  });

  test('a broken lock is not given up by who had it before, for it is another guard’s', async () => {
    const [suspended, other] = [keeper(), keeper()];
    await call(suspended, '1');
    breakLock();
    await call(other, '2');
    await suspended.close();
    expect(owner()).toBeDefined();
    await call(other, '3');
    expect(await deletions(other)).toBe(3);
  });
});

describe('while the lock is kept', () => {
  test('a tail that is cut off shows at once', async () => {
    const store = keeper();
    await call(store, '1');
    const [log = ''] = world.logs;
    const before = readFileSync(log).length;
    await call(store, '2');
    truncateSync(log, before);
    await expect(call(store, '3')).rejects.toThrow('its end is missing');
  });

  test('the head follows as soon as the guard has nothing else to do', async () => {
    const store = keeper();
    await call(store, '1');
    await new Promise((resolve) => setImmediate(resolve));
    expect(headLines()).toBe(3);
    await call(store, '2');
    truncateSync(world.logs[0] ?? '', 100);
    await new Promise((resolve) => setImmediate(resolve));
    expect(world.problems()).toContainEqual(expect.stringContaining("The log's end is missing"));
  });

  test('the head is there before a call goes on whose record must survive a power cut', async () => {
    const store = keeper();
    let lines: number | undefined;
    await store.transaction(
      (open) => open.append(attempt('1'), allowed('1')),
      () => {
        lines = headLines();
        return true;
      },
    );
    expect(lines).toBe(1);
    expect(headLines()).toBe(3);
  });

  test('the head of a log that is over says how far it reached', async () => {
    const store = world.guard({ bytes: 1_000 }, { lease: kept });
    for (const id of ['1', '2', '3', '4']) {
      await call(store, id);
    }
    await store.close();
    expect(world.logs.length).toBeGreaterThan(1);
    for (const log of world.logs) {
      const head = world.place().seal.parse(basename(log), readFileSync(headPathOf(log), 'latin1'));
      expect(head?.lines).toBe(world.records(log).length);
    }
  });
});

test('the lock is kept for milliseconds only', () => {
  expect(leaseLimits.idle).toBeLessThan(10);
  expect(leaseLimits.longest).toBeLessThanOrEqual(100);
});
