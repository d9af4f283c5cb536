import { spawn } from 'node:child_process';
import { win32 } from 'node:path';
import type { Environment } from './environment';

/** A program that outlives the guard just long enough to end what the guard started. */
export interface WatchdogCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** True if `args` are already quoted for Windows. */
  readonly verbatim: boolean;
}

/**
 * Ends the process group of `$1` when its input ends without a word: first as a client would, by waiting, since the
 * server's own input has ended, too; then with SIGTERM; then with SIGKILL.
 *
 * A group that still has a process keeps its id. If the id names a process that started at another time than the
 * server, the group is gone and the id is somebody else's: proc(5), /proc/pid/stat, field 22; ps where there is none.
 */
const shellScript = `
pid=$1
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
start=$(start_of)
if read -r word; then exit 0; fi
sleep 1
end_with TERM
sleep 1
end_with KILL
`;

/**
 * What watches over a server that the guard has started.
 *
 * A shell is a megabyte, where Node.js would be forty. Windows has neither groups nor, without a program of our own,
 * job objects: cmd.exe waits there, and runs PowerShell once the guard is gone, to make sure that the id is still that
 * of a process which this guard started, and taskkill to end its tree.
 * @param pid the server's; where there are process groups, the leader's of one
 * @param guard the guard's process id
 */
export function watchdogCommand(
  pid: number,
  guard: number,
  platform: NodeJS.Platform,
  environment: Environment,
): WatchdogCommand {
  if (platform !== 'win32') {
    return { file: '/bin/sh', args: ['-c', shellScript, 'gatehouse-watchdog', String(pid)], verbatim: false };
  }
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

/**
 * Ends a server when this process ends in any way at all, SIGKILL, an abort and a lack of memory included: then the
 * pipe that the watchdog reads from is closed by the system. It holds nothing else of this process, and does not keep
 * it alive.
 * @param onFailure runs if there is no watchdog, with the reason
 * @returns what sends it away, once nothing of the server is left
 */
export function watchOver(pid: number, onFailure: (why: string) => void): () => void {
  const { args, file, verbatim } = watchdogCommand(pid, process.pid, process.platform, process.env);
  const { PATH = '', SYSTEMROOT } = process.env;
  const watchdog = spawn(file, [...args], {
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
  watchdog.once('error', (error) => onFailure(error.message));
  watchdog.stdin.on('error', () => undefined);
  watchdog.unref();
  // A pipe of a child is a socket underneath; the type does not say so.
  (watchdog.stdin as unknown as { unref: () => void }).unref();
  return () => watchdog.stdin.end('gone\n');
}
