import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { guardProcess } from '../guard/guard-process';
import { launchFromArguments } from '../guard/launch';
import type { GuardArguments } from '../guard/launch';
import { startGuard } from '../guard/start-guard';
import type { GuardEngine } from '../guard/start-guard';
import type { DecisionPointSettings } from '../protocol';
import { builtinPolicies } from './builtin';
import { UsageError } from './command';
import type { Command } from './command';

const usage = `Usage: gatehouse guard [OPTION...] -- COMMAND [ARG...]

Starts an MCP server over stdio and decides what an agent may do with it. Give an agent this command instead of the
server's own.

  --name NAME       what policies, dialogs and the audit call the server (made from the command if not given)
  --policies DIR    more policies; they can only deny (may be repeated)
  --workspace DIR   the folder that counts as the workspace, else the client's roots or the current folder
  --forward-resolved-paths   forward paths without the links in them, so that a link that is swapped later leads
                    nowhere else
  --pdp URL         also ask a central policy decision point, a Cerbos server; it can only deny, and without an answer
                    all is denied (a token for it is taken from the environment: GATEHOUSE_PDP_TOKEN)
  --bundle SOURCE   also ask a bundle of Cerbos Hub, a file or an https URL, in the same way
  --pdp-timeout SECONDS   after so long either counts as unavailable (2 if not given)

Exits with the server's own exit code if the server ends by itself.`;

/** Guards a server for an agent without VS Code. @param load loads the engine */
export function guardCommand(load: () => GuardEngine | Promise<GuardEngine>): Command {
  return {
    usage,
    run: (args) =>
      startGuard(
        launchFromArguments(guardArguments(args), process.cwd()),
        guardProcess(builtinPolicies()),
        load,
      ),
  };
}

/**
 * Reads the command line.
 * @throws {UsageError} if it is not as the usage says
 */
export function guardArguments(args: readonly string[]): GuardArguments {
  const end = args.indexOf('--');
  const given = options(end === -1 ? args : args.slice(0, end));
  const { name, policies = [], url, workspace } = given;
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
  const decisionPoint = decisionPointOf(given, process.cwd());
  return {
    command,
    args: rest,
    policies,
    ...(decisionPoint && { decisionPoint }),
    ...(given['forward-resolved-paths'] === true && { forwardResolvedPaths: true }),
    ...(name !== undefined && { name }),
    ...(workspace !== undefined && { workspace }),
  };
}

interface Options {
  readonly name?: string | undefined;
  readonly policies?: string[] | undefined;
  readonly workspace?: string | undefined;
  readonly url?: string | undefined;
  readonly 'forward-resolved-paths'?: boolean | undefined;
  readonly pdp?: string | undefined;
  readonly bundle?: string | undefined;
  readonly 'pdp-timeout'?: string | undefined;
}

function decisionPointOf(
  { bundle, pdp, 'pdp-timeout': seconds }: Options,
  cwd: string,
): DecisionPointSettings | undefined {
  if (pdp !== undefined && bundle !== undefined) {
    throw new UsageError('--pdp and --bundle exclude each other.');
  }
  if (pdp === '' || bundle === '') {
    throw new UsageError(`--${pdp === '' ? 'pdp' : 'bundle'} needs a place.`);
  }
  const timeoutMs = timeoutOf(seconds);
  if (pdp !== undefined) {
    return { kind: 'server', location: pdp, timeoutMs };
  }
  if (bundle !== undefined) {
    const location = bundle.includes('://') ? bundle : resolve(cwd, bundle);
    return { kind: 'bundle', location, timeoutMs };
  }
  if (seconds !== undefined) {
    throw new UsageError('--pdp-timeout needs --pdp or --bundle.');
  }
  return undefined;
}

function timeoutOf(seconds = '2'): number {
  if (/^\d{1,3}(\.\d{1,3})?$/.test(seconds) && Number(seconds) > 0) {
    return Number(seconds) * 1000;
  }
  throw new UsageError(`--pdp-timeout must be a number of seconds, not ${JSON.stringify(seconds)}.`);
}

function options(args: readonly string[]): Options {
  try {
    return parseArgs({
      args: [...args],
      options: {
        name: { type: 'string' },
        policies: { type: 'string', multiple: true },
        workspace: { type: 'string' },
        url: { type: 'string' },
        'forward-resolved-paths': { type: 'boolean' },
        pdp: { type: 'string' },
        bundle: { type: 'string' },
        'pdp-timeout': { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
