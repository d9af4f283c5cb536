import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LogFile } from './log-file';
import { headPathOf } from './log-names';
import { reservationOwner } from './session-store';
import type { SessionStore } from './session-store';
import { allowed, attempt, denied, grant, SessionWorld } from '../../../test/support/guard/session-world';

let world: SessionWorld;

beforeEach(() => {
  world = new SessionWorld();
});

afterEach(() => world.end());

/** So small that every few calls begin another log. */
const small = { bytes: 2_000 };

async function calls(store: SessionStore, count: number, from = 0): Promise<void> {
  for (let id = from; id < from + count; id += 1) {
    await store.transaction((open) => open.append(attempt(String(id)), allowed(String(id), ['deletions'])));
  }
}

const factsOf = (store: SessionStore) => store.transaction((open) => open.facts());

describe('a session that goes on in several logs', () => {
  test('a session of several logs has the same facts for those who saw it all, those who saw half, and those who come now', async () => {
    const [writer, reader] = [world.guard(small), world.guard(small)];
    await calls(writer, 10);
    await factsOf(reader);
    await calls(writer, 50, 10);
    expect(world.logs.length).toBeGreaterThan(5);
    const facts = await factsOf(writer);
    expect(facts).toMatchObject({ calls: 60, counters: { deletions: 60 }, servers: ['items'] });
    expect(await factsOf(reader)).toEqual(facts);
    expect(await factsOf(world.guard(small))).toEqual(facts);
    // Without any limit nothing is carried on, and all the same comes out.
    const unlimited = new SessionWorld();
    const store = unlimited.guard();
    await calls(store, 60);
    const { id, ...alike } = facts;
    expect(await factsOf(store)).toMatchObject(alike);
    expect(id).not.toBe('');
    await unlimited.end();
  });

  test('a session of several logs carries on grants, a halt, and what waits for a human', async () => {
    const store = world.guard(small);
    const hold = { counts: ['deletions'], owner: reservationOwner() };
    await store.transaction((open) =>
      open.append(
        grant('g'),
        attempt('w'),
        {
          type: 'decision',
          id: 'w',
          effect: 'ask',
          final: false,
          policy: 'p',
          rule: 'r',
          reasons: [],
          key: 'k',
          hold,
        },
        { type: 'halt', id: 'h', reason: 'five deletions' },
      ),
    );
    await calls(store, 20);
    const fresh = world.guard(small);
    const seen = await fresh.transaction((open) => ({
      grants: open.grants.map(({ id }) => id),
      halt: open.halt?.reason,
      holds: open.holds('w'),
      counters: open.facts().counters,
      without: open.facts('w').counters,
    }));
    expect(seen).toEqual({
      grants: ['g'],
      halt: 'five deletions',
      holds: true,
      counters: { deletions: 21 },
      without: { deletions: 20 },
    });
    await fresh.transaction((open) => open.append(allowed('w', ['deletions'])));
    expect((await factsOf(store)).servers).toEqual(['items']);
    expect(world.problems()).toEqual([]);
  });

  test('a guard that starts reads one log only, whatever the history', async () => {
    const writer = world.guard({ bytes: 20_000 });
    await calls(writer, 400);
    const sizes = world.logs.map((log) => statSync(log).size);
    expect(sizes.length).toBeGreaterThan(10);
    // None grows much beyond the limit, and all but the last are out of reach: a start that read them would fail.
    expect(Math.max(...sizes)).toBeLessThan(30_000);
    const keep = new Map(world.logs.slice(0, -2).map((log) => [log, readFileSync(log)]));
    keep.forEach((_, log) => writeFileSync(log, 'nonsense'));
    expect((await factsOf(world.guard())).calls).toBe(400);
    keep.forEach((bytes, log) => writeFileSync(log, bytes));
    expect(world.problems()).toEqual([]);
  });

  test('a session begins another log after a day, too', async () => {
    const store = world.guard({ age: 24 * 60 * 60_000 });
    await store.transaction((open) => open.append({ type: 'halt', id: 'h', reason: 'five deletions' }));
    world.pass(24 * 60 * 60_000 + 1);
    expect(await store.transaction((open) => open.halt?.reason)).toBe('five deletions');
    expect(world.logs).toHaveLength(2);
    expect(world.records()[0]).toMatchObject({ type: 'checkpoint', part: 2 });
  });

  test('a session of several logs goes on where its writer died between two logs', async () => {
    const store = world.guard();
    await calls(store, 3);
    await store.close();
    const [log = ''] = world.logs;
    const next = basename(log).replace('T100000000Z', 'T100000001Z');
    const file = new LogFile(log, undefined, world.place().seal);
    file.read(() => undefined);
    file.append([{ type: 'continued', next }], new Date(world.now.wall).toISOString());
    file.close();
    expect((await factsOf(world.guard())).calls).toBe(3);
    expect(world.logs.map((path) => basename(path))).toEqual([basename(log), next]);
    expect(world.problems()).toEqual([]);
  });

  test('a session does not begin a log for each call when what it carries on is larger than the limit', async () => {
    const store = world.guard({ bytes: 500 });
    for (let id = 0; id < 30; id += 1) {
      await store.transaction((open) => open.append(grant(`g${id}`)));
    }
    const before = world.logs.length;
    for (let id = 0; id < 10; id += 1) {
      await factsOf(store);
    }
    expect(world.logs).toHaveLength(
      before + (world.logs.length - before > 1 ? 0 : world.logs.length - before),
    );
    expect(world.problems()).toEqual([]);
  });
});

