import { readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { explainCall } from '../guard/explain-call';
import { isJsonObject, messageOf } from '../protocol';
import type { JsonObject, JsonValue } from '../protocol';
import { UsageError } from './command';
import type { Command, CommandContext } from './command';

const usage = `Usage: gatehouse explain-call --tool FILE [OPTION...]

Prints the Cerbos request that policies would see for a call of a tool: its effect with the evidence, paths, arguments
that the tool does not declare. Nothing is called and nobody is asked.

  --tool FILE        a tool definition in JSON, as a server's tools/list gives it
  --arguments JSON   the call's arguments, an object; {} if not given
  --server NAME      the server's name; "server" if not given
  --workspace DIR    a workspace folder, may be repeated; the working directory if not given

The request can be put into "gatehouse check --policies DIR" as it is.`;

/** Shows what policies see of a call. */
export const command: Command = {
  usage,
  run: (args, context) => Promise.resolve(runExplainCall(args, context)),
};

/**
 * `gatehouse explain-call`.
 * @returns the exit code
 * @throws {UsageError} if the command line is wrong, or names what is no tool definition or no arguments
 */
function runExplainCall(args: readonly string[], { cwd, env, stdout }: CommandContext): number {
  const values = read(args);
  const { tool: file, server = 'server', workspace = [cwd] } = values;
  if (file === undefined) {
    throw new UsageError('--tool FILE is missing.');
  }
  const { name, ...rest } = objectIn(textOf(resolve(cwd, file)), `The file ${file}`);
  if (typeof name !== 'string' || name === '') {
    throw new UsageError(`The file ${file} is no tool definition: it has no "name".`);
  }
  const request = explainCall({
    tool: { ...rest, name },
    args: objectIn(values.arguments ?? '{}', '--arguments'),
    server,
    folders: workspace.map((folder) => resolve(cwd, folder)),
    home: homedir(),
    user: userInfo().username,
    platform: process.platform,
    env,
  });
  stdout.write(`${JSON.stringify(request, undefined, 2)}\n`);
  return 0;
}

interface Values {
  readonly tool?: string | undefined;
  readonly arguments?: string | undefined;
  readonly server?: string | undefined;
  readonly workspace?: string[] | undefined;
}

function read(args: readonly string[]): Values {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({
      args: [...args],
      options: { tool: text, arguments: text, server: text, workspace: { ...text, multiple: true } },
    }).values;
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`The tool definition cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function objectIn(text: string, what: string): JsonObject {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new UsageError(`${what} is not JSON: ${messageOf(error)}`, { cause: error });
  }
  if (!isJsonObject(value)) {
    throw new UsageError(`${what} must be a JSON object.`);
  }
  return value;
}
