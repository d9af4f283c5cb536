import { homedir, userInfo } from 'node:os';
import type { GuardProcess } from './run';

/** The process that this code runs in, as a guard sees it. @param builtinPolicies absolute */
export function guardProcess(builtinPolicies: string): GuardProcess {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort());
  }
  // A reader of the log that is gone is no reason to end.
  process.stderr.on('error', () => undefined);
  const { username } = userInfo();
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    platform: process.platform,
    cwd: process.cwd(),
    home: homedir(),
    user: { id: username, name: username },
    builtinPolicies,
    stop: stop.signal,
    onExit: (run) => process.on('exit', run),
  };
}

/** Ends the process once what it wrote has been handed over, or after a second. */
export async function exitWith(code: number): Promise<never> {
  const written = [process.stdout, process.stderr].map(
    (stream) => new Promise<void>((resolve) => stream.write('', () => resolve())),
  );
  await Promise.race([Promise.all(written), new Promise((resolve) => setTimeout(resolve, 1_000))]);
  process.exit(code);
}
