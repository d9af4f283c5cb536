import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { stateFolder, systemClock, visibleLine } from '../protocol';
import { createEnforcer } from './decide/enforcer';
import type { EnforcerOptions } from './decide/enforcer';
import { additionalDecisionPoint, tokenVariable } from './decision-point/additional';
import type { Enforcer, ToolSource } from './enforcer';
import { defaultLimits } from './json/limits';
import type { Launch } from './launch';
import { openUpstream, upstreamEnvironmentOf } from './open-upstream';
import { systemTimers } from './pending/timers';
import { peersOf } from './relay/peers';
import { Relay } from './relay/relay';
import type { Environment } from './upstream/environment';
import type { UpstreamEnd, UpstreamTransport } from './upstream/transport';
import type { Channel } from './wire/channel';
import { StreamChannel } from './wire/stream-channel';

/** The parts of `process` that a guard uses; passed in, so that tests can replace them. */
export interface GuardProcess {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  /** Absolute. */
  readonly cwd: string;
  /** The user's home folder, absolute. */
  readonly home: string;
  readonly user: { readonly id: string; readonly name: string };
  /** Folder with the built-in `base/` and `guardrails/`. */
  readonly builtinPolicies: string;
  /** Aborted when the process is asked to end. */
  readonly stop: AbortSignal;
  /** Takes a function to run when the process exits, however it does. */
  readonly onExit?: (run: () => void) => void;
}

/**
 * Milliseconds: for fast decisions after the client's last line; for the last output to be read, and passed on; for
 * the last outcomes to be written.
 */
const wait = { decisions: 500, lastOutput: 1_000, lastAnswers: 1_000, audit: 2_000 };

/** A peer's log must not grow without end because of a peer that misbehaves. */
const maxLogLines = 1_000;

/** Parts of a guard that others may have made before it runs. */
interface GuardParts {
  /** The way to the upstream; it may have been started already. */
  readonly upstream?: UpstreamTransport;
  readonly createEnforcer?: (options: EnforcerOptions) => Enforcer;
}

/**
 * Runs a guard until its client or its server is gone.
 * @returns the exit code: the server's own, if it ended by itself
 * @throws {CommandError} if the server can't be started
 * @throws {StateError} if GATEHOUSE_HOME is no absolute path
 */
export async function runGuard(
  launch: Launch,
  process: GuardProcess,
  { createEnforcer: create = createEnforcer, upstream = openUpstream(launch, process) }: GuardParts = {},
): Promise<number> {
  const log = logTo(process.stderr, 'gatehouse');
  const client = new StreamChannel(process.stdin, process.stdout, defaultLimits.maxLineBytes);
  const timers = systemTimers;
  const peers = peersOf({ client, upstream, timers, randomId: () => randomBytes(16).toString('hex') });
  const enforcer = create(enforcerOptions(launch, process, upstream.kind, () => peers.tools.tools(), log));
  try {
    const started = upstream.start();
    // It takes a while to start.
    enforcer.prepare?.();
    await started;
    const relay = new Relay({
      ...peers,
      enforcer,
      ...(launch.agent && { agent: launch.agent }),
      askRoots: launch.workspace.folders.length === 0,
      timers,
      log,
    });
    launch.onStateChange?.(() => relay.listsChanged());
    const end = await serve(relay, client, upstream, process.stop);
    relay.close(`The server ${end.description}.`);
    // A client that does not read must not keep the guard from ending.
    await Promise.race([client.flushed(), delay(wait.lastAnswers)]);
    return end.code;
  } finally {
    await Promise.race([enforcer.close(), delay(wait.audit)]);
    launch.close?.();
  }
}

/** Relays until one side ends, and then ends the other. */
async function serve(
  relay: Relay,
  client: Channel,
  upstream: UpstreamTransport,
  stop: AbortSignal,
): Promise<UpstreamEnd> {
  const { clientEnded, upstreamEnded } = relay.run();
  const why = await Promise.race([
    Promise.race([clientEnded, client.gone]).then(() => 'client' as const),
    Promise.race([upstreamEnded, upstream.end, upstream.gone]).then(() => 'upstream' as const),
    aborted(stop).then(() => 'stop' as const),
  ]);
  if (why === 'client') {
    await relay.decided(wait.decisions);
  }
  const end = await upstream.close(why === 'stop' ? 'terminate' : 'wait');
  await Promise.race([upstreamEnded, delay(wait.lastOutput)]);
  // Ended because it was told to: no failure, however it took that.
  return why !== 'upstream' && end.bySignal ? { ...end, code: 0 } : end;
}

function enforcerOptions(
  launch: Launch,
  process: GuardProcess,
  transport: UpstreamTransport['kind'],
  toolSource: ToolSource,
  log: (line: string) => void,
): EnforcerOptions {
  return {
    server: { ...launch.server, transport, environment: upstreamEnvironmentOf(launch, process.env) },
    workspace: launch.workspace,
    cwd: process.cwd,
    state: stateFolder(process.env, process.home),
    builtinPolicies: process.builtinPolicies,
    extraPolicies: launch.extraPolicies,
    ...(launch.decisionPoint && {
      decisionPoint: additionalDecisionPoint(launch.decisionPoint, process.env[tokenVariable]),
    }),
    approver: launch.approver,
    toolSource,
    user: { ...process.user, source: 'os' },
    home: process.home,
    env: process.env,
    platform: process.platform,
    clock: systemClock,
    random: (bytes) => randomBytes(bytes),
    prompts: launch.prompts,
    session: launch.session,
    forwardResolvedPaths: launch.forwardResolvedPaths === true,
    launchedByWindow: launch.launchedByWindow,
    ...(launch.recorded && { recorded: launch.recorded }),
    log,
  };
}

function logTo(stderr: Writable, name: string): (line: string) => void {
  let count = 0;
  return (line) => {
    count++;
    if (count <= maxLogLines) {
      // Parts of it come from peers.
      stderr.write(`[${name}] ${visibleLine(line)}\n`);
    }
    if (count === maxLogLines) {
      stderr.write(`[${name}] ${maxLogLines} lines are written; more are not.\n`);
    }
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    } else {
      signal.addEventListener('abort', () => resolve(), { once: true });
    }
  });
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
