import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { sha256 } from './canonical-json';
import { errorCode } from './state-error';

/**
 * Names one process for good, unlike its id, which is used again. Every field is of letters and digits only.
 * Where the platform doesn't tell, a field is `0`.
 */
export interface ProcessIdentity {
  /** The machine. */
  readonly host: string;
  /** The boot of that machine (Linux). */
  readonly boot: string;
  /** The space that process ids are counted in: a container has its own (Linux). */
  readonly space: string;
  readonly pid: number;
  /** When it started, in the platform's unit (Linux). */
  readonly start: string;
}

let own: ProcessIdentity | undefined;

/** This process. */
export function thisProcess(): ProcessIdentity {
  own ??= {
    host: sha256(hostname()).slice(0, 8),
    boot: bootOf(),
    space: spaceOf(),
    pid: process.pid,
    start: startOf(process.pid) ?? '0',
  };
  return own;
}

/**
 * Tells if a process still runs. `unknown` for one on another machine or in another container, which only a human can
 * check. Where start times are not known (macOS, Windows), a process that has inherited a dead one's id counts as
 * alive: that is the safe mistake.
 */
export function lifeOf(other: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  const self = thisProcess();
  if (other.host !== self.host) {
    return 'unknown';
  }
  if (other.boot !== self.boot) {
    return 'dead';
  }
  if (other.space !== self.space) {
    return 'unknown';
  }
  if (other.pid === self.pid) {
    return other.start === self.start ? 'alive' : 'dead';
  }
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') {
      return 'dead';
    }
  }
  return other.start === '0' || startOf(other.pid) === other.start ? 'alive' : 'dead';
}

/** The identity in one word, for file names and records; {@link parseIdentity} reads it. */
export function identityText(identity: ProcessIdentity): string {
  const { boot, host, pid, space, start } = identity;
  return [host, boot, space, pid, start].join('.');
}

/** Reads what {@link identityText} wrote; undefined for anything else. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const match = /^([0-9a-z]+)\.([0-9a-z]+)\.([0-9a-z]+)\.(\d+)\.(\d+)$/.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, host = '', boot = '', space = '', pid = '', start = ''] = match;
  return { host, boot, space, pid: Number(pid), start };
}

function bootOf(): string {
  try {
    return sha256(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')).slice(0, 8);
  } catch {
    return '0';
  }
}

function spaceOf(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

/** proc_pid_stat(5): the name in parentheses may hold anything; then the state; the start time is the 22nd field. */
function startOf(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  // A zombie is dead: it only waits for its parent to notice.
  return state === 'Z' || state === 'X' ? undefined : fields[19];
}
