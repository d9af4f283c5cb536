import { mkdirSync, realpathSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { networkFileSystem } from './network-file-system';
import { privateFolder } from './private';
import { StateError } from './state-error';

/** Where everything lies in the state folder; all absolute. */
export interface StateLayout {
  readonly root: string;
  /** The installation key. */
  readonly key: string;
  /** The user's guarded servers as the user edits them. */
  readonly servers: string;
  /** The user's policies as the user edits them; not in force until activated. */
  readonly policies: string;
  readonly active: string;
  readonly activeIndex: string;
  readonly accepted: string;
  readonly sessions: string;
  /** Which workspaces have had sessions. */
  readonly workspaces: string;
  /** Sockets. */
  readonly run: string;
}

/**
 * The state folder of the person who starts the process: `GATEHOUSE_HOME`, else `.gatehouse` in the home folder.
 * Never taken from configuration.
 * @param env the process's environment
 * @param home the user's home folder, absolute
 * @throws {StateError} if `GATEHOUSE_HOME` is not an absolute path
 */
export function stateFolder(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const configured = env['GATEHOUSE_HOME'];
  if (configured === undefined || configured === '') {
    return join(home, '.gatehouse');
  }
  if (!isAbsolute(configured)) {
    throw new StateError(`GATEHOUSE_HOME is "${configured}". Make it an absolute path, or unset it.`);
  }
  return configured;
}

/** The layout of a state folder; touches nothing. */
export function stateLayout(root: string): StateLayout {
  const active = join(root, 'active');
  return {
    root,
    key: join(root, 'key'),
    servers: join(root, 'mcp.json'),
    policies: join(root, 'policies'),
    active,
    activeIndex: join(active, 'index.json'),
    accepted: join(root, 'accepted'),
    sessions: join(root, 'sessions'),
    workspaces: join(root, 'workspaces'),
    run: join(root, 'run'),
  };
}

/**
 * Makes the state folder ready: created where it is missing, closed to other users (0700).
 * @throws {StateError} if it is another user's, on a network file system, or can't be made private
 */
export function openStateFolder(root: string): StateLayout {
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new StateError(
      `The state folder ${root} can't be created. Check its parent folder's permissions.`,
      {
        cause,
      },
    );
  }
  const real = realpathSync.native(root);
  const network = networkFileSystem(real);
  if (network !== undefined) {
    throw new StateError(
      `The state folder ${real} is on a network file system (${network}), where locks can't be relied on. Set GATEHOUSE_HOME to a folder on a local disk.`,
    );
  }
  privateFolder(real);
  const layout = stateLayout(real);
  for (const folder of [layout.active, layout.accepted, layout.sessions, layout.workspaces, layout.run]) {
    privateFolder(folder);
  }
  return layout;
}
