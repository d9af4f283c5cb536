import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { visibleLine } from '../../protocol';
import type { Line } from '../wire/lines';
import { StreamChannel } from '../wire/stream-channel';
import { CommandError, commandLine } from './command-line';
import { prefixLines } from './log-lines';
import { signalTree, treeIsAlive } from './process-tree';
import type { UpstreamEnd, UpstreamTransport } from './transport';
import { watchdog } from './watchdog';

/** The command that starts an upstream, resolved. */
interface UpstreamCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/**
 * Milliseconds that are waited before each step of the shutdown. Together they stay under the two seconds that clients
 * commonly wait themselves before they kill the guard.
 */
export const grace = { afterEof: 1_000, afterTerminate: 700, poll: 30, lastLog: 500 };

const withoutWatchdog =
  'Nothing ends this server if the guard is killed: what would watch over it can not be started';

/** How an upstream is started, and where what it writes besides messages goes. */
interface StdioOptions {
  readonly command: UpstreamCommand;
  /** Marks the lines of its stderr. */
  readonly name: string;
  /** Takes the lines of its stderr, marked; it is read no further before what this returns has resolved. */
  readonly log: (line: Buffer) => Promise<void>;
  readonly maxLineBytes: number;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** A process that has started. */
interface Running {
  readonly child: Child;
  readonly channel: StreamChannel;
  readonly pid: number;
}

const notStarted: UpstreamEnd = { code: 1, description: 'did not start', bySignal: false };

/** An upstream MCP server as a child process, with all that it starts itself (MCP, "Transports", stdio). */
export class StdioTransport implements UpstreamTransport {
  readonly kind = 'stdio';
  readonly end: Promise<UpstreamEnd>;
  readonly gone: Promise<void>;
  readonly #options: StdioOptions;
  #starting: Promise<void> | undefined;
  #running: Running | undefined;
  #isClosing = false;
  #exited = false;
  #isOver = false;
  #ended: (end: UpstreamEnd) => void = () => undefined;
  #isGone: () => void = () => undefined;

  constructor(options: StdioOptions) {
    this.#options = options;
    this.end = new Promise((resolve) => (this.#ended = resolve));
    this.gone = new Promise((resolve) => (this.#isGone = resolve));
  }

  /** The id of the process; where there are process groups, also that of the group of all that it starts. */
  get pid(): number | undefined {
    return this.#running?.pid;
  }

  get closed(): boolean {
    return this.#isClosing || this.#isOver || (this.#running?.channel.closed ?? true);
  }

  get waiting(): number {
    return this.#running?.channel.waiting ?? 0;
  }

  start(): Promise<void> {
    if (this.#starting === undefined) {
      this.#starting = this.#start();
      // Whoever waits for it is told; nobody may be waiting yet.
      this.#starting.catch(() => this.#over(notStarted));
    }
    return this.#starting;
  }

  send(line: Uint8Array): void {
    if (!this.closed) {
      this.#running?.channel.send(line);
    }
  }

  async ready(): Promise<void> {
    if (!this.closed) {
      await Promise.race([this.#running?.channel.ready(), this.end]);
    }
  }

  async *receive(): AsyncGenerator<readonly Line[]> {
    if (this.#running !== undefined) {
      yield* this.#running.channel.receive();
    }
  }

  /** As MCP's stdio shutdown says: close its input, wait, terminate, wait, kill. */
  async close(how: 'wait' | 'terminate' = 'wait'): Promise<UpstreamEnd> {
    this.#isClosing = true;
    this.#starting ??= Promise.reject(new CommandError('The server was ended before it was started.'));
    await this.#starting.catch(() => this.#over(notStarted));
    if (this.#running === undefined) {
      return this.end;
    }
    const { child, pid } = this.#running;
    child.stdin.end();
    if (how === 'wait') {
      await this.#untilGone(pid, grace.afterEof);
    }
    if (!this.#exited || treeIsAlive(pid)) {
      signalTree(pid, 'SIGTERM');
      await this.#untilGone(pid, grace.afterTerminate);
    }
    signalTree(pid, 'SIGKILL');
    return this.end;
  }

  kill(): void {
    // An id whose process is gone may be another's by now.
    if (this.#running !== undefined && !this.#isOver) {
      signalTree(this.#running.pid, 'SIGKILL');
    }
  }

  async #start(): Promise<void> {
    const { command, log, maxLineBytes, name } = this.#options;
    const { cwd, env } = command;
    const { args, file, verbatim } = commandLine(command.command, command.args, process.platform, env, cwd);
    const guardian = watchdog((why) => {
      void log(Buffer.from(`[gatehouse] ${withoutWatchdog} (${visibleLine(why)})\n`));
    });
    const child = spawn(file, [...args], {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that all it starts can be ended with it.
      detached: process.platform !== 'win32',
      windowsHide: true,
      windowsVerbatimArguments: verbatim,
    });
    const { pid } = child;
    // At once: whatever happens to the guard from here on, its server ends with it.
    if (pid === undefined) {
      guardian.dismiss();
    } else {
      guardian.watch(pid);
      const channel = new StreamChannel(child.stdout, child.stdin, maxLineBytes);
      void channel.gone.then(this.#isGone);
      this.#running = { child, channel, pid };
      void this.#untilEnd(child, pid, prefixLines(child.stderr, `[${name}] `, log)).then((end) => {
        guardian.dismiss();
        this.#over(end);
      });
    }
    await started(child, command.command, cwd);
    if (pid === undefined) {
      throw new CommandError(`The server's command "${command.command}" did not start.`);
    }
  }

  #over(end: UpstreamEnd): void {
    this.#isOver = true;
    this.#isGone();
    this.#ended(end);
  }

  /** Resolves when nothing of it is left, or after so many milliseconds. */
  async #untilGone(pid: number, milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    while (performance.now() < end && (!this.#exited || treeIsAlive(pid))) {
      await delay(grace.poll);
    }
  }

  async #untilEnd(child: Child, pid: number, log: Promise<void>): Promise<UpstreamEnd> {
    const end = await new Promise<UpstreamEnd>((resolve) => {
      child.once('exit', (code, signal) => resolve(described(code, signal)));
    });
    this.#exited = true;
    // Whatever it started and left behind must not outlive it, nor keep its output open.
    if (treeIsAlive(pid)) {
      signalTree(pid, 'SIGTERM');
      await this.#untilGone(pid, grace.afterTerminate);
      signalTree(pid, 'SIGKILL');
    }
    // Nobody may be reading the log, and the end must not wait for a reader.
    await Promise.race([log, delay(grace.lastLog)]);
    return end;
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function started(child: Child, command: string, cwd: string): Promise<void> {
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
