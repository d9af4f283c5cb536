import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { guardProcess } from '../guard/guard-process';
import { launchFromArguments } from '../guard/launch';
import type { GuardArguments } from '../guard/launch';
import { runGuard } from '../guard/run';
import { UsageError } from './command';
import type { Command } from './command';

const usage = `Usage: gatehouse guard [--name NAME] [--policies DIR]... [--workspace DIR] -- COMMAND [ARG...]

Starts an MCP server over stdio and decides what an agent may do with it. Give an agent this command instead of the
server's own.

  --name NAME       what policies, dialogs and the audit call the server (made from the command if not given)
  --policies DIR    more policies; they can only deny (may be repeated)
  --workspace DIR   the folder that counts as the workspace, else the client's roots or the current folder

Exits with the server's own exit code if the server ends by itself.`;

/** Guards a server for an agent without VS Code. */
export const command: Command = {
  summary: 'run an MCP server behind the guard',
  usage,
  run: (args) =>
    runGuard(launchFromArguments(guardArguments(args), process.cwd()), guardProcess(builtinPolicies())),
};

/** The bundle is dist/cli.js; the policies lie beside dist. */
function builtinPolicies(): string {
  return join(__dirname, '..', 'policies');
}

/**
 * Reads the command line.
 * @throws {UsageError} if it is not as the usage says
 */
export function guardArguments(args: readonly string[]): GuardArguments {
  const end = args.indexOf('--');
  const { name, policies = [], url, workspace } = options(end === -1 ? args : args.slice(0, end));
  if (url !== undefined) {
    throw new UsageError(
      'not-supported-yet: --url. Servers over HTTP can not be guarded yet, only commands.',
    );
  }
  const [command, ...rest] = end === -1 ? [] : args.slice(end + 1);
  if (command === undefined || command === '') {
    throw new UsageError('The server is missing: put its command after --.');
  }
  if (name === '') {
    throw new UsageError('--name needs a name.');
  }
  return {
    command,
    args: rest,
    policies,
    ...(name !== undefined && { name }),
    ...(workspace !== undefined && { workspace }),
  };
}

function options(args: readonly string[]): {
  name?: string | undefined;
  policies?: string[] | undefined;
  workspace?: string | undefined;
  url?: string | undefined;
} {
  try {
    return parseArgs({
      args: [...args],
      options: {
        name: { type: 'string' },
        policies: { type: 'string', multiple: true },
        workspace: { type: 'string' },
        url: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
