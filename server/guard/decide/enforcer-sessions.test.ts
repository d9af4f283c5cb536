import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { floodRule } from '../../protocol';
import type { Enforcer } from '../enforcer';
import { call, no, decided, World } from '../../../test/support/guard/enforcers';

let world: World;

beforeEach(() => {
  world = new World();
  mkdirSync(join(world.workspace, 'sub'), { recursive: true });
  world.accept();
});

afterEach(() => world.end());

function guardIn(folder: string): Enforcer {
  return world.guard({ workspace: { name: 'ws', folders: [folder], trusted: true } });
}

describe('the session of guards in nested folders', () => {
  test('guards in nested folders have one session, so that limits which are used up above hold below', async () => {
    const above = guardIn(world.workspace);
    for (const id of ['1', '2', '3', '4', '5']) {
      expect(await decided(above.decide(call('delete_item', { id })))).toBe('forwarded');
    }
    expect(await decided(above.decide(call('read_item')))).toContain('halted');
    const lines: string[] = [];
    const below = world.guard({
      workspace: { name: 'sub', folders: [join(world.workspace, 'sub')], trusted: true },
      log: (line) => lines.push(line),
    });
    expect(await decided(below.decide(call('read_item')))).toContain('halted');
    expect(lines).toContainEqual(expect.stringContaining('which is around this folder'));
  });
});

describe('an agent that floods', () => {
  test('an agent that floods is refused without anybody being asked, recorded, and goes on when it has slowed down', async () => {
    const guard = guardIn(world.workspace);
    world.human.answer = no;
    for (let id = 0; id < 130; id += 1) {
      await guard.decide(call('delete_item', { id: String(id) }));
    }
    const asked = world.human.asked.length;
    expect(asked).toBeLessThanOrEqual(125);
    const before = world.records().length;
    for (let id = 0; id < 50; id += 1) {
      const refusal = await decided(guard.decide(call('delete_item', { id: `more ${id}` })));
      expect(refusal).toContain('it may go on in 1 s');
      expect(refusal).toContain('Stop repeating calls that are refused');
    }
    expect(world.human.asked).toHaveLength(asked);
    // Whatever they ask for, floods are equal: counted.
    expect(world.records()).toHaveLength(before);
    world.now += 2_000;
    expect(await decided(guard.decide(call('read_item')))).toBe('forwarded');
    const repeats = world.records().filter(({ type }) => type === 'repeats');
    expect(repeats.at(-1)?.['count']).toBeGreaterThan(50);
    expect(world.records().filter(({ rule }) => rule === floodRule)).toHaveLength(3);
  });

  test('an agent that floods holds up no other agent', async () => {
    const guard = guardIn(world.workspace);
    world.human.answer = no;
    for (let id = 0; id < 130; id += 1) {
      await guard.decide(call('delete_item', { id: String(id) }));
    }
    const other = call('read_item', {}, { agent: { name: 'Other', version: '1', verified: true } });
    expect(await decided(guard.decide(call('read_item')))).toContain(floodRule);
    expect(await decided(guard.decide(other))).toBe('forwarded');
  });
});

describe('a yes that came late', () => {
  test('a yes that came late counts for nothing after its ten minutes, also when the clock is set back then', async () => {
    const given = new AbortController();
    world.human.answer = ({ digest }) => {
      given.abort();
      return { outcome: 'withdrawn', digest, why: 'the caller gave up' };
    };
    const guard = guardIn(world.workspace);
    await guard.decide(call('delete_item', { id: '1' }, { signal: given.signal }));
    const [request] = world.human.asked;
    expect(request).toBeDefined();
    const yes = { outcome: 'granted', how: 'once', approver: { name: 'Alice', via: 'window' } } as const;
    if (request !== undefined) {
      await world.human.late(request, { ...yes, digest: request.digest });
    }
    world.human.answer = no;
    world.now += 11 * 60_000;
    await guard.decide(call('read_item'));
    world.now -= 10 * 60_000;
    expect(await decided(guard.decide(call('delete_item', { id: '1' })))).toContain('said no');
  });
});
