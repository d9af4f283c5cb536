import { join } from 'node:path';
import type { DiskFolder } from '../home';

/** A file in which VS Code finds MCP servers that it would run without a guard. */
export interface ConfigFile {
  readonly path: string;
  /** For people: relative to its folder, or what it is. */
  readonly shown: string;
  /** VS Code's id of a server of this file. */
  readonly serverId: (name: string) => string;
}

/**
 * The files that are looked at for unguarded twins.
 * @param userConfig the profile's `mcp.json`, if it is on this machine
 */
export function configFiles(
  folders: readonly DiskFolder[],
  userConfig: ConfigFile | undefined,
): ConfigFile[] {
  const files = folders.flatMap(({ fsPath, name }, index) => {
    const shown = (path: string): string => (folders.length > 1 ? `${name}/${path}` : path);
    return [
      {
        path: join(fsPath, '.vscode', 'mcp.json'),
        shown: shown('.vscode/mcp.json'),
        serverId: (server: string) => `mcp.config.ws${index}.${server}`,
      },
      {
        path: join(fsPath, '.mcp.json'),
        shown: shown('.mcp.json'),
        serverId: (server: string) => `workspace-dot-mcp.${index}.${server}`,
      },
      {
        path: join(fsPath, '.cursor', 'mcp.json'),
        shown: shown('.cursor/mcp.json'),
        serverId: (server: string) => `cursor-workspace.${index}.${server}`,
      },
    ];
  });
  return userConfig === undefined ? files : [...files, userConfig];
}

/**
 * The profile's own `mcp.json`: beside the folder of the extensions' global storage.
 * @param globalStorage this extension's, `…/User/globalStorage/<id>` or `…/User/profiles/<profile>/globalStorage/<id>`
 * @returns undefined if it is not on this machine's disk
 */
export function userConfigFile(globalStorage: {
  readonly scheme: string;
  readonly fsPath: string;
}): ConfigFile | undefined {
  if (globalStorage.scheme !== 'file') {
    return undefined;
  }
  return {
    path: join(globalStorage.fsPath, '..', '..', 'mcp.json'),
    shown: 'mcp.json',
    serverId: (server) => `mcp.config.usrlocal.${server}`,
  };
}
