import { basename, join } from 'node:path';
import { installationId, installationKey, sessionKey } from '../../protocol';
import type { LogOwner, StateLayout } from '../../protocol';
import { HeadSeal } from './log-head';

/** Where the sessions of a user in a workspace are kept, and what shows that they are theirs. */
export interface SessionPlace {
  /** Absolute, named after the session key; its parent exists. */
  readonly folder: string;
  readonly user: { readonly id: string; readonly name: string };
  readonly workspace: { readonly name: string; readonly folders: readonly string[] };
  /** The installation's id. */
  readonly installation: string;
  readonly seal: HeadSeal;
}

/**
 * The place of a user's sessions in a workspace.
 * @throws {StateError} if the installation key is damaged
 */
export function sessionPlace(
  layout: StateLayout,
  user: SessionPlace['user'],
  workspace: SessionPlace['workspace'],
): SessionPlace {
  const key = installationKey(layout);
  return {
    folder: join(layout.sessions, sessionKey(user.id, workspace.folders)),
    user,
    workspace,
    installation: installationId(key),
    seal: new HeadSeal(key),
  };
}

/** The owner to write into the header of a log. */
export function ownerOf({ folder, installation, user, workspace }: SessionPlace): LogOwner {
  return { user, workspace, key: basename(folder), installation };
}

/**
 * Why a log does not belong where it lies; undefined if it does.
 * @param key the name of the folder that it lies in
 * @param installation this installation's id
 */
export function strangeness(owner: LogOwner, key: string, installation: string): string | undefined {
  const { folders, name } = owner.workspace;
  // Version 1 says whose it is, but not under which name it lies.
  if ((owner.key ?? sessionKey(owner.user.id, folders)) !== key) {
    return `it belongs to the session of ${JSON.stringify(owner.user.name)} in ${JSON.stringify(folders[0] ?? name)}`;
  }
  return owner.installation === undefined || owner.installation === installation
    ? undefined
    : 'it was written by another installation of Gatehouse, or before its key was made anew';
}
