import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { writeFileAtomically } from './files';
import type { StateLayout } from './folder';
import { canonicalFolders, sessionKey } from './keys';
import { privateFolder, readPrivate } from './private';

/** A workspace that has had an agent session: `workspaces/<key>.json`. */
export interface KnownWorkspace {
  readonly version: 1;
  /** The session key: the name of its folder in `sessions/`. */
  readonly key: string;
  readonly user: string;
  readonly name: string;
  /** Canonical paths. */
  readonly folders: readonly string[];
  /** ISO 8601. */
  readonly since: string;
  /** When a guard last ran in it, to the day or so; ISO 8601. */
  readonly used: string;
}

/** The workspace whose agent session a folder's calls belong to. */
export interface SessionWorkspace {
  readonly key: string;
  readonly name: string;
  readonly folders: readonly string[];
  /** Another workspace holds the folders that were asked for. */
  readonly isAround: boolean;
}

const day = 24 * 60 * 60_000;
/** A workspace in which no guard ran for so long takes no others in any more. */
const rememberedDays = 30;

/**
 * The workspace whose session the calls in a workspace belong to: the outermost known one that holds all of its folders,
 * so that limits which are used up there hold below it; else itself. One that holds the home folder takes no others in,
 * or everything would be one session.
 * @param folders absolute; none stands for the home folder
 * @param home the user's home folder, absolute
 * @param now milliseconds since the epoch
 */
export function sessionWorkspace(
  layout: StateLayout,
  user: string,
  workspace: { readonly name: string; readonly folders: readonly string[] },
  home: string,
  now: number,
): SessionWorkspace {
  const folders = canonicalFolders(workspace.folders);
  const own = sessionKey(user, workspace.folders);
  const [homeFolder = home] = canonicalFolders([home]);
  const around = knownWorkspaces(layout).filter(
    (known) =>
      known.user === user &&
      known.key !== own &&
      !known.folders.some((folder) => holds(folder, homeFolder)) &&
      now - Date.parse(known.used) <= rememberedDays * day &&
      holdsAll(known.folders, folders),
  );
  const since = readWorkspace(layout, own)?.since;
  // Each of two may hold the other (`a` and `a, a/b`): then it is the one that was known first.
  const outermost = around
    .filter(
      (known) =>
        !around.some(
          (other) => holdsAll(other.folders, known.folders) && !holdsAll(known.folders, other.folders),
        ) &&
        (!holdsAll(folders, known.folders) || since === undefined || known.since < since),
    )
    .sort((a, b) => (a.since === b.since ? compare(a.key, b.key) : compare(a.since, b.since)))[0];
  return outermost === undefined
    ? { key: own, name: workspace.name, folders: workspace.folders, isAround: false }
    : { key: outermost.key, name: outermost.name, folders: outermost.folders, isAround: true };
}

/** Notes that a guard runs in a workspace. @param now milliseconds since the epoch */
export function rememberWorkspace(
  layout: StateLayout,
  user: string,
  { folders, key, name }: Pick<SessionWorkspace, 'key' | 'name' | 'folders'>,
  now: number,
): void {
  const before = readWorkspace(layout, key);
  if (before !== undefined && Math.abs(now - Date.parse(before.used)) < day) {
    return;
  }
  const used = new Date(now).toISOString();
  const known: KnownWorkspace = {
    version: 1,
    key,
    user,
    name,
    folders: canonicalFolders(folders),
    since: before?.since ?? used,
    used,
  };
  privateFolder(layout.workspaces);
  writeFileAtomically(pathOf(layout, key), `${JSON.stringify(known, undefined, 2)}\n`);
}

/** All workspaces that have had an agent session; files that are damaged are left out. */
export function knownWorkspaces(layout: StateLayout): readonly KnownWorkspace[] {
  return namesIn(layout).flatMap((name) => readWorkspace(layout, name.slice(0, -5)) ?? []);
}

function namesIn(layout: StateLayout): readonly string[] {
  privateFolder(layout.workspaces);
  return readdirSync(layout.workspaces).filter((name) => /^[0-9a-f]{16}\.json$/.test(name));
}

function readWorkspace(layout: StateLayout, key: string): KnownWorkspace | undefined {
  try {
    const value = JSON.parse(readPrivate(pathOf(layout, key)) ?? 'null') as Partial<
      Record<keyof KnownWorkspace, unknown>
    > | null;
    const texts = [value?.user, value?.name, value?.since, value?.used];
    const sound =
      value?.version === 1 &&
      value.key === key &&
      texts.every((member) => typeof member === 'string') &&
      Array.isArray(value.folders) &&
      value.folders.every((folder) => typeof folder === 'string');
    return sound ? (value as KnownWorkspace) : undefined;
  } catch {
    return undefined;
  }
}

function pathOf(layout: StateLayout, key: string): string {
  return join(layout.workspaces, `${key}.json`);
}

function holdsAll(outer: readonly string[], inner: readonly string[]): boolean {
  return inner.every((folder) => outer.some((around) => holds(around, folder)));
}

function holds(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : `${outer}${sep}`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
