import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { sessionKey } from '../protocol';
import type { SessionRecord, StateLayout } from '../protocol';
import { parseRecord } from '../guard/session/log-file';
import { sessionLogs, SessionStore } from '../guard/session/session-store';
import { Tally } from '../guard/session/tally';
import { userName } from './person';

/** A session as lists show it. */
export interface ListedSession {
  /** Absolute path of its log. */
  readonly log: string;
  readonly id: string;
  readonly workspace: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly lastAt: string;
  readonly ended: boolean;
  /** Why it is halted; absent if it isn't. */
  readonly halted?: string;
  readonly calls: number;
  readonly denied: number;
  readonly approved: number;
}

/** When a session ends is for the guards to say, who have the window's setting: until then its grants can be revoked. */
const idleMinutes = Infinity;

/** The folder of the person's sessions in a workspace. */
export function sessionFolderOf(state: StateLayout, folders: readonly string[]): string {
  return join(state.sessions, sessionKey(userName(), folders));
}

/** The folders that `--workspace` names, else the current one. */
export function workspaceFolders(workspace: readonly string[], cwd: string): readonly string[] {
  return workspace.length === 0 ? [cwd] : workspace.map((folder) => resolve(cwd, folder));
}

/** Opens the person's session in a workspace. Nothing is written until something is done to it. */
export function openSession(state: StateLayout, folders: readonly string[]): SessionStore {
  const name = userName();
  return new SessionStore({
    folder: sessionFolderOf(state, folders),
    user: { id: name, name },
    workspace: { name: basename(folders[0] ?? ''), folders },
    idleMinutes,
    clock: () => Date.now(),
    random: randomBytes,
  });
}

/** All folders with sessions, whoever's and wherever. */
export function allSessionFolders(state: StateLayout): readonly string[] {
  return readdirSync(state.sessions, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(state.sessions, entry.name))
    .sort();
}

/** The sessions of a folder, oldest first. Lines that are no records are left out. */
export function listSessions(folder: string): readonly ListedSession[] {
  return existsSync(folder) ? sessionLogs(folder).map((name) => listed(join(folder, name))) : [];
}

/** The records of a log. Lines that are none are left out; `gatehouse audit verify` tells of them. */
export function readRecords(log: string): readonly SessionRecord[] {
  return readFileSync(log, 'utf8')
    .split('\n')
    .map(parseRecord)
    .filter((record) => record !== undefined);
}

function listed(log: string): ListedSession {
  const tally = new Tally();
  for (const record of readRecords(log)) {
    tally.apply(record);
  }
  const { approved, calls, denied, id, startedAt } = tally.facts(tally.lastTime);
  return {
    log,
    id,
    workspace: tally.header?.workspace.name ?? '',
    startedAt,
    lastAt: new Date(tally.lastTime).toISOString(),
    ended: tally.ended,
    ...(tally.halt === undefined ? {} : { halted: tally.halt.reason }),
    calls,
    denied,
    approved,
  };
}
