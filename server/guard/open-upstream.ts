import type { Writable } from 'node:stream';
import { defaultLimits } from './json/limits';
import type { Launch } from './launch';
import { printableName } from './server-name';
import { upstreamEnvironment } from './upstream/environment';
import type { Environment } from './upstream/environment';
import { StdioTransport } from './upstream/stdio';
import type { UpstreamTransport } from './upstream/transport';

/** The parts of a launch that the way to its upstream depends on. */
export type UpstreamLaunch = Pick<Launch, 'launchedByWindow' | 'server'>;

/** The parts of `process` that an upstream gets. */
interface UpstreamSurroundings {
  /** Takes the upstream's log. */
  readonly stderr: Writable;
  readonly env: Environment;
  /** Takes a function to run when the process exits, however it does. */
  readonly onExit?: (run: () => void) => void;
}

/**
 * Makes the transport to a launch's upstream. It is not started yet: whoever is early may call
 * {@link UpstreamTransport.start} before the guard does, which then waits for the same start.
 */
export function openUpstream(launch: UpstreamLaunch, surroundings: UpstreamSurroundings): UpstreamTransport {
  const { args, command, cwd, name } = launch.server;
  const transport = new StdioTransport({
    command: { command, args, cwd, env: upstreamEnvironmentOf(launch, surroundings.env) },
    name: printableName(name),
    log: (line) => writeSlowly(surroundings.stderr, line),
    maxLineBytes: defaultLimits.maxLineBytes,
  });
  // However the guard ends, by a fault of its own too: its server ends with it.
  surroundings.onExit?.(() => transport.kill());
  return transport;
}

/** The whole environment that a launch's upstream is started with. @param env the guard's own */
export function upstreamEnvironmentOf(
  { launchedByWindow, server }: UpstreamLaunch,
  env: Environment,
): Record<string, string> {
  return upstreamEnvironment(env, server.env, launchedByWindow);
}

/** Waits for whoever reads the log, so that a server can't fill the guard's memory with its own. */
async function writeSlowly(stream: Writable, line: Buffer): Promise<void> {
  if (stream.destroyed || stream.writableEnded) {
    return;
  }
  await new Promise<void>((resolve) => {
    stream.write(line, () => resolve());
  });
}
