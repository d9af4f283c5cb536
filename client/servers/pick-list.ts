import { serverFingerprint } from '../../server/protocol';
import type { PickedServer } from './guarded-servers';
import { unsupportedReason } from './resolve-definition';

/** A server that a person can pick to be guarded. */
export interface PickEntry {
  readonly server: PickedServer;
  /**
   * `guarded`: picked before, as it was then; `new`; `changed`: a guarded server's name, but another definition, which
   * nobody has looked at.
   */
  readonly state: 'guarded' | 'new' | 'changed';
}

/**
 * Lists the servers to offer: those that are guarded, even if their file no longer has them, and the others of the
 * files.
 * @param configured the servers of `.vscode/mcp.json`
 * @param picked those that are guarded
 */
export function pickList(
  configured: readonly PickedServer[],
  picked: readonly PickedServer[],
): readonly PickEntry[] {
  const others = configured.filter(
    (server) =>
      unsupportedReason(server.definition) === undefined && !picked.some((old) => isSame(old, server)),
  );
  return [
    ...picked.map((server) => ({ server, state: 'guarded' as const })),
    ...others.map((server) => ({
      server,
      state: picked.some((old) => hasSamePlace(old, server)) ? ('changed' as const) : ('new' as const),
    })),
  ];
}

/** The servers of chosen entries; of two with one name and folder the newly chosen one. */
export function chosenServers(entries: readonly PickEntry[]): readonly PickedServer[] {
  return entries
    .filter(
      ({ server, state }) =>
        state !== 'guarded' ||
        !entries.some((other) => other.state === 'changed' && hasSamePlace(other.server, server)),
    )
    .map(({ server }) => server);
}

/** True for entries of one name in one folder's file. Those that an earlier version picked have no folder. */
function hasSamePlace(a: PickedServer, b: PickedServer): boolean {
  return a.name === b.name && (a.folder === b.folder || a.folder === undefined || b.folder === undefined);
}

/** True for the same definition under the same name in the same folder. */
export function isSame(a: PickedServer, b: PickedServer): boolean {
  return hasSamePlace(a, b) && serverFingerprint(a.definition) === serverFingerprint(b.definition);
}
