import { mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { call, decided, World, yes } from '../../../test/support/guard/enforcers';

let world: World;
let real: string;

/** `ws/current` leads to `ws/a`. */
beforeEach(() => {
  world = new World();
  mkdirSync(join(world.workspace, 'a'), { recursive: true });
  mkdirSync(join(world.root, 'other'));
  writeFileSync(join(world.workspace, 'a/x'), 'x');
  symlinkSync('a', join(world.workspace, 'current'));
  real = realpathSync(world.root);
  world.accept();
});

afterEach(() => world.end());

function lead(target: string): void {
  rmSync(join(world.workspace, 'current'));
  symlinkSync(target, join(world.workspace, 'current'));
}

test('what is forwarded is what was decided on, shown and recorded', async () => {
  const decided = await world
    .guard({ forwardResolvedPaths: true })
    .decide(call('read_file', { path: 'current/x' }));
  const forwarded = join(real, 'ws/a/x');
  expect(decided).toMatchObject({
    kind: 'forward',
    replacements: [{ at: ['path'], sent: 'current/x', forwarded }],
  });
  expect(world.records().find(({ type }) => type === 'attempt')).toMatchObject({
    arguments: { path: forwarded },
    replaced: [{ argument: 'path', sent: 'current/x' }],
  });
});

test('without the setting nothing is replaced', async () => {
  const decided = await world.guard().decide(call('read_file', { path: 'current/x' }));
  expect(decided).toMatchObject({ kind: 'forward' });
  expect(decided).not.toHaveProperty('replacements');
  expect(world.records().find(({ type }) => type === 'attempt')).not.toHaveProperty('replaced');
});

test('a person sees where a link leads, and policies see what was sent, too', async () => {
  lead('../other');
  await world.guard({ forwardResolvedPaths: true }).decide(call('read_file', { path: 'current/x' }));
  expect(world.human.asked[0]?.arguments).toEqual({ path: join(real, 'other/x') });
  const attributes = (world.human.asked[0]?.request as { resource: { attr: { paths: unknown[] } } }).resource
    .attr;
  expect(attributes.paths).toMatchObject([{ inWorkspace: false }]);
});

test('a link that leads elsewhere while a person thinks makes the yes worth nothing', async () => {
  lead('../other');
  world.human.answer = (request) => {
    lead('a');
    return yes(request);
  };
  const guard = world.guard({ forwardResolvedPaths: true });
  expect(await decided(guard.decide(call('read_file', { path: 'current/x' })))).toContain(
    'circumstances-changed',
  );
});
