// A guard in a process of its own, for tests: it refuses the same call again and again, and tells of each.
import { randomBytes } from 'node:crypto';
import { systemClock } from '../../../server/protocol';
import { HeadSeal } from '../../../server/guard/session/log-head';
import { SessionStore } from '../../../server/guard/session/session-store';
import { attempt, denied } from './session-world';

const store = new SessionStore({
  place: () => ({
    folder: process.argv[2] ?? '',
    user: { id: 'alice', name: 'Alice' },
    workspace: { name: 'shop', folders: ['/work/shop'] },
    installation: 'here',
    seal: new HeadSeal(Buffer.alloc(32, 1)),
  }),
  idleMinutes: 30,
  clock: systemClock,
  random: randomBytes,
});

async function flood(): Promise<never> {
  for (;;) {
    const id = randomBytes(8).toString('hex');
    await store.transaction((open) => open.append(attempt(id), denied(id)));
    process.send?.('refused');
  }
}

void flood();
