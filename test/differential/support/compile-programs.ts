// `cerbos compile` and `gatehouse compile`, run with the same arguments.
import { execFile } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCompile } from '../../../server/cli/compile';
import { cerbosBinary } from '../../tools';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
}

/** Runs `cerbos 0.55`; the arguments begin with the name of the command. */
export function binary(args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(cerbosBinary(), args, { maxBuffer: 1 << 28 }, (error, stdout) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout });
    });
  });
}

/** Runs `gatehouse compile` with the arguments after the name of the command. */
export async function gatehouse(args: readonly string[]): Promise<Outcome> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const printed = text(stdout);
  const code = await runCompile(args, { stdin, stdout, stderr, env: {}, cwd: process.cwd() });
  stdout.end();
  return { code, stdout: await printed };
}
