import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { visibleLine } from '../../protocol';
import { CommandError, commandLine } from './command-line';
import { prefixLines } from './log-lines';
import { signalTree, treeIsAlive } from './process-tree';
import { watchdog } from './watchdog';

/** The command that starts an upstream, resolved. */
export interface UpstreamCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** How the upstream ended: the exit code that the guard ends with, too, and that in words. */
export interface UpstreamEnd {
  readonly code: number;
  readonly description: string;
  readonly bySignal: boolean;
}

/**
 * Milliseconds that are waited before each step of the shutdown. Together they stay under the two seconds that clients
 * commonly wait themselves before they kill the guard.
 */
export const grace = { afterEof: 1_000, afterTerminate: 700, poll: 30, lastLog: 500 };

const withoutWatchdog =
  'Nothing ends this server if the guard is killed: what would watch over it can not be started';

/** An upstream MCP server as a child process, with all that it starts itself. */
export class Upstream {
  readonly input: Writable;
  readonly output: Readable;
  /** Resolves when the process and all that it started have ended, and its log has been read. Never rejects. */
  readonly ended: Promise<UpstreamEnd>;
  /** The process's id; where there are process groups, also that of the group of all that it starts. */
  readonly pid: number;
  #exited = false;

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, Readable>,
    pid: number,
    log: Promise<void>,
  ) {
    this.input = child.stdin;
    this.output = child.stdout;
    this.pid = pid;
    // Writing to a process that has just ended is no fault; its end is reported in another way.
    child.stdin.on('error', () => undefined);
    this.ended = this.#untilEnd(child, log);
  }

  /**
   * Starts the upstream.
   * @param name what its log lines are marked with
   * @param log takes the lines of its stderr, marked
   * @throws {CommandError} if it can't be started; the message says why and what to do
   */
  static async start(
    { args, command, cwd, env }: UpstreamCommand,
    name: string,
    log: (line: Buffer) => Promise<void>,
  ): Promise<Upstream> {
    const { args: words, file, verbatim } = commandLine(command, args, process.platform, env, cwd);
    const guardian = watchdog((why) => {
      void log(Buffer.from(`[gatehouse] ${withoutWatchdog} (${visibleLine(why)})\n`));
    });
    const child = spawn(file, [...words], {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that all it starts can be ended with it.
      detached: process.platform !== 'win32',
      windowsHide: true,
      windowsVerbatimArguments: verbatim,
    });
    // At once: whatever happens to the guard from here on, its server ends with it.
    if (child.pid === undefined) {
      guardian.dismiss();
    } else {
      guardian.watch(child.pid);
    }
    await started(child, command, cwd);
    if (child.pid === undefined) {
      throw new CommandError(`The server's command "${command}" did not start.`);
    }
    const upstream = new Upstream(child, child.pid, prefixLines(child.stderr, `[${name}] `, log));
    void upstream.ended.then(guardian.dismiss);
    return upstream;
  }

  /** Ends the upstream as MCP's stdio shutdown says: close its input, wait, terminate, wait, kill. */
  async stop(): Promise<UpstreamEnd> {
    this.input.end();
    await this.#gone(grace.afterEof);
    return this.terminate();
  }

  /** As {@link stop}, without waiting for it to end by itself. */
  async terminate(): Promise<UpstreamEnd> {
    this.input.end();
    if (!this.#exited || treeIsAlive(this.pid)) {
      signalTree(this.pid, 'SIGTERM');
      await this.#gone(grace.afterTerminate);
    }
    signalTree(this.pid, 'SIGKILL');
    return this.ended;
  }

  /** Resolves when nothing of it is left, or after so many milliseconds. */
  async #gone(milliseconds: number): Promise<void> {
    const end = Date.now() + milliseconds;
    while (Date.now() < end && (!this.#exited || treeIsAlive(this.pid))) {
      await new Promise((resolve) => setTimeout(resolve, grace.poll));
    }
  }

  async #untilEnd(
    child: ChildProcessByStdio<Writable, Readable, Readable>,
    log: Promise<void>,
  ): Promise<UpstreamEnd> {
    const end = await new Promise<UpstreamEnd>((resolve) => {
      child.once('exit', (code, signal) => resolve(described(code, signal)));
    });
    this.#exited = true;
    // Whatever it started and left behind must not outlive it, nor keep its output open.
    if (treeIsAlive(this.pid)) {
      signalTree(this.pid, 'SIGTERM');
      await this.#gone(grace.afterTerminate);
      signalTree(this.pid, 'SIGKILL');
    }
    // Nobody may be reading the log, and the end must not wait for a reader.
    await Promise.race([log, new Promise((resolve) => setTimeout(resolve, grace.lastLog))]);
    return end;
  }
}

function started(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  command: string,
  cwd: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error: NodeJS.ErrnoException) => {
      const hint =
        error.code === 'ENOENT'
          ? `Neither may be missing: the program, and the folder it starts in (${cwd}).`
          : `The system says: ${error.message}`;
      reject(
        new CommandError(`The server's command "${command}" can't be started. ${hint}`, { cause: error }),
      );
    });
  });
}

/** Numbers of the signals that end servers, for the exit code that shells use: 128 and the number. */
const signalNumbers: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

function described(code: number | null, signal: NodeJS.Signals | null): UpstreamEnd {
  if (code !== null) {
    return { code, description: `ended with code ${code}`, bySignal: false };
  }
  const number = signalNumbers[signal ?? 'SIGTERM'] ?? 0;
  return { code: 128 + number, description: `ended by ${signal ?? 'a signal'}`, bySignal: true };
}
