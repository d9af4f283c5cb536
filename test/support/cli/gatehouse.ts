// The `gatehouse` command inside the process of a test.
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCompile } from '../../../server/cli/compile';
import { summaries } from '../../../server/cli/summaries';

export { answer } from '../../../server/cli/check/answer';
export { openSession } from '../../../server/cli/sessions';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
}

/** Runs `gatehouse compile` with the arguments after the name of the command. */
export async function gatehouse(args: readonly string[]): Promise<Outcome> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const printed = text(stdout);
  const code = await runCompile(args, { stdin, stdout, stderr, env: {}, cwd: process.cwd() });
  stdout.end();
  return { code, stdout: await printed };
}

/** The names of all commands. */
export function commandNames(): readonly string[] {
  return Object.keys(summaries);
}
