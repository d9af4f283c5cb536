import { execFile } from 'node:child_process';
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

/** Whether anything of the tree still runs; on Windows only the process itself can be asked. */
export function treeIsAlive(pid: number): boolean {
  return process.platform === 'win32' ? signal(pid, 0) : signalGroup(pid, 0);
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
