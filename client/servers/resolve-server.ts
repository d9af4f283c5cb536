import { readFile } from 'node:fs/promises';
import { sep } from 'node:path';
import { diskFolders } from '../home';
import type { GuardedServer } from './guarded-servers';
import { resolveDefinition } from './resolve-definition';
import type { ResolvedServer } from './resolve-definition';

/**
 * How a server is started in this window, with nothing left to replace.
 * @throws {DefinitionError} {@link SubstitutionError} or what reading its `envFile` failed with
 */
export function resolveServer({ definition }: GuardedServer, homeFolder: string): Promise<ResolvedServer> {
  const variables = { folders: diskFolders(), userHome: homeFolder, env: process.env, pathSeparator: sep };
  return resolveDefinition(definition, variables, (path) => readFile(path, 'utf8'));
}
