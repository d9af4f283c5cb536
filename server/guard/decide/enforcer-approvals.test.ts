import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { activateLayers } from '../../protocol';
import { sessionPlace } from '../session/session-place';
import { SessionStore } from '../session/session-store';
import {
  call,
  no,
  policy,
  decided,
  World,
  yes,
  yesForTheSession,
} from '../../../test/support/guard/enforcers';

let world: World;

beforeEach(() => {
  world = new World();
  mkdirSync(world.workspace);
});

afterEach(() => world.end());

describe('an approval', () => {
  beforeEach(() => {
    world.accept();
  });

  test('an approval for another request does not count', async () => {
    world.human.answer = (request) => ({ ...yes(request), digest: 'another' });
    expect(await decided(world.guard().decide(call('add_item', { name: 'x' })))).toContain('another request');
  });

  test('an approval for the session covers its tool only, and ends with the session', async () => {
    world.human.answer = yesForTheSession;
    const guard = world.guard();
    await guard.decide(call('add_item', { name: 'x' }));
    expect(await decided(world.guard().decide(call('add_item', { name: 'y' })))).toBe('forwarded');
    expect(world.human.asked).toHaveLength(1);
    await guard.decide(call('move_file', {}));
    expect(world.human.asked).toHaveLength(2);
    world.now += 31 * 60_000;
    await guard.decide(call('add_item', { name: 'x' }));
    expect(world.human.asked).toHaveLength(3);
  });

  test('an approval for the session does not cover a call whose own policy does not permit it', async () => {
    world.human.answer = yesForTheSession;
    const guard = world.guard();
    await guard.decide(call('add_item', { name: 'x' }));
    await guard.decide(call('add_item', { name: '/etc/passwd' }));
    expect(world.human.asked).toHaveLength(2);
  });

  test('an approval for the session is not given where the policy does not permit it', async () => {
    world.human.answer = yesForTheSession;
    const guard = world.guard();
    await guard.decide(call('delete_item', { id: '1' }));
    await guard.decide(call('delete_item', { id: '1' }));
    expect(world.human.asked).toHaveLength(2);
  });

  test('an approval for the session does not cover another agent', async () => {
    world.human.answer = yesForTheSession;
    const guard = world.guard();
    await guard.decide(call('add_item', { name: 'x' }));
    await guard.decide(call('add_item', { name: 'x' }, { agent: { name: 'Tester', verified: false } }));
    expect(world.human.asked).toHaveLength(2);
    expect(world.human.asked[1]?.agent.display).toBe('an agent calling itself "Tester"');
  });

  test('an approval does not count if the policies change meanwhile', async () => {
    world.human.answer = async (request) => {
      await activateLayers(world.layout, [
        ['policies:user', [policy('- {actions: ["*"], effect: EFFECT_ALLOW, roles: ["*"]}')]],
      ]);
      return yes(request);
    };
    expect(await decided(world.guard().decide(call('add_item', { name: 'x' })))).toContain(
      'rule circumstances-changed',
    );
  });

  test('an approval does not count if a path leads elsewhere meanwhile', async () => {
    const link = join(world.workspace, 'notes');
    symlinkSync(world.workspace, link);
    world.human.answer = (request) => {
      rmSync(link);
      symlinkSync(world.root, link);
      return yes(request);
    };
    const message = await decided(
      world.guard().decide(call('move_file', { source: 'notes/a', destination: 'b' })),
    );
    expect(message).toContain('where a path leads changed');
  });

  test('an approved call is decided again with what happened meanwhile', async () => {
    const rules = `- {actions: ["*"], effect: EFFECT_ALLOW, roles: [agent], condition: {match: {expr: P.attr.approval.level >= 1}}}
- {actions: ["*"], effect: EFFECT_DENY, roles: [agent], name: calm, condition: {match: {expr: P.attr.session.denied >= 1}}}`;
    await activateLayers(world.layout, [['policies:user', [policy(rules)]]], 'replaced');
    world.human.answer = async (request) => {
      world.human.answer = no;
      await world.guard().decide(call('read_item'));
      return yes(request);
    };
    expect(await decided(world.guard().decide(call('add_item', { name: 'x' })))).toContain('rule calm');
  });

  test('an approval does not count if the session is halted meanwhile', async () => {
    const guard = world.guard();
    for (let count = 0; count < 4; count += 1) {
      await guard.decide(call('delete_item', { id: String(count) }));
    }
    world.human.answer = async (request) => {
      if (request.tool.name === 'add_item') {
        expect(await decided(world.guard().decide(call('delete_item', { id: 'x' })))).toBe('forwarded');
      }
      return yes(request);
    };
    expect(await decided(guard.decide(call('add_item', { name: 'x' })))).toContain('halted');
  });

  test('a call that waits for an approval holds its count, so that the last deletion is forwarded once', async () => {
    const guard = world.guard();
    for (let count = 0; count < 4; count += 1) {
      await guard.decide(call('delete_item', { id: String(count) }));
    }
    let second = '';
    world.human.answer = async (request) => {
      world.human.answer = no;
      second = await decided(world.guard().decide(call('delete_item', { id: 'second' })));
      return yes(request);
    };
    expect(await decided(guard.decide(call('delete_item', { id: 'first' })))).toBe('forwarded');
    expect(second).toContain('this session has made its five deletions');
  });

  test('a denied approval releases the count that it held', async () => {
    const guard = world.guard();
    world.human.answer = no;
    for (let count = 0; count < 7; count += 1) {
      await guard.decide(call('delete_item', { id: String(count) }));
    }
    expect(world.human.asked).toHaveLength(7);
  });

  describe('that comes late', () => {
    /** A call that its caller gives up while the human is asked; then, after something else, the human answers. */
    async function late(
      answer: (typeof world.human)['answer'],
      before = (): Promise<void> => Promise.resolve(),
    ): Promise<boolean> {
      const given = new AbortController();
      world.human.answer = ({ digest }) => {
        given.abort();
        return { outcome: 'withdrawn', digest, why: 'the caller gave up' };
      };
      await world.guard().decide(call('delete_item', { id: '1' }, { signal: given.signal }));
      const [request] = world.human.asked;
      await before();
      const { kept } = await world.human.late(request!, await answer(request!, given.signal));
      world.human.answer = no;
      world.human.asked.length = 0;
      return kept;
    }

    async function startSession(): Promise<void> {
      const { user, workspace } = world.options();
      const session = new SessionStore({
        place: () => sessionPlace(world.layout, user, workspace),
        idleMinutes: 30,
        clock: world.options().clock,
        random: randomBytes,
      });
      await session.startNew('alice');
      await session.close();
    }

    test('an approval that comes late counts for one repetition of exactly that call', async () => {
      expect(await late(yes)).toBe(true);
      const guard = world.guard();
      expect(await decided(guard.decide(call('delete_item', { id: '2' })))).toContain('said no');
      expect(await decided(guard.decide(call('delete_item', { id: '1' })))).toBe('forwarded');
      expect(await decided(guard.decide(call('delete_item', { id: '1' })))).toContain('said no');
    });

    test('an approval that comes late counts for ten minutes', async () => {
      await late(yes);
      world.now += 10 * 60_000 + 1;
      expect(await decided(world.guard().decide(call('delete_item', { id: '1' })))).toContain('said no');
    });

    test('an answer that comes late counts for nothing if it is a no', async () => {
      expect(await late(no)).toBe(false);
      expect(await decided(world.guard().decide(call('delete_item', { id: '1' })))).toContain('said no');
    });

    test('an approval that comes late does not count in a session that began meanwhile', async () => {
      const given = new AbortController();
      world.human.answer = async (request) => {
        await startSession();
        given.abort();
        return yes(request);
      };
      const guard = world.guard();
      await guard.decide(call('delete_item', { id: '1' }, { signal: given.signal }));
      world.human.answer = no;
      expect(await decided(guard.decide(call('delete_item', { id: '1' })))).toContain('said no');
    });

    test('an approval that comes late counts for nothing in another session, and the person is told so', async () => {
      expect(await late(yes, startSession)).toBe(false);
      expect(await decided(world.guard().decide(call('delete_item', { id: '1' })))).toContain('said no');
    });

    test('an approval that comes late is told apart by numbers that only differ beyond what a double holds', async () => {
      await late(yes);
      const other = call('delete_item', { id: '1' }, { inexactNumbers: ['9007199254740993'] });
      expect(await decided(world.guard().decide(other))).toContain('said no');
    });
  });
});
