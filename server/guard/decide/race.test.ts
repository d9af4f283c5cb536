import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionStore } from '../session/session-store';
import { verifySessions } from '../session/verify';
import { RaceTrack } from '../../../test/support/guard/race-track';

const rounds = process.env['GATEHOUSE_ROBUSTNESS'] === 'long' ? 1_000 : 100;

let track: RaceTrack;

beforeAll(async () => {
  track = await new RaceTrack().ready();
});

afterAll(() => track.end());

/** A new session, in which four of five deletions are made. */
async function fourDeletions(session: SessionStore): Promise<void> {
  await session.startNew('alice');
  await session.transaction((open) => {
    for (let id = 0; id < 4; id += 1) {
      const by = { policy: '', rule: '', reasons: [], key: 'items/delete_item', counts: ['deletions'] };
      open.append({ type: 'decision', id: String(id), effect: 'allow', final: true, ...by });
    }
  });
}

describe('guards of one session', () => {
  test(`three guards race for the last deletion ${rounds} times: one wins, never none and never two`, async () => {
    const folder = track.workspace('race');
    const session = track.store(folder);
    const racers = [await track.racer(folder), await track.racer(folder), await track.racer(folder)];
    const wins = racers.map(() => 0);
    for (let round = 0; round < rounds; round += 1) {
      await fourDeletions(session);
      const reports = racers.map((racer) => racer.report());
      // Who hears first takes turns, so that each can win.
      const first = round % racers.length;
      [...racers.slice(first), ...racers.slice(0, first)].forEach((racer) =>
        racer.send({ kind: 'call', tool: 'delete_item' }),
      );
      const found = await Promise.all(reports);
      expect([...found].sort()).toEqual(['forwarded', 'refused', 'refused']);
      const winner = found.indexOf('forwarded');
      wins[winner] = (wins[winner] ?? 0) + 1;
    }
    await session.close();
    expect(verifySessions(track.place(folder).folder, track.place(folder)).problems).toEqual([]);
    await Promise.all(racers.map((racer) => racer.kill()));
    // A race that always the same one wins would be none.
    expect(Math.max(...wins)).toBeLessThan(rounds);
  }, 3_600_000);

  test('go on when one is killed in the middle of it, and nothing that was forwarded is missing', async () => {
    const folder = track.workspace('killed');
    const survivor = await track.racer(folder);
    let forwarded = 0;
    for (let round = 0; round < 8; round += 1) {
      const victim = await track.racer(folder);
      victim.process.on('message', (report) => {
        forwarded += report === 'forwarded' ? 1 : 0;
      });
      victim.send({ kind: 'call-for-ever', tool: 'add_item' });
      // Until it is at work, and then a moment longer, each time another.
      await once(victim.process, 'message');
      await new Promise((resolve) => setTimeout(resolve, (round * 7) % 13));
      await victim.kill();
      const report = survivor.report();
      survivor.send({ kind: 'call', tool: 'add_item' });
      expect(await report).toBe('forwarded');
      forwarded += 1;
    }
    await survivor.kill();
    const session = track.store(folder);
    const facts = await session.transaction((open) => open.facts());
    await session.close();
    expect(facts.calls).toBeGreaterThanOrEqual(forwarded);
    expect(facts.calls).toBeLessThanOrEqual(forwarded + 8);
    expect(verifySessions(track.place(folder).folder, track.place(folder)).problems).toEqual([]);
    const [log = ''] = readdirSync(track.place(folder).folder).filter((name) => name.endsWith('.jsonl'));
    expect(readFileSync(join(track.place(folder).folder, log), 'utf8').endsWith('\n')).toBe(true);
  }, 60_000);
});

test('three guards that share a grant for twenty calls use it exactly twenty times, whoever is killed', async () => {
  const folder = track.workspace('granted');
  const giver = await track.racer(folder, { answer: { uses: 20 } });
  const first = giver.report();
  giver.send({ kind: 'call', tool: 'add_item' });
  expect(await first).toBe('forwarded');
  await giver.kill();
  const no = { answer: 'no' } as const;
  const three = await Promise.all([1, 2, 3].map(() => track.racer(folder, no)));
  let forwarded = 1;
  for (let round = 0; round < 10; round += 1) {
    const reports = three.map((racer) => racer.report());
    three.forEach((racer) => racer.send({ kind: 'call', tool: 'add_item' }));
    forwarded += (await Promise.all(reports)).filter((report) => report === 'forwarded').length;
    if (round === 2) {
      await three.pop()?.kill();
    }
  }
  await Promise.all(three.map((racer) => racer.kill()));
  expect(forwarded).toBe(20);
  const session = track.store(folder);
  expect(await session.transaction((open) => open.grants)).toEqual([]);
  await session.close();
  expect(verifySessions(track.place(folder).folder, track.place(folder)).problems).toEqual([]);
}, 60_000);
