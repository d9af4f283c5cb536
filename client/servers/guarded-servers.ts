import { basename } from 'node:path';
import type { JsonObject } from '../../server/protocol';
import { parseMcpConfig } from './mcp-config';
import { unsupportedReason } from './resolve-definition';

/** A server that is offered to VS Code behind a guard. */
export interface GuardedServer {
  readonly name: string;
  /** How VS Code lists it: no configured server can have the name. */
  readonly label: string;
  readonly origin: 'user' | 'workspace';
  /** As written. */
  readonly definition: JsonObject;
  /** Where it comes from, for people. */
  readonly source: 'user' | 'workspace' | 'picked';
  /** Absolute path of the folder whose `.vscode/mcp.json` it was picked from: its variables are that folder's. */
  readonly folder?: string | undefined;
}

/** A server that is configured but can't be guarded. */
interface UnsupportedServer {
  readonly name: string;
  readonly source: GuardedServer['source'];
  readonly why: string;
}

/** A server of `.vscode/mcp.json` that the user picked, as it was at that moment. */
export interface PickedServer {
  readonly name: string;
  readonly definition: JsonObject;
  /** Absolute path of the folder that the file is in. */
  readonly folder?: string | undefined;
}

/** The server definitions in force: the active copies' texts, and the servers that were picked. */
interface ServerSources {
  /** Text of the active copy of the user's `mcp.json`. */
  readonly user?: string | undefined;
  /** Text of the active copy of the workspace's `.gatehouse/mcp.json`; absent while the workspace is not trusted. */
  readonly workspace?: string | undefined;
  /** Absent while the workspace is not trusted. */
  readonly picked?: readonly PickedServer[] | undefined;
}

export interface GuardedServers {
  readonly servers: readonly GuardedServer[];
  readonly unsupported: readonly UnsupportedServer[];
  /** The mistakes in the active copies, one sentence each. */
  readonly problems: readonly string[];
}

/**
 * Merges the definitions of all sources. Of two with the same name, the user's own comes first, then the workspace's,
 * and a picked one last; the later ones get a label of their own, since both run.
 */
export function guardedServers(sources: ServerSources): GuardedServers {
  const problems: string[] = [];
  const configured = (['user', 'workspace'] as const).flatMap((source) => {
    const text = sources[source];
    if (text === undefined) {
      return [];
    }
    const config = parseMcpConfig(text, ['servers']);
    problems.push(...config.problems.map((problem) => `${source}: ${problem}`));
    return config.servers.map(({ name, definition }) => ({ name, definition, source }));
  });
  const all: (PickedServer & Pick<GuardedServer, 'source'>)[] = [
    ...configured,
    ...(sources.picked ?? []).map((picked) => ({ ...picked, source: 'picked' as const })),
  ];
  const servers: GuardedServer[] = [];
  const unsupported: UnsupportedServer[] = [];
  for (const { definition, folder, name, source } of all) {
    const why = unsupportedReason(definition);
    if (why === undefined) {
      const origin = source === 'user' ? 'user' : 'workspace';
      const label = freeLabel(name, { source, folder }, servers);
      servers.push({ name, definition, source, origin, label, ...(folder === undefined ? {} : { folder }) });
    } else {
      unsupported.push({ name, source, why });
    }
  }
  return { servers, unsupported, problems };
}

function freeLabel(
  name: string,
  { folder, source }: Pick<GuardedServer, 'source' | 'folder'>,
  taken: readonly GuardedServer[],
): string {
  const place = folder === undefined ? source : basename(folder);
  const isFree = (label: string): boolean =>
    taken.every((server) => server.label.toLowerCase() !== label.toLowerCase());
  const labels = [`${name} (guarded)`, `${name} (guarded, ${place})`, `${name} (guarded, ${source})`];
  for (let count = 2; count <= taken.length + 2; count += 1) {
    labels.push(`${name} (guarded, ${place} ${count})`);
  }
  return labels.find(isFree) ?? labels.join();
}
