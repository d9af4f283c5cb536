import { folderGlob } from './glob';
import { append } from './grouping';
import type { Traits } from './traits';

/** Which policy set each file belongs to: absolute path to the absolute path of the set's root. Other files are absent. */
export type Layout = ReadonlyMap<string, string>;

/**
 * Groups a workspace's files into policy sets. A folder that a glob names, and that holds a Cerbos policy, is one set.
 * Policies elsewhere, recognized by what they say, make one set per workspace folder, with the suites and fixtures
 * beside them. A set whose subfolders repeat each other's policies is a set per subfolder.
 *
 * All paths are absolute, with `/`. Linear in the number of files.
 * @param proven - roots that were sets before: they stay, even if their only policy is half typed now
 */
export function layOut(
  folders: readonly string[],
  globs: readonly string[],
  files: ReadonlyMap<string, Traits>,
  proven: ReadonlySet<string> = new Set(),
): Layout {
  const roots = new RootFinder(folders, globs);
  const sets = new Map<string, string[]>();
  const elsewhere: [path: string, folder: string][] = [];
  const add = (root: string, path: string): void => append(sets, root, path);
  for (const [path, traits] of files) {
    const root = roots.named(path);
    const folder = roots.folderOf(path);
    if (root !== undefined) {
      if (traits.content !== 'foreign') {
        add(root, path);
      }
    } else if (folder !== undefined) {
      elsewhere.push([path, folder]);
    }
  }
  for (const [root, members] of sets) {
    const known = isOwn(root) || proven.has(root);
    if (!known && !members.some((path) => files.get(path)?.content === 'policy')) {
      sets.delete(root);
    }
  }
  gather(elsewhere, files, add);
  const layout = new Map<string, string>();
  for (const [root, members] of sets) {
    split(root, members, files, layout, 0);
  }
  return layout;
}

/**
 * The folder to look into for the set of a policy that is open but lies in no workspace folder: the outermost around
 * it that a glob names, else its own.
 */
export function looseFolder(path: string, globs: readonly string[]): string {
  const isNamed = namedBy(globs);
  const segments = path.split('/').slice(0, -1);
  for (let length = 2; length < segments.length; length++) {
    const folder = segments.slice(0, length).join('/');
    if (isNamed(folder)) {
      return folder;
    }
  }
  return segments.join('/');
}

/** Says of a folder whether it is a set of policies by its name. */
export function namedBy(globs: readonly string[]): (folder: string) => boolean {
  const named = ['**/.gatehouse/policies', ...globs].map(folderGlob);
  return (folder) => named.some((matches) => matches(folder));
}

/** Gatehouse's own folder needs no proof. */
function isOwn(root: string): boolean {
  return root.endsWith('/.gatehouse/policies');
}

class RootFinder {
  readonly #folders: readonly string[];
  readonly #isNamed: (folder: string) => boolean;
  readonly #known = new Map<string, string | undefined>();

  constructor(folders: readonly string[], globs: readonly string[]) {
    // The innermost folder comes first, so that it wins.
    this.#folders = folders.toSorted((a, b) => b.length - a.length);
    this.#isNamed = namedBy(globs);
  }

  folderOf(path: string): string | undefined {
    return this.#folders.find((folder) => path.startsWith(`${folder}/`));
  }

  /** The outermost folder around a file that a glob names. */
  named(path: string): string | undefined {
    const folder = this.folderOf(path);
    return folder === undefined ? undefined : this.#search(parentOf(path), folder);
  }

  #search(directory: string, folder: string): string | undefined {
    if (directory.length < folder.length) {
      return undefined;
    }
    if (this.#known.has(directory)) {
      return this.#known.get(directory);
    }
    const outer = this.#search(parentOf(directory), folder);
    // The workspace folder's own name counts, too: somebody may open just the folder of policies.
    const relative = directory.slice(parentOf(folder).length + 1);
    const found = outer ?? (this.#isNamed(relative) ? directory : undefined);
    this.#known.set(directory, found);
    return found;
  }
}

