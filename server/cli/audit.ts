import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { verifySessions } from '../guard/session/verify';
import { visibleLine } from '../protocol';
import { UsageError } from './command';
import type { Command, CommandContext } from './command';
import { openState } from './person';
import { allSessionFolders, listSessions, readRecords, sessionFolderOf, workspaceFolders } from './sessions';

const usage = `Usage: gatehouse audit verify [--workspace DIR]... [--json]
       gatehouse audit list [--workspace DIR]... [--json]
       gatehouse audit export [--workspace DIR]... [--session ID]

The audit trail: what agents tried, how it was decided, who approved, what came back.

  verify   checks that no record was changed, removed or inserted, and that no log or end of one is missing
  list     the sessions, with how many calls went, were denied, were approved
  export   all records, one JSON object a line

  --workspace DIR   only your sessions in the workspace of this folder (may be repeated for one of several folders)
  --session ID      only this session
  --json            print JSON

verify exits with 0 if all is as it was written, else with 1.`;

/** Reads the audit trail. */
export const command: Command = {
  summary: 'verify, list or export the audit trail',
  usage,
  run: (args, context) => Promise.resolve(runAudit(args, context)),
};

/** Runs `gatehouse audit`; returns the exit code. */
export function runAudit(args: readonly string[], context: CommandContext): number {
  const { action, json, session, workspace } = read(args);
  const state = openState(context.env);
  const folders =
    workspace.length === 0
      ? allSessionFolders(state)
      : [sessionFolderOf(state, workspaceFolders(workspace, context.cwd))];
  switch (action) {
    case 'verify':
      return verify(folders, json, context);
    case 'list':
      return list(folders, json, context);
    case 'export':
      return exportRecords(folders, session, context);
    default:
      throw new UsageError(`"${action}" is not known: use verify, list or export.`);
  }
}

function verify(folders: readonly string[], json: boolean, { stdout }: CommandContext): number {
  const reports = folders.map((folder) => verifySessions(folder));
  const problems = reports.flatMap((report) => report.problems);
  const logs = reports.reduce((sum, report) => sum + report.logs, 0);
  const records = reports.reduce((sum, report) => sum + report.records, 0);
  if (json) {
    stdout.write(`${JSON.stringify({ logs, records, problems }, undefined, 2)}\n`);
  } else {
    for (const { line, log, message } of problems) {
      stdout.write(`${visibleLine(log)}${line === undefined ? '' : `:${line}`}: ${visibleLine(message)}\n`);
    }
    const result = problems.length === 0 ? 'all as they were written' : `${problems.length} problems`;
    stdout.write(`${logs} logs with ${records} records: ${result}.\n`);
  }
  return problems.length === 0 ? 0 : 1;
}

function list(folders: readonly string[], json: boolean, { stdout }: CommandContext): number {
  const sessions = folders.flatMap(listSessions);
  if (json) {
    stdout.write(`${JSON.stringify(sessions, undefined, 2)}\n`);
    return 0;
  }
  for (const { approved, calls, denied, ended, halted, id, startedAt, workspace } of sessions) {
    const state = halted === undefined ? (ended ? 'ended' : 'open') : `halted: ${visibleLine(halted)}`;
    stdout.write(
      `${startedAt}  ${id}  ${visibleLine(workspace)}  ${calls} calls, ${approved} approved, ${denied} denied  ${state}\n`,
    );
  }
  return 0;
}

function exportRecords(
  folders: readonly string[],
  session: string | undefined,
  { stdout }: CommandContext,
): number {
  // A reader that has seen enough (`| head`) closes the pipe; that is no failure.
  stdout.on('error', () => undefined);
  for (const { id, log } of folders.flatMap(listSessions)) {
    if (session === undefined || id === session) {
      for (const record of readRecords(log)) {
        stdout.write(`${JSON.stringify({ session: id, log: basename(log), ...record })}\n`);
      }
    }
  }
  return 0;
}

function read(args: readonly string[]): {
  action: string;
  json: boolean;
  session: string | undefined;
  workspace: readonly string[];
} {
  const [action = '', ...rest] = args;
  try {
    const {
      json = false,
      session,
      workspace = [],
    } = parseArgs({
      args: rest,
      options: {
        workspace: { type: 'string', multiple: true },
        session: { type: 'string' },
        json: { type: 'boolean' },
      },
    }).values;
    return { action, json, session, workspace };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
