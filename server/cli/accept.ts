import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  identityFrom,
  installationKey,
  isJsonObject,
  readAccepted,
  serverFacts,
  StateError,
  visibleLine,
  writeAccepted,
} from '../protocol';
import type { AcceptedServer, JsonObject, StateLayout } from '../protocol';
import { inspectServer } from '../guard/accept/inspect';
import { acceptanceRecord, acceptanceReport } from '../guard/accept/report';
import { reportText } from '../guard/accept/report-text';
import { openUpstream, upstreamEnvironmentOf } from '../guard/open-upstream';
import type { UpstreamLaunch } from '../guard/open-upstream';
import { defaultServerName, printableName } from '../guard/server-name';
import { UsageError } from './command';
import type { Command, CommandContext } from './command';
import { askYes, openState, readAll, userName } from './person';

const usage = `Usage: gatehouse accept [--name NAME] [--yes] [--json] [--expect DIGEST] -- COMMAND [ARG...]
       gatehouse accept [--yes] [--json] [--expect DIGEST] --definition -

Starts an MCP server, shows its tools and what they claim, and records that you accept them: only then their claims
count, and only then agents can call them through the guard. Asks before it records. Give the name that the guard is
started with. Unless all of the command is known to run the same in every folder (npx, uvx or docker run with a
package or image, node or python with a script's absolute path), the server is accepted in this folder only.

  --name NAME       the server's name, as for gatehouse guard
  --yes             record without asking
  --json            print what is offered as JSON, and record it only with --yes
  --expect DIGEST   record only if what is offered has this digest (of an earlier --json)
  --definition -    read the server from standard input: an entry of mcp.json as JSON, or
                    {"name", "origin", "definition", "command", "args", "env", "cwd"} with the entry as
                    "definition" and "workspace" as origin if it comes with a workspace

Exits with 0 if the tools are accepted or shown, with 1 if they are not accepted.`;

/** Shows what a server offers and records that a human accepts it. */
export const command: Command = {
  usage,
  run: (args, context) => runAccept(args, context),
};

/** How a server is started, and what identifies it. */
interface AcceptedCommand {
  readonly name: string;
  readonly definition: JsonObject;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly origin: 'user' | 'workspace';
}

/** Runs `gatehouse accept`; resolves with the exit code. */
export async function runAccept(args: readonly string[], context: CommandContext): Promise<number> {
  const { expect, json, server, yes } = await read(args, context);
  const state = openState(context.env);
  const launch = launchOf(server, context);
  const facts = serverFacts({ ...server, environment: upstreamEnvironmentOf(launch, context.env) });
  const fingerprint = identityFrom(facts, installationKey(state)).acceptance;
  const identity = { name: server.name, fingerprint };
  const claims = await inspectServer(openUpstream(launch, context), server.cwd);
  const report = acceptanceReport(
    identity,
    claims,
    acceptedBefore(state, fingerprint),
    foreignTools(state, fingerprint),
  );
  context.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : `${reportText(report)}\n`);
  if (expect !== undefined && expect !== report.digest) {
    context.stderr.write(
      'The server offers something else now than was shown. Look again; nothing was accepted.\n',
    );
    return 1;
  }
  if (!yes) {
    if (json) {
      return 0;
    }
    const question = `Accept these ${report.tools.length} tools? Their claims then count; policies still decide.`;
    const answer = await askYes(question, context);
    if (answer !== true) {
      const hint = answer === undefined ? 'There is no terminal to ask on: use --yes. ' : '';
      context.stderr.write(`${hint}Nothing was accepted.\n`);
      return 1;
    }
  }
  writeAccepted(state, acceptanceRecord(identity, claims, { by: userName(), at: new Date() }));
  if (!json) {
    const where =
      facts.folder === undefined
        ? 'wherever it is started'
        : `when it is started in ${visibleLine(facts.folder)}: elsewhere the same words may run something else`;
    const name = printableName(server.name);
    context.stdout.write(`Accepted: ${report.tools.length} tools of "${name}", ${where}.\n`);
  }
  return 0;
}

