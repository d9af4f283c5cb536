import type { JsonObject, JsonValue } from '../../server/protocol';
import { parseEnvFile } from './env-file';
import { substitute } from './substitute';
import type { Variables } from './substitute';

/** How an upstream is started, with nothing left to replace. */
export interface ResolvedServer {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** A definition that can't be run; `unsupported` if it would be valid elsewhere. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  readonly unsupported: boolean;

  constructor(message: string, unsupported = false) {
    super(message);
    this.unsupported = unsupported;
  }
}

/** Why a definition can't be guarded at all (yet), whatever its variables are; undefined if it can. */
export function unsupportedReason(definition: JsonObject): string | undefined {
  const { type, url, command, sandboxEnabled, sandbox } = definition;
  if (url !== undefined || type === 'http' || type === 'sse') {
    return 'HTTP servers are not supported yet.';
  }
  if (type !== undefined && type !== 'stdio') {
    return `The type ${JSON.stringify(type)} is not supported.`;
  }
  if (typeof command !== 'string' || command === '') {
    return 'It has no command.';
  }
  if (sandboxEnabled === true || sandbox !== undefined) {
    return 'A sandbox is not supported yet, and without it the server could do more than you meant.';
  }
  return undefined;
}

/**
 * Replaces the variables of a definition and checks what is left.
 * @param readFile the text of an `envFile`; its errors are passed on
 * @throws {DefinitionError} if it can't be run
 * @throws {SubstitutionError} if a variable has no value
 */
export async function resolveDefinition(
  definition: JsonObject,
  variables: Variables,
  readFile: (path: string) => Promise<string>,
): Promise<ResolvedServer> {
  const unsupported = unsupportedReason(definition);
  if (unsupported !== undefined) {
    throw new DefinitionError(unsupported, true);
  }
  const text = (value: JsonValue | undefined, what: string): string => {
    if (typeof value !== 'string') {
      throw new DefinitionError(`${what} is not a text.`);
    }
    return substitute(value, variables);
  };
  const { command, args = [], env = {}, envFile, cwd } = definition;
  if (!Array.isArray(args)) {
    throw new DefinitionError('args is not a list.');
  }
  if (typeof env !== 'object' || env === null || Array.isArray(env)) {
    throw new DefinitionError('env is not an object.');
  }
  const fromFile = envFile === undefined ? {} : parseEnvFile(await readFile(text(envFile, 'envFile')));
  return {
    command: text(command, 'command'),
    args: (args as readonly JsonValue[]).map((arg, index) => text(arg, `args[${index}]`)),
    env: { ...fromFile, ...environment(env as JsonObject, text) },
    cwd: cwd === undefined ? (variables.folders[0]?.fsPath ?? variables.userHome) : text(cwd, 'cwd'),
  };
}

function environment(
  env: JsonObject,
  text: (value: JsonValue, what: string) => string,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    // VS Code takes numbers for texts, and null for "not set".
    if (value !== null) {
      result[name] = typeof value === 'number' ? String(value) : text(value, `env.${name}`);
    }
  }
  return result;
}
