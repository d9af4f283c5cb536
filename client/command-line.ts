import { spawn } from 'node:child_process';

/** How a run of the `gatehouse` command ended. */
interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the bundled `gatehouse` command. */
export type GatehouseCommand = (
  args: readonly string[],
  options?: {
    readonly stdin?: string;
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
  },
) => Promise<CommandResult>;

const longestOutput = 32 * 1024 * 1024;
const timeoutMs = 120_000;

/**
 * @param executable the Node.js that runs the extension, which may be Electron
 * @param script absolute path of `dist/cli.js`
 */
export function gatehouseCommand(executable: string, script: string): GatehouseCommand {
  return (args, { cwd, env, stdin = '' } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(executable, [script, ...args], {
        cwd,
        env: { ...process.env, ...env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: undefined, NO_COLOR: '1' },
        windowsHide: true,
        timeout: timeoutMs,
      });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      let size = 0;
      const collect = (into: Buffer[]) => (chunk: Buffer) => {
        size += chunk.length;
        if (size > longestOutput) {
          child.kill();
        } else {
          into.push(chunk);
        }
      };
      child.stdout.on('data', collect(out));
      child.stderr.on('data', collect(err));
      child.on('error', reject);
      // A command that does not read its input closes it; that is no failure.
      child.stdin.on('error', () => undefined);
      child.stdin.end(stdin);
      child.on('close', (code, signal) => {
        const stderr = Buffer.concat(err).toString('utf8');
        resolve({
          code: code ?? 1,
          stdout: Buffer.concat(out).toString('utf8'),
          stderr: signal === null ? stderr : `${stderr}\nIt was ended (${signal}).`,
        });
      });
    });
}
