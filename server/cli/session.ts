import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { SessionStore } from '../guard/session/session-store';
import { revocation, visibleLine } from '../protocol';
import type { GrantRecord, SessionWorkspace } from '../protocol';
import { UsageError } from './command';
import type { Command, CommandContext } from './command';
import { openState, userName } from './person';
import { unlock } from './session-unlock';
import { listSessions, openSession, sessionFolderOf, sessionWorkspaceOf, workspaceFolders } from './sessions';

const usage = `Usage: gatehouse session list [--workspace DIR]... [--json]
       gatehouse session resume [--workspace DIR]...
       gatehouse session new [--workspace DIR]...
       gatehouse session revoke [GRANT] [--workspace DIR]...
       gatehouse session unlock [--yes] [--workspace DIR]...

The agent session that all agents in a workspace share: its counters, its halt, what was allowed for it.

  list     the sessions, and what the current one has been granted
  resume   lifts a halt
  new      starts a new session: counters begin at zero, grants end; also where a log is damaged
  revoke   takes back a grant, or all of them
  unlock   takes the lock away from a guard that has ended on another machine or in a container that is gone; asks
           first, and never takes it from one that runs on this machine

  --workspace DIR   a folder of the workspace (may be repeated); the current folder if not given
  --json            print JSON
  --yes             unlock without asking`;

/** Looks at the agent session, and changes it on a person's word. */
export const command: Command = {
  usage,
  run: (args, context) => runSession(args, context),
};

/** Runs `gatehouse session`; resolves with the exit code. */
export async function runSession(args: readonly string[], context: CommandContext): Promise<number> {
  const { action, grant, json, workspace, yes } = read(args);
  const state = openState(context.env);
  const folders = workspaceFolders(workspace, context.cwd);
  const session = openSession(state, folders);
  try {
    switch (action) {
      case 'list':
        return await list(session, sessionWorkspaceOf(state, folders), state.sessions, json, context);
      case 'resume':
        return await resume(session, context);
      case 'new':
        context.stdout.write(`A new session begins: ${await session.startNew(userName())}.\n`);
        return 0;
      case 'revoke':
        return await revoke(session, grant, context);
      case 'unlock':
        return await unlock(sessionFolderOf(state, folders), yes, context);
      default:
        throw new UsageError(`"${action}" is not known: use list, resume, new, revoke or unlock.`);
    }
  } finally {
    await session.close();
  }
}

async function list(
  session: SessionStore,
  { folders, isAround, key }: SessionWorkspace,
  sessionsFolder: string,
  json: boolean,
  { stdout }: CommandContext,
): Promise<number> {
  const sessions = listSessions(join(sessionsFolder, key));
  const grants = (await session.peek((current) => current.grants)) ?? [];
  if (json) {
    stdout.write(`${JSON.stringify({ sessions, grants }, undefined, 2)}\n`);
    return 0;
  }
  if (isAround) {
    stdout.write(`The session of ${visibleLine(folders.join(', '))}, which is around this folder:\n`);
  }
  for (const { approved, calls, denied, ended, halted, id, startedAt } of sessions) {
    const status = halted === undefined ? (ended ? 'ended' : 'open') : `halted: ${visibleLine(halted)}`;
    stdout.write(`${startedAt}  ${id}  ${calls} calls, ${approved} approved, ${denied} denied  ${status}\n`);
  }
  for (const grant of grants) {
    const { id, server, tool } = grant;
    const what = `${JSON.stringify(tool)} of ${JSON.stringify(server)}`;
    stdout.write(`  grant ${visibleLine(id)}: ${what}, ${boundsInWords(grant)}\n`);
  }
  return 0;
}

function boundsInWords({ digest, expiresAt, how, uses }: GrantRecord): string {
  switch (how) {
    case 'session':
      return 'for the session';
    case 'late':
      return 'once, for a call that was given up';
    case 'bounded':
      return [
        ...(digest === undefined ? [] : ['for repetitions of one call']),
        ...(uses === undefined ? [] : [uses === 1 ? 'once more' : `${uses} more times`]),
        ...(expiresAt === undefined ? [] : [`until ${visibleLine(expiresAt)}`]),
      ].join(', ');
  }
}

async function resume(session: SessionStore, { stdout }: CommandContext): Promise<number> {
  const by = userName();
  const halted = await session.peek((current) => {
    const { halt } = current;
    if (halt !== undefined) {
      current.append({ type: 'resume', by });
    }
    return halt;
  });
  stdout.write(halted === undefined ? 'The session is not halted.\n' : 'The session goes on.\n');
  return 0;
}

async function revoke(
  session: SessionStore,
  grant: string | undefined,
  { stderr, stdout }: CommandContext,
): Promise<number> {
  const by = userName();
  const revoked = await session.peek((current) => {
    const grants = current.grants.filter(({ id }) => grant === undefined || id === grant);
    if (grants.length > 0) {
      current.append(...grants.map(({ id }) => revocation(id, by)));
    }
    return grants.length;
  });
  if (grant !== undefined && (revoked ?? 0) === 0) {
    stderr.write(`There is no grant ${grant} in the current session.\n`);
    return 1;
  }
  stdout.write(`${revoked ?? 0} grants are taken back.\n`);
  return 0;
}

function read(args: readonly string[]): {
  action: string;
  grant: string | undefined;
  json: boolean;
  workspace: readonly string[];
  yes: boolean;
} {
  const [action = '', ...rest] = args;
  try {
    const { positionals, values } = parseArgs({
      args: rest,
      allowPositionals: true,
      options: {
        workspace: { type: 'string', multiple: true },
        json: { type: 'boolean' },
        yes: { type: 'boolean' },
      },
    });
    const [grant, surplus] = positionals;
    if (surplus !== undefined || (grant !== undefined && action !== 'revoke')) {
      throw new Error(`"${surplus ?? grant ?? ''}" is too much.`);
    }
    const { json = false, workspace: folders = [], yes = false } = values;
    if (yes && action !== 'unlock') {
      throw new Error('--yes is for unlock.');
    }
    return { action, grant, json, workspace: folders, yes };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
