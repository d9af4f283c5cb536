import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../protocol';
import type { GrantBounds } from '../../protocol';
import { sessionPlace } from '../session/session-place';
import type { SessionPlace } from '../session/session-place';
import { SessionStore } from '../session/session-store';
import { verifySessions } from '../session/verify';
import type { Order, Report } from '../../../test/support/guard/racing-guard';
import { tools, World } from '../../../test/support/guard/enforcers';

let world: World;
let script: string;

beforeAll(async () => {
  world = new World();
  world.accept();
  script = join(world.root, 'racing-guard.js');
  await build({
    entryPoints: [join(import.meta.dirname, '../../../test/support/guard/racing-guard.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
});

afterAll(async () => {
  // A test that failed may have left some.
  await Promise.all(racers.map((racer) => racer.kill()));
  await world.end();
});

const racers: Racer[] = [];

/** A guard in a process of its own. */
class Racer {
  readonly process: ChildProcess = fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });

  constructor() {
    racers.push(this);
  }

  send(order: Order): void {
    this.process.send(order);
  }

  async report(): Promise<Report> {
    const [report] = (await once(this.process, 'message')) as [Report];
    return report;
  }

  async open(workspace: string, answer?: 'no' | GrantBounds): Promise<void> {
    const { builtinPolicies, server } = world.options();
    const human = answer && { answer };
    this.send({
      kind: 'open',
      state: world.layout.root,
      workspace,
      builtinPolicies,
      server,
      tools,
      ...human,
    });
    expect(await this.report()).toBe('open');
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) {
      return;
    }
    const exit = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exit;
  }
}

/** A workspace of its own, so a session of its own. */
function workspace(name: string): string {
  const folder = join(world.root, name);
  mkdirSync(folder);
  return folder;
}

function place(folder: string): SessionPlace {
  return sessionPlace(world.layout, { id: 'alice', name: 'alice' }, { name: 'ws', folders: [folder] });
}

function store(folder: string): SessionStore {
  return new SessionStore({
    place: () => place(folder),
    idleMinutes: 30,
    clock: systemClock,
    random: (bytes) => randomBytes(bytes),
  });
}

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

describe('two guards', () => {
  test('two guards that race for the last deletion, 200 times, never both win, and never both lose', async () => {
    const pair = [new Racer(), new Racer()] as const;
    const folder = workspace('race');
    const session = store(folder);
    await Promise.all(pair.map((racer) => racer.open(folder)));
    let firstWins = 0;
    for (let round = 0; round < 200; round += 1) {
      await fourDeletions(session);
      const reports = pair.map((racer) => racer.report());
      // Who hears first takes turns, so that both can win.
      const order = round % 2 === 0 ? pair : [pair[1], pair[0]];
      order.forEach((racer) => racer.send({ kind: 'call', tool: 'delete_item' }));
      const [first, second] = await Promise.all(reports);
      expect([first, second].sort()).toEqual(['forwarded', 'refused']);
      firstWins += first === 'forwarded' ? 1 : 0;
    }
    await session.close();
    expect(verifySessions(place(folder).folder, place(folder)).problems).toEqual([]);
    await Promise.all(pair.map((racer) => racer.kill()));
    // A race that always the same one wins would be none.
    expect(firstWins).toBeGreaterThan(0);
    expect(firstWins).toBeLessThan(200);
  }, 120_000);

  test('two guards go on when one is killed in the middle of it, and nothing that was forwarded is missing', async () => {
    const folder = workspace('killed');
    const survivor = new Racer();
    await survivor.open(folder);
    let forwarded = 0;
    for (let round = 0; round < 8; round += 1) {
      const victim = new Racer();
      await victim.open(folder);
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
    const session = store(folder);
    const facts = await session.transaction((open) => open.facts());
    await session.close();
    expect(facts.calls).toBeGreaterThanOrEqual(forwarded);
    expect(facts.calls).toBeLessThanOrEqual(forwarded + 8);
    expect(verifySessions(place(folder).folder, place(folder)).problems).toEqual([]);
    const [log = ''] = readdirSync(place(folder).folder).filter((name) => name.endsWith('.jsonl'));
    expect(readFileSync(join(place(folder).folder, log), 'utf8').endsWith('\n')).toBe(true);
  }, 60_000);
});

test('three guards that share a grant for twenty calls use it exactly twenty times, whoever is killed', async () => {
  const folder = workspace('granted');
  const giver = new Racer();
  await giver.open(folder, { uses: 20 });
  const first = giver.report();
  giver.send({ kind: 'call', tool: 'add_item' });
  expect(await first).toBe('forwarded');
  await giver.kill();
  const three = [new Racer(), new Racer(), new Racer()];
  await Promise.all(three.map((racer) => racer.open(folder, 'no')));
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
  const session = store(folder);
  expect(await session.transaction((open) => open.grants)).toEqual([]);
  await session.close();
  expect(verifySessions(place(folder).folder, place(folder)).problems).toEqual([]);
}, 60_000);
