// `cerbos compile`, run with the arguments that `gatehouse compile` gets in test/support/cli.
import { execFile } from 'node:child_process';
import type { Outcome } from '../../support/cli/gatehouse';
import { cerbosBinary } from '../../tools';

/** Runs `cerbos 0.55`; the arguments begin with the name of the command. */
export function binary(args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(cerbosBinary(), args, { maxBuffer: 1 << 28 }, (error, stdout) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout });
    });
  });
}
