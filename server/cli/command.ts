import type { Readable, Writable } from 'node:stream';

/** The only parts of its process that a command uses, so that tests can replace them. */
export interface CommandContext {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /**
   * Written instead of ESC (U+001B) in a command's own terminal sequences. The output makes every other ESC visible
   * instead of passing it on. Default: ESC.
   */
  readonly escape?: string;
}

/** One command of `gatehouse`; the file `server/cli/<name>.ts` exports it as `command`. */
export interface Command {
  /** The whole text of `gatehouse <name> --help`, beginning with `Usage:`; ends without a line break. */
  readonly usage: string;
  /** True if another program reads its output byte for byte, so that nothing in it may be escaped. */
  readonly speaksProtocol?: boolean;
  /**
   * Runs with what follows the command's name; `--help` never gets here.
   * Resolves with the exit code; a {@link UsageError} is reported with the usage and exit code 2.
   */
  run(args: readonly string[], context: CommandContext): Promise<number>;
}

/** The command line is wrong: the message says what, the dispatcher adds where to read how it is done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Told by its name: what throws it may come from another bundle, where the class is another. */
export function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && error.name === 'UsageError';
}