describe('logs that are kept for some days only', () => {
  const limits = { bytes: 2_000, kept: 7 * 24 * 60 * 60_000 };

  test('logs that are kept for some days only go when they are older, oldest first, and the rest still verifies', async () => {
    const store = world.guard(limits);
    await calls(store, 20);
    const old = world.logs.length;
    world.pass(8 * 24 * 60 * 60_000);
    await calls(store, 20, 20);
    expect(old).toBeGreaterThan(2);
    expect(world.logs.filter((log) => basename(log).startsWith('20260105'))).toHaveLength(1);
    expect(world.records()[0]?.['retired']).toMatchObject({
      through: expect.stringMatching(/^20260105/) as string,
    });
    expect(world.problems()).toEqual([]);
  });

  test('logs that are kept for some days only are missed if somebody else removed them', async () => {
    const store = world.guard(limits);
    await calls(store, 20);
    world.pass(8 * 24 * 60 * 60_000);
    await calls(store, 20, 20);
    const [first = '', second = ''] = world.logs;
    [first, headPathOf(first), second, headPathOf(second)].forEach((path) => rmSync(path));
    expect(world.problems()).toContainEqual(expect.stringContaining('is missing'));
  });
});

describe('a log that is far too large', () => {
  const megabytes = Number(process.env['GATEHOUSE_LOG_MEGABYTES'] ?? 24);

  /** As 0.1 left it: one log, however large. */
  test(`a log of ${megabytes} MB is read in pieces, verified, and continued in a small one`, async () => {
    const store = world.guard({ bytes: Infinity });
    const text = 'x'.repeat(20_000);
    const each = 50;
    const rounds = Math.ceil((megabytes * 1024 * 1024) / (each * 20_300));
    for (let round = 0; round < rounds; round += 1) {
      await store.transaction((open) => {
        for (let id = 0; id < each; id += 1) {
          open.append(
            { ...attempt(`${round}-${id}`, { digest: `${round}-${id}` }), arguments: { text } } as never,
            denied(`${round}-${id}`, `${id}`),
          );
        }
      });
    }
    await store.close();
    const [log = ''] = world.logs;
    expect(statSync(log).size).toBeGreaterThan(megabytes * 1024 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    const fresh = world.guard();
    expect((await factsOf(fresh)).denied).toBe(rounds * each);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    expect(world.logs).toHaveLength(2);
    expect(statSync(world.logs[1] ?? '').size).toBeLessThan(20_000);
    expect(world.problems()).toEqual([]);
  }, 600_000);
});
