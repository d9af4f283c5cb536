import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { call, decided, no, policy, World, yes, yesWithin } from '../../../test/support/guard/enforcers';
import { activateLayers, revocation } from '../../protocol';
import type { GrantBounds } from '../../protocol';
import { sessionPlace } from '../session/session-place';
import { SessionStore } from '../session/session-store';

let world: World;

beforeEach(() => {
  world = new World();
  mkdirSync(world.workspace);
  world.accept();
});

afterEach(() => world.end());

/** Policies that ask about additions and permit an answer to be remembered so far. */
async function permit(remember: object): Promise<void> {
  const output = `{"gatehouse": {"ask": {"remember": ${JSON.stringify(remember)}}}}`;
  const rules = `- actions: ["*"]
  effect: EFFECT_ALLOW
  roles: [agent]
  condition: {match: {expr: P.attr.approval.level >= 1}}
  output: {when: {conditionNotMet: '${output}'}}`;
  await activateLayers(world.layout, [['policies:user', [policy(rules)]]], 'replaced');
}

/** How many additions of so many are forwarded, each decided by a guard of its own; nobody says yes. */
async function forwarded(count: number, name?: string): Promise<number> {
  world.human.answer = no;
  let passed = 0;
  for (let n = 0; n < count; n += 1) {
    const decision = world.guard().decide(call('add_item', { name: name ?? String(n) }));
    passed += (await decided(decision)) === 'forwarded' ? 1 : 0;
  }
  return passed;
}

async function approve(bounds: GrantBounds): Promise<void> {
  world.human.answer = yesWithin(bounds);
  expect(await decided(world.guard().decide(call('add_item', { name: 'first' })))).toBe('forwarded');
}

function session(): SessionStore {
  const { clock, user, workspace } = world.options();
  return new SessionStore({
    place: () => sessionPlace(world.layout, user, workspace),
    idleMinutes: 30,
    clock,
    random: randomBytes,
  });
}

test('an answer for five calls is good for the one that was asked about and four more, in any guard', async () => {
  await permit({ uses: 5 });
  await approve({ uses: 5 });
  expect(world.human.asked[0]?.remember).toEqual({ session: false, uses: 5 });
  expect(await forwarded(7)).toBe(4);
  const used = world.records().filter(({ grant }) => grant !== undefined);
  expect(used).toHaveLength(4);
  expect(new Set(used.map(({ grant }) => grant)).size).toBe(1);
});

test('an answer for fifteen minutes is good for all calls of the tool until then', async () => {
  await permit({ minutes: 15 });
  await approve({ minutes: 15 });
  world.now += 15 * 60_000 - 1;
  expect(await forwarded(20)).toBe(20);
  world.now += 1;
  expect(await forwarded(1)).toBe(0);
});

test('a clock that is set back does not make an answer last longer: it ends it', async () => {
  await permit({ minutes: 15 });
  await approve({ minutes: 15 });
  world.now -= 60 * 60_000;
  expect(await forwarded(1)).toBe(0);
});

test('an answer for repetitions of one call is good for no other call', async () => {
  await permit({ uses: 5, match: 'call' });
  await approve({ uses: 5, match: 'call' });
  expect(await forwarded(1, 'other')).toBe(0);
  expect(await forwarded(6, 'first')).toBe(4);
});

test.each<[object, GrantBounds]>([
  [{ uses: 5 }, { uses: 6 }],
  [{ uses: 5 }, { minutes: 15 }],
  [{ minutes: 15 }, { minutes: 16 }],
  [{ uses: 5, minutes: 15 }, { uses: 5 }],
  [{ uses: 5, match: 'call' }, { uses: 5 }],
  [{ session: false }, { uses: 1 }],
])(
  'where policies permit %o, an answer for %o is good for the call that was asked about only',
  async (remember, bounds) => {
    await permit(remember);
    await approve(bounds);
    expect(await forwarded(2)).toBe(0);
  },
);

test('a person may stay below what policies permit', async () => {
  await permit({ session: true });
  await approve({ uses: 2, minutes: 1 });
  expect(await forwarded(3)).toBe(1);
});

test('where two policies permit an answer to be remembered, the stricter counts', async () => {
  await permit({ uses: 5 });
  world.human.answer = yes;
  await activateLayers(
    world.layout,
    [
      [
        'policies:user',
        [
          policy(`- actions: ["*"]
  effect: EFFECT_ALLOW
  roles: [agent]
  condition: {match: {expr: P.attr.approval.level >= 1}}
  output: {when: {conditionNotMet: '{"gatehouse": {"ask": {"remember": {"uses": 5}}}}'}}
- actions: ["*"]
  effect: EFFECT_ALLOW
  roles: [agent]
  condition: {match: {expr: P.attr.approval.level >= 2}}
  output: {when: {conditionNotMet: '{"gatehouse": {"ask": {"remember": {"uses": 3, "minutes": 15}}}}'}}`),
        ],
      ],
    ],
    'replaced',
  );
  await world.guard().decide(call('add_item', { name: 'x' }));
  expect(world.human.asked[0]?.remember).toEqual({ session: false, uses: 3, minutes: 15 });
});

test.each<[string, object]>([
  ['no number of uses', { uses: 0 }],
  ['a bound of the wrong type', { session: true, uses: '5' }],
  ['a bound that is not known', { session: true, hours: 1 }],
  ['a match that is not known', { uses: 5, match: 'tool' }],
])('an output that names %s permits nothing', async (_, remember) => {
  await permit(remember);
  await world.guard().decide(call('add_item', { name: 'x' }));
  expect(world.human.asked[0]?.remember).toEqual({ session: false });
});

test('a session grant whose policy sets a bound is not offered for the whole session', async () => {
  await permit({ session: true, uses: 5 });
  await world.guard().decide(call('add_item', { name: 'x' }));
  expect(world.human.asked[0]?.remember).toEqual({ session: false, uses: 5 });
});

test('a grant that is taken back is good for nothing, whatever was left of it', async () => {
  await permit({ uses: 5 });
  await approve({ uses: 5 });
  expect(await forwarded(2)).toBe(2);
  const store = session();
  await store.transaction((open) => {
    expect(open.grants).toMatchObject([{ uses: 2 }]);
    open.append(...open.grants.map(({ id }) => revocation(id, 'alice')));
  });
  await store.close();
  expect(await forwarded(1)).toBe(0);
});

test('a late answer for five calls is good for the repetition and four more', async () => {
  await permit({ uses: 5 });
  const given = new AbortController();
  world.human.answer = ({ digest }) => {
    given.abort();
    return { outcome: 'withdrawn', digest, why: 'the caller gave up' };
  };
  await world.guard().decide(call('add_item', { name: 'first' }, { signal: given.signal }));
  const [request] = world.human.asked;
  await world.human.late(request!, yesWithin({ uses: 5 })(request!));
  expect(await forwarded(1, 'first')).toBe(1);
  expect(await forwarded(7)).toBe(4);
});
