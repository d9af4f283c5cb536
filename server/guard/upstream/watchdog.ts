import { spawn } from 'node:child_process';
import { win32 } from 'node:path';
import type { Writable } from 'node:stream';
import type { Environment } from './environment';

/** A program that outlives the guard just long enough to end what the guard started. */
interface WatchdogCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** True if `args` are already quoted for Windows. */
  readonly verbatim: boolean;
}

/**
 * Reads the id of a process from its first line of input, and ends that process' group when its input ends without
 * another word: first as a client would, by waiting, since the
 * server's own input has ended, too; then with SIGTERM; then with SIGKILL.
 *
 * A group that still has a process keeps its id. If the id names a process that started at another time than the
 * server, the group is gone and the id is somebody else's: proc(5), /proc/pid/stat, field 22; ps where there is none.
 */
const shellScript = `
set -f
trap '' HUP INT TERM
start_of() {
  if [ -d /proc/self ]; then
    stat=$(cat "/proc/$pid/stat" 2>/dev/null) || return 0
    set -- \${stat##*")"}
    echo "\${20}"
  else
    ps -o lstart= -p "$pid" 2>/dev/null
  fi
}
end_with() {
  now=$(start_of)
  if [ -n "$now" ] && [ "$now" != "$start" ]; then exit 0; fi
  kill "-$1" "-$pid" 2>/dev/null || exit 0
}
read -r pid || exit 0
start=$(start_of)
if read -r word; then exit 0; fi
sleep 1
end_with TERM
sleep 1
end_with KILL
`;

/** The watchdog of a server on POSIX. A shell takes a megabyte, Node.js would take forty. */
export const shellWatchdog: WatchdogCommand = {
  file: '/bin/sh',
  args: ['-c', shellScript, 'gatehouse-watchdog'],
  verbatim: false,
};

/**
 * The watchdog of a server on Windows, which has neither groups nor, without a native program, job objects: cmd.exe
 * waits there, and runs PowerShell once the guard is gone, to make sure that the id is still that of a process which
 * this guard started, and taskkill to end its tree.
 * @param guard the guard's process id
 */
export function windowsWatchdog(pid: number, guard: number, environment: Environment): WatchdogCommand {
  const system = win32.join(environment['SYSTEMROOT'] ?? 'C:\\Windows', 'System32');
  const powershell = win32.join(system, 'WindowsPowerShell', 'v1.0', 'powershell.exe');
  const script = [
    `$server = Get-CimInstance Win32_Process -Filter "ProcessId=${pid} AND ParentProcessId=${guard}"`,
    `if ($server) { & "$env:SystemRoot\\System32\\taskkill.exe" /t /f /pid ${pid} }`,
  ].join('\n');
  const encoded = Buffer.from(script, 'utf16le').toString('base64');
  // SET /P fails at the end of the input, and only then.
  const line = `set /p word= || "${powershell}" -NoProfile -NonInteractive -EncodedCommand ${encoded}`;
  return {
    file: win32.join(system, 'cmd.exe'),
    args: ['/d', '/v:off', '/s', '/c', `"${line}"`],
    verbatim: true,
  };
}

/** Ends a server when this process ends in any way at all, SIGKILL, an abort and a lack of memory included. */
interface Watchdog {
  /**
   * Call it in the same turn as the server is started.
   * @param pid the server's; where there are process groups, the leader's of one
   */
  readonly watch: (pid: number) => void;
  /** Sends it away: nothing of the server is left, or it did not start. */
  readonly dismiss: () => void;
}

/**
 * Has a watchdog ready before a server is started: starting it takes a while, in which a guard that is killed would leave
 * the server behind. What stays is the time in which the system starts the server. On Windows it is started with the server's id, right after the server.
 *
 * When this process ends, the system closes the pipe that the watchdog reads from. It holds nothing else of this process,
 * and does not keep it alive.
 * @param onFailure runs if there is no watchdog, with the reason
 */
export function watchdog(onFailure: (why: string) => void): Watchdog {
  if (process.platform === 'win32') {
    let input: Writable | undefined;
    return {
      watch: (pid) => (input = started(windowsWatchdog(pid, process.pid, process.env), onFailure)),
      dismiss: () => input?.end('gone\n'),
    };
  }
  const input = started(shellWatchdog, onFailure);
  let watches = false;
  return {
    watch: (pid) => {
      watches = true;
      input.write(`${pid}\n`);
    },
    dismiss: () => (watches ? input.end('gone\n') : input.end()),
  };
}

/** @returns the input of a watchdog */
function started({ args, file, verbatim }: WatchdogCommand, onFailure: (why: string) => void): Writable {
  const { PATH = '', SYSTEMROOT } = process.env;
  const child = spawn(file, [...args], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A session of its own: what a terminal sends to the guard's group, or a client that ends that group, passes by.
    detached: true,
    windowsHide: true,
    windowsVerbatimArguments: verbatim,
    // Its folder can be removed, and nothing in the environment changes what its script means.
    cwd: process.platform === 'win32' ? (SYSTEMROOT ?? 'C:\\') : '/',
    env:
      process.platform === 'win32'
        ? { PATH, ...(SYSTEMROOT !== undefined && { SYSTEMROOT }) }
        : { PATH: `/usr/bin:/bin:${PATH}`, LC_ALL: 'C' },
  });
  child.once('error', (error) => onFailure(error.message));
  child.stdin.on('error', () => undefined);
  child.unref();
  // A pipe of a child is a socket underneath; the type does not say so.
  (child.stdin as unknown as { unref: () => void }).unref();
  return child.stdin;
}
