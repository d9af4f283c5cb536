import { existsSync, readdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { SessionReducer, sessionWorkspace, systemClock } from '../protocol';
import type { SessionWorkspace, StateLayout } from '../protocol';
import { readLog } from '../guard/session/log-lines';
import { idOfLog, sessionLogs } from '../guard/session/log-names';
import { sessionPlace } from '../guard/session/session-place';
import { SessionStore } from '../guard/session/session-store';
import { userName } from './person';

/** A session as lists show it. */
interface ListedSession {
  /** Absolute path of its newest log. */
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

/** The workspace whose session the calls in these folders belong to. */
export function sessionWorkspaceOf(state: StateLayout, folders: readonly string[]): SessionWorkspace {
  const workspace = { name: basename(folders[0] ?? ''), folders };
  return sessionWorkspace(state, userName(), workspace, homedir(), Date.now());
}

/** The folder of the person's sessions in a workspace. */
export function sessionFolderOf(state: StateLayout, folders: readonly string[]): string {
  return join(state.sessions, sessionWorkspaceOf(state, folders).key);
}

/** The folders that `--workspace` names, else the current one. */
export function workspaceFolders(workspace: readonly string[], cwd: string): readonly string[] {
  return workspace.length === 0 ? [cwd] : workspace.map((folder) => resolve(cwd, folder));
}

/** Opens the person's session in a workspace. Nothing is written until something is done to it. */
export function openSession(state: StateLayout, folders: readonly string[]): SessionStore {
  const name = userName();
  return new SessionStore({
    place: () => sessionPlace(state, { id: name, name }, sessionWorkspaceOf(state, folders)),
    idleMinutes,
    clock: systemClock,
    random: randomBytes,
  });
}

/** Everything with the name of a session folder, whoever's and wherever: also what is none. */
export function allSessionFolders(state: StateLayout): readonly string[] {
  return readdirSync(state.sessions)
    .map((name) => join(state.sessions, name))
    .sort();
}

/** The sessions of a folder, oldest first. Lines that are no records are left out. */
export function listSessions(folder: string): readonly ListedSession[] {
  const newest = new Map<string, string>();
  for (const { log, session } of logsWithSession(folder)) {
    // Of a session that goes on in another log, the newest one says it all.
    newest.delete(session);
    newest.set(session, log);
  }
  return [...newest.values()].map(listed);
}

/** The logs of a folder, oldest first, with the session that each belongs to. */
export function logsWithSession(
  folder: string,
): readonly { readonly log: string; readonly session: string }[] {
  return logsIn(folder).map((name) => ({
    log: join(folder, name),
    session: idOfLog(name) ?? name,
  }));
}

function logsIn(folder: string): readonly string[] {
  return existsSync(folder) ? sessionLogs(folder) : [];
}

function listed(log: string): ListedSession {
  const reducer = new SessionReducer();
  readLog(log, ({ record }) => {
    if (record !== undefined) {
      reducer.apply(record);
    }
  });
  const { approved, calls, denied, id, startedAt } = reducer.facts(reducer.lastTime);
  return {
    log,
    id,
    workspace: reducer.header?.workspace.name ?? '',
    startedAt,
    lastAt: new Date(reducer.lastTime).toISOString(),
    ended: reducer.ended,
    ...(reducer.halt === undefined ? {} : { halted: reducer.halt.reason }),
    calls,
    denied,
    approved,
  };
}
