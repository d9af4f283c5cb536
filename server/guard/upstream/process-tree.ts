import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { win32 } from 'node:path';

/**
 * Ends a process with all its descendants. On POSIX the process must lead a group of its own (`detached`), so that the
 * group is the tree; Windows has `taskkill`, which always ends at once.
 * @returns false if nothing of it was left
 */
export function signalTree(pid: number, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  if (process.platform === 'win32') {
    const system = process.env['SYSTEMROOT'] ?? 'C:\\Windows';
    execFile(
      win32.join(system, 'System32', 'taskkill.exe'),
      ['/pid', String(pid), '/t', '/f'],
      () => undefined,
    );
    return true;
  }
  return signalGroup(pid, signal);
}

/** True while any process of the tree runs. On Windows it tests the process itself only. */
export function treeIsAlive(pid: number): boolean {
  switch (process.platform) {
    case 'win32':
      return signal(pid, 0);
    case 'linux':
      return signalGroup(pid, 0) && groupIsRunning(pid);
    default:
      return signalGroup(pid, 0);
  }
}

/**
 * Dead processes that nobody has waited for can still be signalled, and in a container whose first process does not
 * wait for orphans they stay for ever. The process table tells them apart (proc(5), /proc/pid/stat).
 */
function groupIsRunning(group: number): boolean {
  return readdirSync('/proc').some((entry) => {
    if (!/^\d+$/.test(entry)) {
      return false;
    }
    const [state, , itsGroup] = statusFields(entry);
    return Number(itsGroup) === group && state !== 'Z' && state !== 'X';
  });
}

/** State, parent and group of a process; nothing if it is gone. The name before them may have blanks in it. */
function statusFields(pid: string): readonly string[] {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return status.slice(status.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function signalGroup(pid: number, number: NodeJS.Signals | 0): boolean {
  return signal(-pid, number);
}

function signal(pid: number, number: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, number);
    return true;
  } catch (error) {
    // EPERM: it is there, but not ours to signal.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
