import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionStore } from './session-store';
import { allowed, attempt, grant, SessionWorld } from '../../../test/support/guard/session-world';

let world: SessionWorld;
const minute = 60_000;

beforeEach(() => {
  world = new SessionWorld();
});

afterEach(() => world.end());

async function granted(store: SessionStore): Promise<void> {
  await store.transaction((open) => open.append(grant('g'), attempt('1'), allowed('1', ['deletions'])));
}

const grants = (store: SessionStore): Promise<number> => store.transaction((open) => open.grants.length);

describe('after the clock jumped forwards and back', () => {
  test('a session does not stay open beyond its idle limit', async () => {
    const store = world.guard();
    await granted(store);
    world.now.wall += 20 * minute;
    await store.transaction((open) => open.append(attempt('2'), allowed('2')));
    world.now.wall -= 20 * minute;
    world.pass(31 * minute);
    expect(await grants(store)).toBe(0);
    expect(world.logs).toHaveLength(2);
  });

  test('what was recorded late is no reason to stay open longer, for a guard that starts meanwhile', async () => {
    const store = world.guard();
    await granted(store);
    world.now.wall += 20 * minute;
    await store.transaction((open) => open.append(attempt('2'), allowed('2')));
    world.now.wall -= 20 * minute;
    world.pass(5 * minute);
    expect(await grants(world.guard())).toBe(0);
  });

  test('it ends at once where nobody can tell how much time has passed', async () => {
    await granted(world.guard());
    world.now.wall -= 2 * minute;
    const store = world.guard();
    expect(await grants(store)).toBe(0);
    expect(world.records(world.logs[0]).at(-1)).toMatchObject({ type: 'end', why: 'clock' });
    expect(world.problems()).toEqual([]);
    // The new one has the time as it is now, and stays.
    await granted(store);
    expect(await grants(world.guard())).toBe(1);
  });

  test('a small correction ends nothing, and time does not stand still meanwhile', async () => {
    const store = world.guard();
    await granted(store);
    world.now.wall -= 50_000;
    expect(await grants(store)).toBe(1);
    const [before, after] = [
      await store.transaction((open) => open.now),
      await store.transaction((open) => {
        world.now.monotonic += 1_000;
        return open.now;
      }),
    ];
    expect(after).toBeGreaterThanOrEqual(before);
    await store.transaction((open) => open.append(attempt('3'), allowed('3')));
    const times = world.records().map(({ time }) => time as string);
    expect([...times].sort()).toEqual(times);
    expect(world.problems()).toEqual([]);
  });

  test('what has expired stays expired', async () => {
    const store = world.guard();
    const expiresAt = new Date(world.now.wall + 10 * minute).toISOString();
    await store.transaction((open) => open.append(grant('g', { expiresAt })));
    world.now.wall += 11 * minute;
    await store.transaction((open) => open.append(attempt('2'), allowed('2')));
    world.now.wall -= 10.5 * minute;
    for (const guard of [store, world.guard()]) {
      const open = await guard.transaction(({ grants: given, now }) =>
        given.filter((one) => Date.parse(one.expiresAt ?? '') > now),
      );
      expect(open).toEqual([]);
    }
  });

  test('a halted session stays halted, and what was granted in it ends', async () => {
    const store = world.guard();
    await store.transaction((open) =>
      open.append(grant('g'), { type: 'halt', id: 'h', reason: 'five deletions' }),
    );
    world.now.wall -= 60 * minute;
    const guard = world.guard();
    const seen = await guard.transaction(({ grants: given, halt }) => [given.length, halt?.reason]);
    expect(seen).toEqual([0, 'five deletions']);
    expect(world.records().at(-1)).toMatchObject({ type: 'clock', behindSeconds: 3600 });
    await guard.transaction(() => undefined);
    expect(world.records().filter(({ type }) => type === 'clock')).toHaveLength(1);
  });
});

test('a session ends after its idle time also while the machine sleeps, where the monotonic clock stands still', async () => {
  const store = world.guard();
  await granted(store);
  world.now.wall += 31 * minute;
  expect(await grants(store)).toBe(0);
});

test('a session ends after its idle time also where the wall clock stands still', async () => {
  const store = world.guard();
  await granted(store);
  world.now.monotonic += 31 * minute;
  expect(await grants(store)).toBe(0);
});
