import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { HeadSeal } from '../guard/session/log-head';
import { recordsOf } from '../guard/session/log-lines';
import { verifySessions } from '../guard/session/verify';
import type { AuditAnchor, AuditProblem } from '../guard/session/verify';
import { installationId, installationKey, knownWorkspaces, messageOf, visibleLine } from '../protocol';
import type { StateLayout } from '../protocol';
import { UsageError } from './command';
import type { Command, CommandContext } from './command';
import { replayRecords } from './audit-replay';
import { builtinPolicies } from './builtin';
import { openState, readAll } from './person';
import {
  allSessionFolders,
  listSessions,
  logsWithSession,
  sessionFolderOf,
  workspaceFolders,
} from './sessions';

const usage = `Usage: gatehouse audit verify [--workspace DIR]... [--anchors FILE] [--json]
       gatehouse audit list [--workspace DIR]... [--json]
       gatehouse audit export [--workspace DIR]... [--session ID]
       gatehouse audit replay [--workspace DIR]... [--session ID] [--policies DIR] [--json]

The audit trail: what agents tried, how it was decided, who approved, what came back.

  verify   checks that no record was changed, removed or inserted, that no log or end of one is missing, and that
           every log is where it belongs
  list     the sessions, with how many calls went, were denied, were approved
  export   all records, one JSON object a line
  replay   decides the recorded calls again, by the policies in force now, and lists those that they decide otherwise:
           allow, ask or deny. Each call is decided with the facts of its time. What was masked stays unknown: where it
           matters, nothing can be told. Other decision points are not asked again; what they said then counts

  --workspace DIR   only your sessions in the workspace of this folder (may be repeated for one of several folders)
  --session ID      only this session
  --policies DIR    replay as if the policies in this folder were in force in place of your own (~/.gatehouse/policies)
  --anchors FILE    how far logs had reached, as VS Code keeps it for you: {"<session folder>": {"log", "lines", "hash"}};
                    - for standard input (the command "Gatehouse: Verify Audit" does all this)
  --json            print JSON

What verify can't see: a program that runs as you can read the installation key and write the whole trail anew, or put
back an older state of it, key, index and all. Only --anchors shows that, as far as VS Code has seen the newer one.

verify exits with 0 if all is as it was written, else with 1; replay with 0 whatever differs, with 1 if something can't
be read, with 3 if policies do not compile.`;

/** Reads the audit trail. */
export const command: Command = {
  usage,
  run: (args, context) => runAudit(args, context),
};

/**
 * Runs `gatehouse audit`; resolves with the exit code.
 * @param builtin the folder of the built-in policies
 */
export async function runAudit(
  args: readonly string[],
  context: CommandContext,
  builtin = builtinPolicies(),
): Promise<number> {
  const { action, anchors, json, policies, session, workspace } = read(args);
  const state = openState(context.env);
  const folders =
    workspace.length === 0
      ? allSessionFolders(state)
      : [sessionFolderOf(state, workspaceFolders(workspace, context.cwd))];
  switch (action) {
    case 'verify':
      return verify(
        state,
        folders,
        workspace.length === 0,
        await readAnchors(anchors, context),
        json,
        context,
      );
    case 'list':
      return list(folders, json, context);
    case 'export':
      return exportRecords(folders, session, context);
    case 'replay':
      return replayRecords(state, folders, { builtin, json, policies, session }, context);
    default:
      throw new UsageError(`"${action}" is not known: use verify, list, export or replay.`);
  }
}

type Anchors = Readonly<Record<string, AuditAnchor>>;