/** @param server how it is started: by VS Code's own Node.js, the command has a variable that it must not get */
function launchOf(server: AcceptedCommand, { env }: CommandContext): UpstreamLaunch {
  return { server, launchedByWindow: env['ELECTRON_RUN_AS_NODE'] !== undefined };
}

/** The tools that were accepted of other servers. */
function foreignTools(state: StateLayout, fingerprint: string): readonly string[] {
  const others = readdirSync(state.accepted)
    .map((file) => file.replace(/\.json$/, ''))
    .filter((other) => other !== fingerprint);
  return others.flatMap((other) => Object.keys(acceptedBefore(state, other)?.tools ?? {}));
}

/** A damaged record is replaced by what is accepted now. */
function acceptedBefore(state: StateLayout, fingerprint: string): AcceptedServer | undefined {
  try {
    return readAccepted(state, fingerprint);
  } catch (error) {
    if (error instanceof StateError) {
      return undefined;
    }
    throw error;
  }
}

async function read(
  args: readonly string[],
  context: CommandContext,
): Promise<{ yes: boolean; json: boolean; expect: string | undefined; server: AcceptedCommand }> {
  const end = args.indexOf('--');
  const {
    definition,
    expect,
    json = false,
    name,
    yes = false,
  } = options(end === -1 ? args : args.slice(0, end));
  const [program, ...rest] = end === -1 ? [] : args.slice(end + 1);
  if (definition !== undefined) {
    if (definition !== '-' || program !== undefined) {
      throw new UsageError('--definition takes "-" and no command: the server is read from standard input.');
    }
    return { yes, json, expect, server: fromJson(await readAll(context.stdin), name, context.cwd) };
  }
  if (program === undefined || program === '') {
    throw new UsageError('The server is missing: put its command after --.');
  }
  const server = {
    name: name ?? defaultServerName(program, rest),
    definition: { type: 'stdio', command: program, args: rest },
    command: program,
    args: rest,
    env: {},
    cwd: context.cwd,
    origin: 'user' as const,
  };
  return { yes, json, expect, server };
}

function fromJson(text: string, name: string | undefined, cwd: string): AcceptedCommand {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError('Standard input is not JSON.', { cause });
  }
  const entry = isJsonObject(value) ? value : {};
  const definition = isJsonObject(entry['definition']) ? entry['definition'] : entry;
  const { args = [], command: program, cwd: folder = cwd, env = {}, name: given } = entry;
  if (typeof program !== 'string' || program === '') {
    throw new UsageError(
      'The server on standard input has no "command". (not-supported-yet: servers over HTTP)',
    );
  }
  if (!Array.isArray(args) || !args.every((arg) => typeof arg === 'string')) {
    throw new UsageError('"args" of the server on standard input must be a list of texts.');
  }
  if (!isJsonObject(env) || !Object.values(env).every((item) => typeof item === 'string')) {
    throw new UsageError('"env" of the server on standard input must be a map of texts.');
  }
  if (
    [program, ...args, ...Object.values(env)].some((item) => typeof item === 'string' && item.includes('${'))
  ) {
    throw new UsageError(
      'Variables such as ${workspaceFolder} must be replaced in "command", "args" and "env".',
    );
  }
  return {
    name: name ?? (typeof given === 'string' ? given : defaultServerName(program, args)),
    definition,
    command: program,
    args,
    env: env as Record<string, string>,
    cwd: typeof folder === 'string' ? folder : cwd,
    origin: entry['origin'] === 'workspace' ? 'workspace' : 'user',
  };
}

function options(args: readonly string[]): {
  name?: string | undefined;
  yes?: boolean | undefined;
  json?: boolean | undefined;
  expect?: string | undefined;
  definition?: string | undefined;
} {
  try {
    return parseArgs({
      args: [...args],
      options: {
        name: { type: 'string' },
        yes: { type: 'boolean', short: 'y' },
        json: { type: 'boolean' },
        expect: { type: 'string' },
        definition: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
