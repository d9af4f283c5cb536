// dist/guard.js: the guard that a VS Code window launches as
//   guard.js --window SOCKET --server NAME
// with the launch token in the environment. It is small: it starts the upstream, and loads dist/engine.js meanwhile.
// People start `gatehouse guard` instead.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installationKey, messageOf, openStateFolder, stateFolder, visibleLine } from '../protocol';
import { exitWith, guardProcess } from './guard-process';
import { launchFromWindow } from './launch';
import { loadEngine } from './load-engine';
import { printableName } from './server-name';
import { startGuard } from './start-guard';
import type { GuardEngine } from './start-guard';
import { connectWindow } from './window/connect';

const usage =
  'guard.js is started by the Gatehouse extension. To guard a server yourself, use: gatehouse guard';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { window: { type: 'string' }, server: { type: 'string' } } });
  const { server, window: socketPath } = values;
  const token = process.env['GATEHOUSE_LAUNCH_TOKEN'];
  if (socketPath === undefined || server === undefined || token === undefined) {
    throw new Error(usage);
  }
  const layout = openStateFolder(stateFolder(process.env, homedir()));
  const link = await connectWindow({ socketPath, token, key: installationKey(layout) });
  const { name } = link.launch.server;
  if (name !== server) {
    link.close();
    throw new Error(
      `This guard was started for ${printableName(server)}, but its token is for ${printableName(name)}.`,
    );
  }
  return startGuard(
    launchFromWindow(link),
    guardProcess(join(__dirname, '..', 'policies')),
    () => loadEngine(__dirname, process.env, homedir()) as GuardEngine,
  );
}

main().then(exitWith, async (error: unknown) => {
  process.stderr.write(`[gatehouse] ${visibleLine(messageOf(error))}\n`);
  await exitWith(1);
});
