import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { systemClock } from '../../../server/protocol';
import { sessionPlace } from '../../../server/guard/session/session-place';
import type { SessionPlace } from '../../../server/guard/session/session-place';
import { SessionStore } from '../../../server/guard/session/session-store';
import { tools, World } from './enforcers';
import type { Order, Report } from './racing-guard';

/** A state folder on which guards run in processes of their own. */
export class RaceTrack {
  readonly world = new World();
  readonly #script = join(this.world.root, 'racing-guard.js');
  readonly #racers: Racer[] = [];

  async ready(): Promise<this> {
    this.world.accept();
    await build({
      entryPoints: [join(import.meta.dirname, 'racing-guard.ts')],
      outfile: this.#script,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      mainFields: ['module', 'main'],
      logLevel: 'error',
    });
    return this;
  }

  async end(): Promise<void> {
    // A test that failed may have left some.
    await Promise.all(this.#racers.map((racer) => racer.kill()));
    await this.world.end();
  }

  /** A workspace of its own, so a session of its own. */
  workspace(name: string): string {
    const folder = join(this.world.root, name);
    mkdirSync(folder);
    return folder;
  }

  /** A guard of the session in a workspace. @param more its upstream, and how its human answers */
  async racer(
    workspace: string,
    more: Pick<Extract<Order, { kind: 'open' }>, 'answer' | 'received'> = {},
  ): Promise<Racer> {
    const racer = new Racer(fork(this.#script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
    this.#racers.push(racer);
    const { builtinPolicies, server } = this.world.options();
    const state = this.world.layout.root;
    racer.send({ kind: 'open', state, workspace, builtinPolicies, server, tools, ...more });
    const report = await racer.report();
    if (report !== 'open') {
      throw new Error(`A guard that was to open said "${report}".`);
    }
    return racer;
  }

  place(workspace: string): SessionPlace {
    const user = { id: 'alice', name: 'alice' };
    return sessionPlace(this.world.layout, user, { name: 'ws', folders: [workspace] });
  }

  store(workspace: string): SessionStore {
    return new SessionStore({
      place: () => this.place(workspace),
      idleMinutes: 30,
      clock: systemClock,
      random: (bytes) => randomBytes(bytes),
    });
  }
}

/** A guard in a process of its own. */
class Racer {
  readonly process: ChildProcess;

  constructor(process: ChildProcess) {
    this.process = process;
  }

  send(order: Order): void {
    this.process.send(order);
  }

  async report(): Promise<Report> {
    const [report] = (await once(this.process, 'message')) as [Report];
    return report;
  }

  /** Resolves once it has reported so many calls as forwarded. */
  async forwarded(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      left -= (await this.report()) === 'forwarded' ? 1 : 0;
    }
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
