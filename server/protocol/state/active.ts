import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';
import { dirname, join, relative, sep } from 'node:path';
import { writeFileAtomically } from './files';
import type { StateLayout } from './folder';
import { FolderLock } from './folder-lock';
import { checkPrivateFolder, privateFolder, readPrivate } from './private';
import { errorCode, messageOf, StateError } from './state-error';

/**
 * The unit of activation: policies or guarded servers, of the user or of a workspace, e.g. `policies:workspace:KEY`.
 */
export type LayerName = `${'policies' | 'servers'}:${'user' | `workspace:${string}`}`;

/** A file of a layer: its path relative to the layer's root, `/` between the parts, and its text. */
export interface LayerFile {
  readonly path: string;
  readonly text: string;
}

/** `active/index.json`: which copy is in force for each layer. */
export interface ActiveIndex {
  readonly version: 1;
  /** Layer to digest of its copy. */
  readonly layers: Readonly<Record<string, string>>;
  /**
   * `extended`: the built-in base policies apply beside the user's. `replaced`: the user's replace them. Missing in
   * what 0.1.0 wrote, where they always did: an old activation keeps its meaning until the next.
   */
  readonly base?: BaseMode;
  /** Digests that a human has accepted once: they need no second yes. */
  readonly accepted: readonly string[];
}

/** `extended`: the built-in base decides where the user's policies are silent. `replaced`: it is not asked. */
export type BaseMode = 'extended' | 'replaced';

/** True only if user policies are in force and the index says `replaced`; a missing `base` counts as `replaced`. */
export function replacesBase({ base = 'replaced', layers }: Pick<ActiveIndex, 'base' | 'layers'>): boolean {
  return base === 'replaced' && Object.hasOwn(layers, 'policies:user');
}

/** The digest of a layer: SHA-256 over its files' paths and contents, sorted by path. */
export function layerDigest(files: readonly LayerFile[]): string {
  const hash = createHash('sha256');
  for (const { path, text } of sorted(files)) {
    const name = Buffer.from(path);
    const content = Buffer.from(text);
    hash.update(`${name.length}:${content.length}:`).update(name).update(content);
  }
  return hash.digest('hex');
}

/**
 * Reads the index of the layers in force; an empty index if nothing has ever been activated.
 * @throws {StateError} if the index is damaged, or gone although there are copies
 */
export function readActiveIndex(layout: StateLayout): ActiveIndex {
  const text = readPrivate(layout.activeIndex);
  if (text === undefined) {
    if (hasCopies(layout)) {
      throw new StateError(
        `${layout.activeIndex} is missing, so it is not known which policies are in force. Run "gatehouse activate".`,
      );
    }
    return { version: 1, layers: {}, accepted: [] };
  }
  const index = parseIndex(text);
  if (index === undefined) {
    throw new StateError(
      `${layout.activeIndex} is damaged, so it is not known which policies are in force. Run "gatehouse activate".`,
    );
  }
  return index;
}

/**
 * The files of a copy.
 * @throws {StateError} if the copy is missing or is not what its digest says
 */
export function readActiveCopy(layout: StateLayout, digest: string): readonly LayerFile[] {
  const root = join(layout.active, digest);
  let files: readonly LayerFile[];
  try {
    checkPrivateFolder(root);
    files = filesBelow(root, root);
  } catch (cause) {
    throw new StateError(`The active copy ${root} can't be read: ${messageOf(cause)}. ${repair}`, { cause });
  }
  if (layerDigest(files) !== digest) {
    throw new StateError(`The active copy ${root} is not what was activated. ${repair}`);
  }
  return files;
}

/**
 * The layer in force, or undefined if it was never activated.
 * @throws {StateError} if the index or the copy is damaged
 */
export function readActiveLayer(
  layout: StateLayout,
  layer: LayerName,
): { readonly digest: string; readonly files: readonly LayerFile[] } | undefined {
  const digest = readActiveIndex(layout).layers[layer];
  return digest === undefined ? undefined : { digest, files: readActiveCopy(layout, digest) };
}

/** A change of what is in force: the files that a layer consists of from now on, or undefined to take it away. */
export type Activation = readonly [layer: LayerName, files: readonly LayerFile[] | undefined];

/**
 * Puts layers into force, all at once: copies their files under their digests, then writes the index. A damaged index
 * is replaced.
 * @param base whether the user's policies extend the built-in base; left as it is if not given
 * @throws {StateError} if another process holds the store for too long
 */
export async function activateLayers(
  layout: StateLayout,
  activations: readonly Activation[],
  base?: BaseMode,
): Promise<ActiveIndex> {
  privateFolder(layout.active);
  const lock = await new FolderLock(join(layout.active, 'lock')).acquire();
  try {
    const before = parseIndex(readPrivate(layout.activeIndex) ?? '') ?? nothing;
    const layers = new Map(Object.entries(before.layers));
    const accepted = new Set(before.accepted);
    for (const [layer, files] of activations) {
      if (files === undefined) {
        layers.delete(layer);
        continue;
      }
      const digest = storeCopy(layout, files);
      layers.set(layer, digest);
      accepted.add(digest);
    }
    const mode = base ?? (replacesBase(before) ? 'replaced' : 'extended');
    const index: ActiveIndex = {
      version: 1,
      layers: Object.fromEntries([...layers].sort(([a], [b]) => (a < b ? -1 : 1))),
      // Of policies that are gone nothing is kept: those that come next extend the base.
      base: layers.has('policies:user') ? mode : 'extended',
      accepted: [...accepted].sort(),
    };
    writeFileAtomically(layout.activeIndex, `${JSON.stringify(index, undefined, 2)}\n`);
    return index;
  } finally {
    lock.release();
  }
}

const nothing: ActiveIndex = { version: 1, layers: {}, accepted: [] };

const repair = 'Run "gatehouse activate" to put it right.';

/** The copy becomes visible under its digest only when it is whole. One that is damaged is replaced. */
function storeCopy(layout: StateLayout, files: readonly LayerFile[]): string {
  const digest = layerDigest(files);
  const target = join(layout.active, digest);
  try {
    readActiveCopy(layout, digest);
    return digest;
  } catch {
    rmSync(target, { recursive: true, force: true });
  }
  const fresh = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  mkdirSync(fresh, { mode: 0o700 });
  for (const { path, text } of files) {
    const file = join(fresh, ...path.split('/'));
    if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) {
      throw new StateError(`"${path}" is not a path within a layer.`);
    }
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
  }
  renameSync(fresh, target);
  return digest;
}

function parseIndex(text: string): ActiveIndex | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const { accepted, base, layers, version } = value as Partial<Record<keyof ActiveIndex, unknown>>;
  const sound =
    version === 1 &&
    typeof layers === 'object' &&
    layers !== null &&
    Object.values(layers).every(isDigest) &&
    [undefined, 'extended', 'replaced'].includes(base as BaseMode | undefined) &&
    Array.isArray(accepted) &&
    accepted.every(isDigest);
  return sound ? (value as ActiveIndex) : undefined;
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function hasCopies(layout: StateLayout): boolean {
  try {
    return readdirSync(layout.active).some(isDigest);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return false;
    }
    throw error;
  }
}

function filesBelow(root: string, folder: string): readonly LayerFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return filesBelow(root, path);
    }
    const text = readPrivate(path);
    return text === undefined ? [] : [{ path: relative(root, path).split(sep).join('/'), text }];
  });
}

function sorted(files: readonly LayerFile[]): readonly LayerFile[] {
  return [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
}
