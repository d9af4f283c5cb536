import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privateFolder } from '../../server/protocol';

/** Longest path of a Unix socket that every supported system takes: macOS has 104 bytes with the final NUL. */
const longestSocketPath = 103;

/** Where this window listens, and how to tidy up after it. */
export interface SocketAddress {
  readonly path: string;
  /** After listening: lets only the owner connect. */
  protect(): Promise<void>;
  /** After closing: removes what was made. */
  remove(): Promise<void>;
}

/**
 * An address that only this user can connect to: a socket in an owner-only folder, on Windows a named pipe that
 * nobody can guess (whoever connects must prove itself all the same).
 * @param runFolder the state folder's `run/`; where its path is too long for a socket, a new folder in the
 *   temporary one is used
 */
export async function socketAddress(
  runFolder: string,
  platform: NodeJS.Platform,
  temporary = tmpdir(),
): Promise<SocketAddress> {
  const name = randomBytes(8).toString('hex');
  if (platform === 'win32') {
    const nothing = (): Promise<void> => Promise.resolve();
    return {
      path: `\\\\.\\pipe\\gatehouse-${randomBytes(16).toString('hex')}`,
      protect: nothing,
      remove: nothing,
    };
  }
  const preferred = join(runFolder, `${name}.sock`);
  if (Buffer.byteLength(preferred) <= longestSocketPath) {
    privateFolder(runFolder);
    await removeDeadSockets(runFolder);
    return unixAddress(preferred, () => rm(preferred, { force: true }));
  }
  for (const base of [temporary, '/tmp']) {
    if (Buffer.byteLength(join(base, 'gatehouse-XXXXXX', 's')) <= longestSocketPath) {
      // mkdtemp makes the folder 0700 under a name that did not exist.
      const folder = await mkdtemp(join(base, 'gatehouse-'));
      return unixAddress(join(folder, 's'), () => rm(folder, { recursive: true, force: true }));
    }
  }
  throw new Error(`No folder is short enough for a socket: tried ${runFolder} and ${temporary}.`);
}

function unixAddress(path: string, remove: () => Promise<void>): SocketAddress {
  return { path, protect: () => chmod(path, 0o600), remove };
}

/** A window that crashed leaves its socket behind; one that nobody answers on is removed. */
async function removeDeadSockets(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sock'));
  await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      if (await isRefused(path)) {
        await rm(path, { force: true });
      }
    }),
  );
}

function isRefused(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
