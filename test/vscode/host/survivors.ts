import { readdirSync, readFileSync } from 'node:fs';
import { until } from './until';

/** The command lines of processes that have a text in their environment, by process id; none without /proc. */
function processesWith(text: string): Map<number, string> {
  const found = new Map<number, string>();
  for (const name of safely(() => readdirSync('/proc')) ?? []) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) {
      continue;
    }
    const environment = safely(() => readFileSync(`/proc/${name}/environ`, 'utf8')) ?? '';
    if (!environment.split('\0').includes(text)) {
      continue;
    }
    const command = safely(() => readFileSync(`/proc/${name}/cmdline`, 'utf8')) ?? '';
    // A process that has ended and waits for its parent has no command line.
    if (command !== '') {
      found.set(Number(name), command.replaceAll('\0', ' '));
    }
  }
  return found;
}

/** Everything here may be gone a moment later. */
function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/**
 * Waits until no process has `name=value` in its environment: what a VS Code started must end with it.
 * @throws with the command lines of those that live on; they are ended then
 */
export async function expectNoSurvivors(name: string, value: string): Promise<void> {
  const variable = `${name}=${value}`;
  try {
    await until('the end of all processes', () => processesWith(variable).size === 0);
  } catch (cause) {
    const survivors = processesWith(variable);
    for (const pid of survivors.keys()) {
      safely(() => process.kill(pid, 'SIGKILL'));
    }
    throw new Error(`These lived on:\n${[...survivors.values()].join('\n')}`, { cause });
  }
}
