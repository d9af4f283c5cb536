import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionRecord } from '../../protocol';
import { recordsOf } from '../session/log-lines';
import { sessionLogs } from '../session/log-names';
import { verifySessions } from '../session/verify';
import { RaceTrack } from '../../../test/support/guard/race-track';

/*
 * Three guards of one session make calls without a pause, and are killed at random moments: most of the time one of
 * them has the lock. GATEHOUSE_SEED=NUMBER chooses other moments, GATEHOUSE_ROBUSTNESS=long many more.
 */
const kills = process.env['GATEHOUSE_ROBUSTNESS'] === 'long' ? 300 : 15;
let state = Number(process.env['GATEHOUSE_SEED'] ?? 1);

/** At least 0, less than 1: the generator of Park and Miller. */
function random(): number {
  state = (state * 16_807) % 2_147_483_647;
  return state / 2_147_483_647;
}

let track: RaceTrack;

beforeAll(async () => {
  track = await new RaceTrack().ready();
});

afterAll(() => track.end());

test(`three guards that are killed ${kills} times lose no call that went to the server, and count exactly`, async () => {
  const folder = track.workspace('killed');
  const received = join(track.world.root, 'received');
  writeFileSync(received, '');
  let left = kills;
  const guards = Array.from({ length: 3 }, async () => {
    while (left > 0) {
      left -= 1;
      const guard = await track.racer(folder, { received });
      guard.send({ kind: 'call-for-ever', tool: 'add_item' });
      await guard.forwarded(1 + Math.floor(random() * 20));
      await new Promise((resolve) => setTimeout(resolve, random() * 6));
      await guard.kill();
    }
  });
  await Promise.all(guards);

  const session = track.store(folder);
  const facts = await session.transaction((open) => open.facts());
  await session.close();
  const place = track.place(folder);
  expect(verifySessions(place.folder, place).problems).toEqual([]);
  const records = sessionLogs(place.folder).flatMap((name) =>
    [...recordsOf(join(place.folder, name))].flat(),
  );
  const decisions = records.filter((record) => record.type === 'decision');
  const allowed = decisions.filter(({ effect }) => effect === 'allow').map(({ id }) => id);
  const went = readFileSync(received, 'utf8').trimEnd().split('\n');
  expect(went.length).toBeGreaterThanOrEqual(kills);
  expect(new Set(went).size).toBe(went.length);
  expect(new Set(allowed).size).toBe(allowed.length);
  const recorded = new Set(allowed);
  expect(went.filter((id) => !recorded.has(id))).toEqual([]);
  // Each was killed with at most one call that it had recorded and not forwarded.
  expect(allowed.length - went.length).toBeLessThanOrEqual(kills);
  expect(facts).toMatchObject({ calls: allowed.length, callsByTool: { 'items/add_item': allowed.length } });
  const denied = decisions.filter(({ effect }) => effect === 'deny');
  expect(facts.denied).toBe(denied.length + repeats(records));
}, 3_600_000);

/** Refusals that were only counted. */
function repeats(records: readonly SessionRecord[]): number {
  return records.reduce((sum, record) => sum + (record.type === 'repeats' ? record.count : 0), 0);
}
