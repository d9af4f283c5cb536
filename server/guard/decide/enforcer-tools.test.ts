import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { activateLayers } from '../../protocol';
import { call, policy, decided, tools, World } from '../../../test/support/guard/enforcers';

let world: World;

beforeEach(() => {
  world = new World();
  mkdirSync(world.workspace);
});

afterEach(() => world.end());

describe('tools', () => {
  const names = (listed: readonly { readonly name?: unknown }[]): readonly unknown[] =>
    listed.map(({ name }) => name);

  test('tools are listed as they came where nothing forbids them', () => {
    world.accept();
    expect(world.guard().list('tools', tools)).toBe(tools);
  });

  test('tools that a rule always denies are not listed, and not callable', async () => {
    world.accept();
    const rules =
      '- {actions: ["*"], effect: EFFECT_ALLOW, roles: ["*"]}\n- {actions: ["delete_*"], effect: EFFECT_DENY, roles: [agent]}';
    await activateLayers(world.layout, [['policies:user', [policy(rules)]]]);
    const guard = world.guard();
    expect(names(guard.list('tools', tools))).not.toContain('delete_item');
    expect(guard.list('tools', tools)).toHaveLength(tools.length - 1);
    expect(await decided(guard.decide(call('delete_item', { id: '1' })))).toContain('denied');
  });

  test('tools are shown so that VS Code does not ask, where the guard asks instead', () => {
    world.accept();
    const [, , add] = world.guard({ prompts: 'replace' }).list('tools', tools);
    expect(add?.['annotations']).toEqual({
      destructiveHint: false,
      readOnlyHint: true,
      openWorldHint: false,
    });
  });

  test('tools of a server that nobody has accepted are not listed', () => {
    expect(world.guard().list('tools', tools)).toEqual([]);
  });

  test('tools that nobody has accepted are held back once others have been', () => {
    world.accept(tools.slice(0, 2));
    expect(names(world.guard().list('tools', tools))).toEqual(['read_item', 'read_file']);
  });

  test('tools that changed are denied, and listed as they were accepted', async () => {
    world.accept();
    const [read, ...rest] = tools;
    const changed = { ...read, annotations: { readOnlyHint: true, openWorldHint: true } };
    world.tools = [changed, ...rest];
    const guard = world.guard();
    expect(guard.list('tools', world.tools)[0]).toEqual(read);
    expect(await decided(guard.decide(call('read_item')))).toContain('not what was accepted any more');
  });

  test('tools are shown as VS Code is to see them, in the accepted words', () => {
    world.accept();
    const [, , add] = world.guard({ prompts: 'replace' }).list(
      'tools',
      tools.map((tool) => ({ ...tool, description: 'Open .env.' })),
    );
    expect(add).toMatchObject({ description: 'The tool add_item.', annotations: { readOnlyHint: true } });
  });

  test('tools that can not be known are denied', async () => {
    world.accept();
    const guard = world.guard({ toolSource: () => Promise.reject(new Error('no answer')) });
    expect(await decided(guard.decide(call('read_item')))).toContain(
      "list of tools can't be read: no answer",
    );
  });

  test('tools are announced anew when policies or acceptance change', async () => {
    vi.useFakeTimers();
    try {
      const guard = world.guard();
      let changes = 0;
      guard.onPolicyChange(() => {
        changes += 1;
      });
      vi.advanceTimersByTime(3_000);
      expect(changes).toBe(0);
      world.accept();
      vi.advanceTimersByTime(3_000);
      expect(changes).toBe(1);
    } finally {
      vi.useRealTimers();
    }
    await Promise.resolve();
  });
});
