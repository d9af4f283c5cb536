import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  installationKey,
  openStateFolder,
  sessionWorkspace,
  stateFolder,
  workspaceKey,
} from '../server/protocol';
import type { SessionWorkspace, StateLayout } from '../server/protocol';

/** Whose window this is, on what, and where Gatehouse keeps its state. */
export interface Home {
  readonly layout: StateLayout;
  /** The installation key. */
  readonly key: Buffer;
  readonly user: string;
  readonly homeFolder: string;
}

/**
 * Opens the state folder.
 * @throws {StateError} if it can't be used
 */
export function openHome(): Home {
  const homeFolder = homedir();
  const layout = openStateFolder(stateFolder(process.env, homeFolder));
  return { layout, key: installationKey(layout), user: userInfo().username, homeFolder };
}

/** A folder of the workspace that is on this machine's disk. */
export interface DiskFolder {
  readonly name: string;
  readonly fsPath: string;
}

/** The workspace's folders that are on disk, in the window's order. */
export function diskFolders(): readonly DiskFolder[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ name, uri }) => ({ name, fsPath: uri.fsPath }));
}

/** The layer's name of this workspace's policies or servers. */
export function workspaceLayer<T extends 'policies' | 'servers'>(kind: T): `${T}:workspace:${string}` {
  return `${kind}:workspace:${workspaceKey(diskFolders().map(({ fsPath }) => fsPath))}`;
}

/** The workspace whose agent session this window's calls belong to: another one, if that is around this window's. */
function currentSessionWorkspace({ homeFolder, layout, user }: Home): SessionWorkspace {
  const folders = diskFolders().map(({ fsPath }) => fsPath);
  const name = vscode.workspace.name ?? '';
  return sessionWorkspace(layout, user, { name, folders }, homeFolder, Date.now());
}

/** Where the agent sessions that this window's calls belong to are kept. */
export function sessionFolder(home: Home): string {
  return join(home.layout.sessions, currentSessionWorkspace(home).key);
}
