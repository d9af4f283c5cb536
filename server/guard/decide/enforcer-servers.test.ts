import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { activateLayers, sha256 } from '../../protocol';
import type { Enforcer } from '../enforcer';
import type { GuardedServer } from './enforcer';
import {
  call,
  no,
  policy,
  decided,
  tools,
  World,
  yes,
  yesForTheSession,
} from '../../../test/support/guard/enforcers';

let world: World;
let staging: GuardedServer;

beforeEach(() => {
  world = new World();
  mkdirSync(world.workspace);
  const { server } = world.options();
  const env = { DB_URL: 'postgres://staging', PASSWORD: 'hunter2' };
  staging = {
    ...server,
    definition: {
      command: 'npx',
      args: ['-y', 'items', '${input:db}'],
      env: { DB_URL: '${input:url}', PASSWORD: '${input:password}' },
    },
    command: 'npx',
    args: ['-y', 'items', 'staging'],
    env,
    environment: { ...server.environment, ...env },
  };
});

afterEach(() => world.end());

/** A guard of a server whose tools are accepted. */
function guard(server: GuardedServer): Enforcer {
  world.accept(tools, {}, server);
  return world.guard({ server });
}

const add = call('add_item', { name: 'x' });

/** Servers of one definition, of which each is another than the one on staging. */
const others: readonly (readonly [string, (server: GuardedServer) => Partial<GuardedServer>])[] = [
  ['name', () => ({ name: 'others' })],
  ['origin', () => ({ origin: 'workspace' })],
  ['argument that a variable stands for', () => ({ args: ['-y', 'items', 'production'] })],
  ['command that a variable stands for', () => ({ command: 'pnpx' })],
  ['value in the environment', ({ env }) => ({ env: { ...env, DB_URL: 'postgres://production' } })],
  ['password', ({ env }) => ({ env: { ...env, PASSWORD: 'hunter3' } })],
  ['variable more', ({ env }) => ({ env: { ...env, WRITE: '1' } })],
  ['folder', () => ({ cwd: join(world.workspace, '..') })],
  [
    'value that it inherits',
    ({ environment }) => ({ environment: { ...environment, AWS_PROFILE: 'production' } }),
  ],
];

describe.each(others)('for a server with another %s', (what, changes) => {
  const other = (): GuardedServer => ({ ...staging, ...changes(staging) });

  test('a yes for the session does not count', async () => {
    world.human.answer = yesForTheSession;
    await guard(staging).decide(add);
    world.human.answer = no;
    expect(await decided(guard(staging).decide(add))).toBe('forwarded');
    expect(await decided(guard(other()).decide(add))).toContain('said no');
    expect(world.human.asked).toHaveLength(2);
  });

  test('a late yes does not count', async () => {
    const given = new AbortController();
    world.human.answer = ({ digest }) => {
      given.abort();
      return { outcome: 'withdrawn', digest, why: 'the caller gave up' };
    };
    await guard(staging).decide({ ...add, signal: given.signal });
    const [request] = world.human.asked;
    expect((await world.human.late(request!, yes(request!))).kept).toBe(true);
    world.human.answer = no;
    expect(await decided(guard(other()).decide(add))).toContain('said no');
    expect(await decided(guard(staging).decide(add))).toBe('forwarded');
  });

  test('a rule that names the fingerprint does not count', async () => {
    world.human.answer = no;
    await guard(staging).decide(add);
    const [request] = world.human.asked;
    const condition = `R.attr.server.fingerprint == "${request!.server.fingerprint}"`;
    const rule = `- {actions: ["*"], effect: EFFECT_ALLOW, roles: ["*"], condition: {match: {expr: '${condition}'}}}`;
    await activateLayers(world.layout, [['policies:user', [policy(rule)]]]);
    expect(await decided(guard(staging).decide(add))).toBe('forwarded');
    const outcome = await decided(guard(other()).decide(add));
    // What a guard inherits changes with every shell: rules that outlive a session are not bound to it.
    expect(outcome).toEqual(
      what === 'value that it inherits' ? 'forwarded' : expect.stringContaining('said no'),
    );
  });

  test('the tools are accepted only if the same code runs', async () => {
    world.accept(tools, {}, staging);
    world.human.answer = yes;
    const sameCode = ['value in the environment', 'password', 'value that it inherits', 'folder'];
    const outcome = await decided(world.guard({ server: other() }).decide(add));
    expect(outcome).toEqual(sameCode.includes(what) ? 'forwarded' : expect.stringContaining('accept'));
  });
});

test('an approval is void if the guard’s own answer was for another server', async () => {
  const [first, second] = [guard(staging), guard({ ...staging, args: ['-y', 'items', 'production'] })];
  world.human.answer = no;
  await first.decide(add);
  const [shown] = world.human.asked;
  world.human.answer = () => yes(shown!);
  expect(await decided(second.decide(add))).toContain('another request');
});

test('nothing in the state folder says what is in the environment, nor lets it be guessed without the key', async () => {
  world.human.answer = yesForTheSession;
  await guard(staging).decide(add);
  const files = readdirSync(world.layout.root, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(files.length).toBeGreaterThan(2);
  const kept = files
    .map(({ name, parentPath }) => `${name}\n${readFileSync(join(parentPath, name), 'utf8')}`)
    .join('\n');
  for (const value of Object.values(staging.env ?? {})) {
    expect(kept).not.toContain(value);
    expect(kept).not.toContain(sha256(value));
    expect(kept).not.toContain(sha256(JSON.stringify(value)));
  }
});

test('looking at what a server offers leaves no state behind', () => {
  world.guard({ server: staging }).list('tools', tools);
  expect(readdirSync(world.root)).not.toContain('state');
});
