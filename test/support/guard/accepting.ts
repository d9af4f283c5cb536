// Accepts a fixture server as a human would, without asking one.
import { Writable } from 'node:stream';
import { inspectServer } from '../../../server/guard/accept/inspect';
import { acceptanceRecord } from '../../../server/guard/accept/report';
import { openUpstream } from '../../../server/guard/open-upstream';
import { installationKey, serverIdentity, writeAccepted } from '../../../server/protocol';
import type { StartedServer, StateLayout } from '../../../server/protocol';

/**
 * Records that what a command's server says of itself right now is accepted.
 * @param launched what its guard is launched with, where that differs from `gatehouse guard --name NAME`
 */
export async function acceptTools(
  layout: StateLayout,
  name: string,
  command: string,
  args: readonly string[],
  launched: Partial<StartedServer> = {},
): Promise<void> {
  const cwd = process.cwd();
  const definition = { type: 'stdio', command, args };
  const upstream = openUpstream(
    {
      server: { name: 'accepted by a test', origin: 'user', definition, command, args, env: {}, cwd },
      launchedByWindow: false,
    },
    { stderr: new Writable({ write: (_chunk, _encoding, done) => done() }), env: process.env },
  );
  const claims = await inspectServer(upstream, cwd);
  const server: StartedServer = {
    name,
    origin: 'user',
    definition,
    command,
    args,
    cwd,
    environment: process.env,
    ...launched,
  };
  const fingerprint = serverIdentity(server, installationKey(layout)).acceptance;
  const accepted = { name: 'accepted by a test', fingerprint };
  writeAccepted(layout, acceptanceRecord(accepted, claims, { by: 'a test', at: new Date() }));
}
