import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../protocol';
import { activateLayers } from '../../protocol';
import type { Enforcer, InterceptedRequest } from '../enforcer';
import { call, policy, decided, World, yesForTheSession } from '../../../test/support/guard/enforcers';

let world: World;

beforeEach(() => {
  world = new World();
  mkdirSync(world.workspace);
});

afterEach(() => world.end());

function request(
  method: InterceptedRequest['method'],
  params: JsonObject,
  name?: string,
): InterceptedRequest {
  const other = name === undefined ? {} : { other: { method: name, isNotification: false } };
  return { ...call('', {}, { method, params }), ...other };
}

const completion = (value = 's3cret'): InterceptedRequest =>
  request('completion/complete', {
    ref: { type: 'ref/prompt', name: 'greet' },
    argument: { name: 'whom', value },
  });
const unknown = (): InterceptedRequest => request('other', { text: 'what was read' }, 'x/report');
const subscription = (uri: string): InterceptedRequest => request('resources/subscribe', { uri });

/** Reads something private, as the built-in policies count it. */
async function readPrivately(guard: Enforcer): Promise<void> {
  expect(await decided(guard.decide(call('read_item')))).toBe('forwarded');
}

const attempts = (): readonly unknown[] =>
  world
    .records()
    .filter(({ type }) => type === 'attempt')
    .map(({ kind, tool }) => `${String(kind)} ${String(tool)}`);

describe('completions, subscriptions and unknown methods', () => {
  test('completions, subscriptions and unknown methods go free before anything private was read, and are on record', async () => {
    world.accept();
    const guard = world.guard();
    for (const asked of [completion(), unknown(), subscription('notes://plan')]) {
      expect(await decided(guard.decide(asked))).toBe('forwarded');
    }
    expect(world.human.asked).toEqual([]);
    expect(attempts()).toEqual(['mcp:completion greet', 'mcp:other x/report', 'mcp:resource notes://plan']);
    expect(world.records().filter(({ type }) => type === 'decision')).toMatchObject([
      { key: 'items/completion/complete', rule: 'completing-is-free' },
      { key: 'items/other', rule: 'unknown-methods-pass' },
      { key: 'items/resources/subscribe', rule: 'subscribing-is-free' },
    ]);
  });

  test.each([
    ['a completion', completion, 'mcp:completion'],
    ['an unknown method', unknown, 'mcp:other'],
    ['a subscription on the web', () => subscription('https://x.example/?q=1'), 'mcp:resource'],
  ])('%s asks once something private was read', async (_, asked, kind) => {
    world.accept();
    const guard = world.guard();
    await readPrivately(guard);
    expect(await decided(guard.decide(asked()))).toBe('forwarded');
    expect(world.human.asked).toMatchObject([{ kind }]);
    world.human.available = false;
    expect(await decided(guard.decide(asked()))).toContain('after something private was read');
  });

  test.each([
    ['completions', completion],
    ['unknown methods', unknown],
  ])('%s are asked about once, if the person says so', async (_, asked) => {
    world.accept();
    const guard = world.guard();
    await readPrivately(guard);
    world.human.answer = yesForTheSession;
    await guard.decide(asked());
    expect(await decided(guard.decide(asked()))).toBe('forwarded');
    expect(world.human.asked).toHaveLength(1);
  });

  test('completions, subscriptions and unknown methods are denied where they name a protected path', async () => {
    world.accept();
    const guard = world.guard();
    const path = join(world.workspace, '.gatehouse', 'mcp.json');
    for (const asked of [
      completion(path),
      request('other', { path }, 'x/write'),
      subscription(`file://${path}`),
    ]) {
      expect(await decided(guard.decide(asked))).toContain('protected path');
    }
  });

  test.each([
    ['completions', completion],
    ['subscriptions', () => subscription('notes://plan')],
  ])('%s go to no server that nobody has accepted', async (_, asked) => {
    expect(await decided(world.guard().decide(asked()))).toContain('no person has accepted this server yet');
  });

  test('completions, subscriptions and unknown methods are decided by the built-in rules where the user has none for them', async () => {
    world.accept();
    const rules = '- {actions: ["*"], effect: EFFECT_ALLOW, roles: [agent]}';
    await activateLayers(world.layout, [['policies:user', [policy(rules)]]]);
    const guard = world.guard();
    expect(await decided(guard.decide(completion()))).toBe('forwarded');
    expect(await decided(guard.decide(unknown()))).toBe('forwarded');
  });

  test("completions, subscriptions and unknown methods are denied where the user's own rules say so", async () => {
    world.accept();
    const rules = '- {actions: ["*"], effect: EFFECT_DENY, roles: [agent]}';
    const { path, text } = policy(rules);
    const files = [{ path, text: text.replace('mcp:tool', 'mcp:other') }];
    await activateLayers(world.layout, [['policies:user', files]]);
    expect(await decided(world.guard().decide(unknown()))).toContain('denied x/report');
  });

  test.each([
    ['no reference', {}],
    ['no argument', { ref: { type: 'ref/prompt', name: 'greet' } }],
    ['no name', { ref: { type: 'ref/prompt', name: '' } }],
    ['no URI', { ref: { type: 'ref/resource', name: 'a' } }],
  ])('completions with %s are malformed', async (_, params) => {
    world.accept();
    expect(await decided(world.guard().decide(request('completion/complete', params)))).toContain('must be');
  });
});