function verify(
  state: StateLayout,
  folders: readonly string[],
  isAll: boolean,
  anchors: Anchors,
  json: boolean,
  { stdout }: CommandContext,
): number {
  const key = installationKey(state);
  const context = { installation: installationId(key), seal: new HeadSeal(key) };
  const reports = folders.map((folder) => {
    const name = basename(folder);
    return verifySessions(folder, {
      ...context,
      anchor: Object.hasOwn(anchors, name) ? anchors[name] : undefined,
    });
  });
  const problems = [
    ...reports.flatMap((report) => report.problems),
    ...(isAll ? missingFolders(state, folders, anchors) : []),
  ];
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

/** Workspaces that have had sessions, and no folder of them any more. */
function missingFolders(
  state: StateLayout,
  folders: readonly string[],
  anchors: Anchors,
): readonly AuditProblem[] {
  const there = new Set(folders.map((folder) => basename(folder)));
  const known = new Map(knownWorkspaces(state).map(({ folders: [folder], key }) => [key, folder]));
  return [...new Set([...known.keys(), ...Object.keys(anchors)])]
    .filter((key) => !there.has(key))
    .map((key) => ({
      log: join(state.sessions, key),
      message: `The logs of ${known.get(key) ?? 'a workspace'} are missing.`,
    }));
}

function list(folders: readonly string[], json: boolean, context: CommandContext): number {
  const { stdout } = context;
  const { code, results: sessions } = eachFolder(folders, context, listSessions);
  if (json) {
    stdout.write(`${JSON.stringify(sessions, undefined, 2)}\n`);
    return code;
  }
  for (const { approved, calls, denied, ended, halted, id, startedAt, workspace } of sessions) {
    const state = halted === undefined ? (ended ? 'ended' : 'open') : `halted: ${visibleLine(halted)}`;
    stdout.write(
      `${startedAt}  ${id}  ${visibleLine(workspace)}  ${calls} calls, ${approved} approved, ${denied} denied  ${state}\n`,
    );
  }
  return code;
}

async function exportRecords(
  folders: readonly string[],
  session: string | undefined,
  context: CommandContext,
): Promise<number> {
  const { stderr, stdout } = context;
  // A reader that has seen enough (`| head`) closes the pipe; that is no failure.
  stdout.on('error', () => undefined);
  const { code, results: logs } = eachFolder(folders, context, logsWithSession);
  let result = code;
  for (const { log, session: id } of logs) {
    if (session === undefined || id === session) {
      try {
        for (const records of recordsOf(log)) {
          await writeAll(
            stdout,
            records
              .map((record) => `${JSON.stringify({ session: id, log: basename(log), ...record })}\n`)
              .join(''),
          );
        }
      } catch (error) {
        stderr.write(`${visibleLine(messageOf(error))}\n`);
        result = 1;
      }
    }
  }
  return result;
}

/** Collects from all folders. An error in one is printed, and hides nothing of the others. */
function eachFolder<T>(
  folders: readonly string[],
  { stderr }: CommandContext,
  work: (folder: string) => readonly T[],
): { readonly code: number; readonly results: readonly T[] } {
  let code = 0;
  const results = folders.flatMap((folder) => {
    try {
      return work(folder);
    } catch (error) {
      stderr.write(`${visibleLine(`${folder}: ${messageOf(error)}`)}\n`);
      code = 1;
      return [];
    }
  });
  return { code, results };
}

/** Waits for whoever reads, so that memory does not grow with the trail. */
async function writeAll(stdout: Writable, text: string): Promise<void> {
  if (!stdout.write(text) && !stdout.destroyed) {
    await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]).catch(() => undefined);
  }
}

async function readAnchors(file: string | undefined, context: CommandContext): Promise<Anchors> {
  if (file === undefined) {
    return {};
  }
  const text = file === '-' ? await readAll(context.stdin) : readFileSync(file, 'utf8');
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && Object.values(value).every(isAnchor)) {
      return value as Anchors;
    }
  } catch {
    // Not JSON, like JSON of another shape.
  }
  throw new UsageError('The anchors are not {"<session folder>": {"log", "lines", "hash"}}.');
}

function isAnchor(value: unknown): value is AuditAnchor {
  const { hash, lines, log } = (value ?? {}) as Partial<Record<keyof AuditAnchor, unknown>>;
  return typeof log === 'string' && Number.isSafeInteger(lines) && typeof hash === 'string';
}

function read(args: readonly string[]): {
  action: string;
  anchors: string | undefined;
  json: boolean;
  policies: string | undefined;
  session: string | undefined;
  workspace: readonly string[];
} {
  const [action = '', ...rest] = args;
  try {
    const {
      anchors,
      json = false,
      policies,
      session,
      workspace = [],
    } = parseArgs({
      args: rest,
      options: {
        workspace: { type: 'string', multiple: true },
        session: { type: 'string' },
        policies: { type: 'string' },
        anchors: { type: 'string' },
        json: { type: 'boolean' },
      },
    }).values;
    return { action, anchors, json, policies, session, workspace };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
