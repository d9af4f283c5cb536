import { stateFolder } from '../protocol';
import type { Launch } from './launch';
import { openUpstream } from './open-upstream';
import type { GuardProcess, runGuard } from './run';

/** The part of the engine that a guard runs on. */
export interface GuardEngine {
  readonly runGuard: typeof runGuard;
}

/**
 * Starts a launch's upstream, and loads the engine while it starts. Nothing is decided before the upstream is started
 * in the other order either: nothing of it reaches an agent, and nothing an agent, before the engine has it. Who may
 * start which guard is known by now.
 * @param load loads the engine; if that fails, the upstream is ended
 * @returns the exit code: the server's own, if it ended by itself
 * @throws {CommandError} if the server can't be started
 * @throws {StateError} if GATEHOUSE_HOME is no absolute path; then it is not started
 */
export async function startGuard(
  launch: Launch,
  process: GuardProcess,
  load: () => GuardEngine | Promise<GuardEngine>,
): Promise<number> {
  try {
    stateFolder(process.env, process.home);
    const upstream = openUpstream(launch, process);
    // The guard waits for the same start, and tells of its failure.
    upstream.start().catch(() => undefined);
    try {
      return await (await load()).runGuard(launch, process, { upstream });
    } catch (error) {
      await upstream.close('terminate');
      throw error;
    }
  } finally {
    launch.close?.();
  }
}