/** Finds the sets outside named folders. */
function gather(
  elsewhere: readonly (readonly [string, string])[],
  files: ReadonlyMap<string, Traits>,
  add: (root: string, path: string) => void,
): void {
  const withPolicies = new Set<string>();
  const schemaRoots = new Set<string>();
  for (const [path, folder] of elsewhere) {
    const at = path.indexOf('/_schemas/', folder.length);
    if (at >= 0) {
      schemaRoots.add(path.slice(0, at));
    }
    if (files.get(path)?.content === 'policy' && !isHiddenBelow(folder, path)) {
      withPolicies.add(folder);
    }
  }
  const rootOf = (path: string, folder: string): string => {
    for (let at = parentOf(path); at.length > folder.length; at = parentOf(at)) {
      if (schemaRoots.has(at)) {
        return at;
      }
    }
    return folder;
  };
  const suiteFolders = new Set<string>();
  const rest: (readonly [string, string])[] = [];
  for (const [path, folder] of elsewhere) {
    if (!withPolicies.has(folder) || isHiddenBelow(folder, path)) {
      continue;
    }
    const content = files.get(path)?.content;
    if (content === 'suite') {
      suiteFolders.add(parentOf(path));
    }
    if (content === 'suite' || content === 'policy') {
      add(rootOf(path, folder), path);
    } else {
      rest.push([path, folder]);
    }
  }
  for (const [path, folder] of rest) {
    const directory = parentOf(path);
    const isFixture = directory.endsWith('/testdata') && suiteFolders.has(parentOf(directory));
    if (isFixture || path.includes('/_schemas/')) {
      add(rootOf(path, folder), path);
    }
  }
}

function isHiddenBelow(folder: string, path: string): boolean {
  return path.includes('/.', folder.length);
}

/** The most levels of folders that are looked through for sets that repeat each other. */
const maxSplits = 6;

function split(
  root: string,
  members: readonly string[],
  files: ReadonlyMap<string, Traits>,
  layout: Map<string, string>,
  depth: number,
): void {
  const children = depth < maxSplits ? separateSets(root, members, files) : undefined;
  if (children === undefined) {
    for (const path of members) {
      layout.set(path, root);
    }
    return;
  }
  for (const [child, inside] of children) {
    split(child, inside, files, layout, depth + 1);
  }
}

/** The root's subfolders, if they are sets of their own: two of them say the same about half of their subjects. */
function separateSets(
  root: string,
  members: readonly string[],
  files: ReadonlyMap<string, Traits>,
): Map<string, string[]> | undefined {
  const inside = new Map<string, string[]>();
  const subjects = new Map<string, Set<string>>();
  for (const path of members) {
    const end = path.indexOf('/', root.length + 1);
    if (end < 0) {
      // A policy beside the subfolders binds them together.
      if (files.get(path)?.content === 'policy') {
        return undefined;
      }
      continue;
    }
    const child = path.slice(0, end);
    if (child.endsWith('/_schemas') || child.endsWith('/testdata')) {
      return undefined;
    }
    append(inside, child, path);
    const own = subjects.get(child) ?? new Set<string>();
    for (const subject of files.get(path)?.subjects ?? []) {
      own.add(subject);
    }
    subjects.set(child, own);
  }
  const only = inside.size === 1 ? [...inside.keys()][0] : undefined;
  if (only !== undefined) {
    // Look further down, but a set that turns out to be one keeps its root.
    return separateSets(only, inside.get(only) ?? [], files) && inside;
  }
  return repeatEachOther([...subjects.values()]) ? inside : undefined;
}

function repeatEachOther(children: readonly ReadonlySet<string>[]): boolean {
  const holders = new Map<string, number[]>();
  children.forEach((subjects, at) => {
    for (const subject of subjects) {
      holders.set(subject, [...(holders.get(subject) ?? []), at]);
    }
  });
  const shared = new Map<string, number>();
  for (const held of holders.values()) {
    for (const [at, first] of held.entries()) {
      for (const second of held.slice(at + 1)) {
        const pair = `${first} ${second}`;
        const count = (shared.get(pair) ?? 0) + 1;
        shared.set(pair, count);
        const sizes = [children[first]?.size ?? 0, children[second]?.size ?? 0];
        const smaller = Math.min(...sizes);
        // One copied file is a mistake to be reported, not a set of its own.
        if (count * 2 >= smaller && (smaller > 1 || Math.max(...sizes) === 1)) {
          return true;
        }
      }
    }
  }
  return false;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
