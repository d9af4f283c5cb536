import { fork } from 'node:child_process';
import { statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionStore } from './session-store';
import { allowed, attempt, denied, SessionWorld } from '../../../test/support/guard/session-world';

let world: SessionWorld;

beforeEach(() => {
  world = new SessionWorld();
});

afterEach(() => world.end());

const pace = { refusals: { most: 10, perSecond: 1 }, calls: { most: 1_000_000, perSecond: 1 } };
const tester = { name: 'tester', verified: true };
const types = (): readonly unknown[] => world.records().map(({ type }) => type);
const deniedIn = async (store: SessionStore): Promise<number> =>
  store.transaction((open) => open.facts().denied);

async function refuse(store: SessionStore, count: number, digest = 'd', prefix = ''): Promise<void> {
  for (let id = 0; id < count; id += 1) {
    await store.transaction((open) =>
      open.append(attempt(`${prefix}${id}`, { digest }), denied(`${prefix}${id}`)),
    );
  }
}

describe('equal refusals', () => {
  test('equal refusals are counted after the first three, and written as one record when something else happens', async () => {
    const [store, other] = [world.guard(), world.guard()];
    await refuse(store, 200);
    const size = statSync(world.logs[0] ?? '').size;
    await refuse(other, 300, 'd', 'o');
    expect(statSync(world.logs[0] ?? '').size).toBe(size);
    expect(await deniedIn(store)).toBe(500);
    await store.transaction((open) => open.append(attempt('x'), allowed('x')));
    expect(types()).toEqual([
      'session',
      ...Array.from({ length: 3 }).flatMap(() => ['attempt', 'decision']),
      'repeats',
      'attempt',
      'decision',
    ]);
    expect(world.records().at(-3)).toMatchObject({ id: '2', count: 497, lastId: 'o299' });
    expect(await deniedIn(world.guard())).toBe(500);
    expect(world.problems()).toEqual([]);
  });

  test('equal refusals are each counted by themselves when two kinds alternate, and nothing is lost when there are too many', async () => {
    const store = world.guard();
    for (let round = 0; round < 10; round += 1) {
      for (const digest of Array.from({ length: 40 }, (_, kind) => `d${kind}`)) {
        await refuse(store, 1, digest, `${round}-${digest}-`);
      }
    }
    expect(await deniedIn(store)).toBe(400);
    await store.close();
    expect(await deniedIn(world.guard())).toBe(400);
    expect(world.problems()).toEqual([]);
  });

  test('equal refusals have records of their own again after a minute', async () => {
    const store = world.guard();
    await refuse(store, 5);
    world.pass(60_000);
    await refuse(store, 1, 'd', 'later');
    expect(types().slice(-3)).toEqual(['repeats', 'attempt', 'decision']);
  });

  test('equal refusals are written when the guard ends', async () => {
    const store = world.guard();
    await refuse(store, 10);
    await store.close();
    expect(world.records().at(-1)).toMatchObject({ type: 'repeats', count: 7 });
  });

  test.each([
    ['other arguments', { digest: 'e' }, 'no'],
    ['another agent', { agent: 'other' }, 'no'],
    ['another reason', {}, 'never'],
  ])('refusals are not equal with %s', async (_, changes, reason) => {
    const store = world.guard();
    await refuse(store, 3);
    await store.transaction((open) => open.append(attempt('x', changes), denied('x', reason)));
    expect(types().slice(-2)).toEqual(['attempt', 'decision']);
  });

  test('equal refusals are counted once where their guard died between writing them and forgetting them', async () => {
    const store = world.guard();
    await refuse(store, 10);
    const { readFileSync, writeFileSync } = await import('node:fs');
    const path = `${world.folder}/repeats`;
    const before = readFileSync(path);
    await store.transaction((open) => open.append(attempt('x'), allowed('x')));
    writeFileSync(path, before);
    const fresh = world.guard();
    expect(await deniedIn(fresh)).toBe(10);
    await refuse(fresh, 1, 'd', 'y');
    await fresh.close();
    expect(await deniedIn(world.guard())).toBe(11);
  });

  test('equal refusals of a guard that was killed are all there', async () => {
    const { build } = await import('esbuild');
    const script = `${world.root}/flooding-guard.js`;
    await build({
      entryPoints: [`${import.meta.dirname}/../../../test/support/guard/flooding-guard.ts`],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      mainFields: ['module', 'main'],
      logLevel: 'error',
    });
    let refused = 0;
    for (let round = 0; round < 4; round += 1) {
      const child = fork(script, [world.folder], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      const enough = new Promise<void>((resolve) => {
        child.on('message', () => {
          refused += 1;
          if (refused % 50 === 0) {
            resolve();
          }
        });
      });
      await enough;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    world.now.wall = Date.now();
    const counted = await deniedIn(world.guard());
    expect(counted).toBeGreaterThanOrEqual(refused);
    // Each was killed with at most one refusal that it had counted and not told of.
    expect(counted).toBeLessThanOrEqual(refused + 4 * 2);
    expect(world.problems()).toEqual([]);
    expect(statSync(world.logs[0] ?? '').size).toBeLessThan(20_000);
  }, 60_000);
});

describe('an agent that floods', () => {
  test('an agent that floods is held off after too many refusals, for every guard, until time has passed', async () => {
    const [store, other] = [world.guard({}, { pace }), world.guard({}, { pace })];
    for (let id = 0; id < 10; id += 1) {
      expect(await other.transaction((open) => open.wait(tester))).toBe(0);
      await refuse(store, 1, `d${id}`, `${id}-`);
    }
    expect(await other.transaction((open) => open.wait(tester))).toBe(1);
    expect(await other.transaction((open) => open.wait({ name: 'other', verified: true }))).toBe(0);
    world.pass(1_000);
    expect(await other.transaction((open) => open.wait(tester))).toBe(0);
  });

  test('an agent that floods is held off in the next log of the session, too', async () => {
    const store = world.guard({ bytes: 500 }, { pace });
    for (let id = 0; id < 10; id += 1) {
      await refuse(store, 1, `d${id}`, `${id}-`);
    }
    expect(world.logs.length).toBeGreaterThan(2);
    expect(await world.guard({}, { pace }).transaction((open) => open.wait(tester))).toBe(1);
  });

  test('an agent that floods is not another one by taking names without end', async () => {
    const store = world.guard({}, { pace });
    await store.transaction((open) => {
      for (let id = 0; id < 200; id += 1) {
        open.append(attempt(`${id}`, { agent: `a${id}` }), denied(`${id}`));
      }
    });
    expect(await store.transaction((open) => open.wait({ name: 'fresh', verified: true }))).toBe(1);
  });
});
