import { readFile } from 'node:fs/promises';
import { sep } from 'node:path';
import { diskFolders } from '../home';
import type { GuardedServer } from './guarded-servers';
import { DefinitionError, resolveDefinition } from './resolve-definition';
import type { ResolvedServer } from './resolve-definition';

/**
 * How a server is started in this window, with nothing left to replace.
 * @throws {DefinitionError} {@link SubstitutionError} or what reading its `envFile` failed with
 */
export async function resolveServer(
  { definition, folder }: GuardedServer,
  homeFolder: string,
): Promise<ResolvedServer> {
  const open = diskFolders();
  const own = open.filter(({ fsPath }) => fsPath === folder);
  if (folder !== undefined && own.length === 0) {
    throw new DefinitionError(`The folder ${folder} that it was picked from is not open.`);
  }
  // What belongs to a folder starts there, and means it by ${workspaceFolder}.
  const folders = [...own, ...open.filter(({ fsPath }) => fsPath !== folder)];
  const variables = { folders, userHome: homeFolder, env: process.env, pathSeparator: sep };
  return resolveDefinition(definition, variables, (path) => readFile(path, 'utf8'));
}
