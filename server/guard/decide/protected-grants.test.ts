import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Enforcer } from '../enforcer';
import { protectedTable } from '../paths/protected-table';
import { call, decided, World, yes, yesForTheSession } from '../../../test/support/guard/enforcers';

let world: World;

beforeEach(() => {
  world = new World();
  mkdirSync(world.workspace);
  world.accept();
});

afterEach(() => world.end());

/** A guard whose guardrails let protected paths pass, so that only grants are left to look at. */
function guardWithoutGuardrail(): Enforcer {
  const { builtinPolicies } = world.options();
  const policies = join(world.root, 'policies');
  cpSync(builtinPolicies, policies, { recursive: true });
  const file = join(policies, 'guardrails/mcp_tool.yaml');
  const rule = 'R.attr.?paths.orValue([{}]).exists(p, p.?protected.orValue(true))';
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(rule);
  writeFileSync(file, text.replace(rule, 'false'));
  return world.guard({ builtinPolicies: policies });
}

test('no program of the table has a place that a yes lets through', async () => {
  const guard = world.guard();
  for (const place of protectedTable.flatMap(({ places }) => places.slice(-1))) {
    const name = place.replace('*', 'x').replace(/\/$/, '/x');
    expect(await decided(guard.decide(call('add_item', { name: `./${name}` })))).toContain('protected path');
  }
  expect(world.human.asked).toEqual([]);
});

test('an answer about a protected path is not remembered, and none that was remembered covers one', async () => {
  world.human.answer = yesForTheSession;
  const guard = guardWithoutGuardrail();
  expect(await decided(guard.decide(call('add_item', { name: '.mcp.json' })))).toBe('forwarded');
  expect(world.human.asked.at(-1)?.remember).toEqual({ session: false });
  await guard.decide(call('add_item', { name: 'x' }));
  expect(world.human.asked).toHaveLength(2);
  await guard.decide(call('add_item', { name: 'y' }));
  expect(world.human.asked).toHaveLength(2);
  await guard.decide(call('add_item', { name: '.mcp.json' }));
  expect(world.human.asked).toHaveLength(3);
});

test('a late yes for a call that names a protected path does not count for its repetition', async () => {
  const guard = guardWithoutGuardrail();
  world.human.answer = ({ digest }) => ({ outcome: 'withdrawn', digest, why: 'Nobody answered in time.' });
  await guard.decide(call('add_item', { name: '.mcp.json' }));
  await guard.decide(call('add_item', { name: 'x' }));
  for (const request of world.human.asked.slice()) {
    await world.human.late(request, yes(request));
  }
  await guard.decide(call('add_item', { name: 'x' }));
  expect(world.human.asked).toHaveLength(2);
  await guard.decide(call('add_item', { name: '.mcp.json' }));
  expect(world.human.asked).toHaveLength(3);
});
