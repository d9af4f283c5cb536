// A guard as a process, and a client that speaks bytes with it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../tools';

/** A fixture server's file. */
export function fixture(name: string): string {
  return join(root, 'test', 'fixtures', 'servers', `${name}.mjs`);
}

export interface WireClient {
  readonly pid: number;
  /** Writes text as it is. */
  write(text: string): void;
  /** Writes a line. */
  send(line: string | object): void;
  /** Resolves with the lines received, in order, when there are so many; takes them away. */
  lines(count: number): Promise<string[]>;
  /** The bytes that were received and not taken. */
  readonly rest: () => string;
  readonly log: () => string;
  end(): void;
  kill(signal: NodeJS.Signals): void;
  /** The exit code, or the signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Starts Node.js with these arguments, as a client starts a server. */
export function startWire(args: readonly string[], env: Readonly<Record<string, string>> = {}): WireClient {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let received = '';
  let log = '';
  let wake = (): void => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    received += text;
    wake();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  child.stdin.on('error', () => undefined);
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => {
      resolve(code ?? signal ?? -1);
      wake();
    });
  });
  return {
    pid: child.pid ?? -1,
    write: (text) => child.stdin.write(text),
    send: (line) => child.stdin.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`),
    lines: async (count) => {
      for (;;) {
        const lines = received.split('\n');
        if (lines.length > count) {
          received = lines.slice(count).join('\n');
          return lines.slice(0, count);
        }
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`ended with ${lines.length - 1} of ${count} lines received; its log: ${log}`);
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    rest: () => received,
    log: () => log,
    end: () => child.stdin.end(),
    kill: (signal) => child.kill(signal),
    ended,
  };
}
