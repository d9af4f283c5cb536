import { lstatSync, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import type { JsonObject } from '../../protocol';
import type { PathContext, PathFact } from './context';
import { findCandidates } from './find';
import type { Candidate } from './find';
import { follow } from './follow';
import type { Followed } from './follow';
import { words } from './hints';
import { foldedName, placeOf, protectedFiles } from './protected-places';
import { readingsOf } from './readings';

/**
 * Every path in a call's arguments, with where it leads. Of several readings the worst counts; what can't be resolved
 * counts as outside. Never throws.
 *
 * `protected` also covers folders *above* a protected place, because moving a folder away or another one in its place
 * changes what is below:
 * - one that exists for what is protected in it, such as `.vscode` or `.git`, for every call that isn't read-only;
 * - the workspace's folders, the home folder and whatever is above them, only for calls that remove or move what they
 *   are given, and not where the argument merely says in which repository or folder to work.
 * @param schema the tool's input schema, if it is known
 */
export function locatePaths(
  args: JsonObject,
  schema: JsonObject | undefined,
  context: PathContext,
): readonly PathFact[] {
  const { candidates, complete } = findCandidates(args, schema);
  const places = new Places(context);
  const facts = new Map<string, PathFact>();
  for (const candidate of candidates) {
    const fact = places.locate(candidate);
    if (fact !== undefined) {
      facts.set(JSON.stringify(fact), fact);
    }
  }
  const tooMany: PathFact = { argument: '', path: '', inWorkspace: false, protected: true };
  return complete ? [...facts.values()] : [...facts.values(), tooMany];
}

/** Whether a tool's name says that it removes or moves what it is given. */
export function takesTrees(tool: string): boolean {
  return words(tool).some((word) => treeVerbs.has(word));
}

const treeVerbs = new Set(
  'delete del remove rm rmdir rmtree unlink purge prune destroy wipe erase trash move mv rename replace clean'.split(
    ' ',
  ),
);
/** Arguments that say where to work, not what to take. */
const contextWords = new Set('repo repository cwd workdir working'.split(' '));

/** No text up to this length is left unread. */
const longestRead = 4096;

/** Folders as they are written and where they lead: an agent may name either. */
export function bothForms(folders: readonly string[], platform: NodeJS.Platform): readonly string[] {
  const path = platform === 'win32' ? win32 : posix;
  return [...new Set(folders.flatMap((folder) => [path.resolve(folder), follow(folder, platform).target]))];
}

class Places {
  readonly #context: PathContext;
  readonly #folders: readonly string[];
  readonly #guarded: readonly string[];

  constructor(context: PathContext) {
    this.#context = context;
    this.#folders = bothForms(context.folders, context.platform);
    this.#guarded = context.guarded;
  }

  locate(candidate: Candidate): PathFact | undefined {
    const { argument, text } = candidate;
    const { paths, unclear } = readingsOf(text, this.#context);
    const ways = paths.flatMap((path) => this.#ways(path));
    // What is too long to be read might be anything.
    const isProtected =
      (paths.length === 0 && text.length > longestRead) ||
      ways.some((way) => this.#isProtected(way, candidate));
    const isProtectedName = isProtected && !/[\\/]/.test(text);
    if (!candidate.certain && !isProtectedName && !ways.some((way) => way.exists || this.#hasParent(way))) {
      return undefined;
    }
    const outside = ways.find((way) => !this.#isInside(way));
    const shown = outside ?? ways[0];
    return {
      argument,
      path: shown?.target ?? '',
      inWorkspace: !unclear && shown !== undefined && outside === undefined,
      protected: isProtected,
    };
  }

  /** `..` taken by name, and after following links. */
  #ways(path: string): readonly Followed[] {
    const { platform } = this.#context;
    if (platform === 'win32') {
      return [follow(path, platform)];
    }
    const byName = posix.normalize(path);
    const ways = [follow(byName, platform)];
    return /(^|\/)\.\.(\/|$)/.test(path) ? [...ways, follow(path, platform)] : ways;
  }

  #hasParent(way: Followed): boolean {
    const parent = this.#path.dirname(way.target);
    return (
      parent !== this.#path.dirname(parent) &&
      follow(parent, this.#context.platform).exists &&
      !this.#isBase(parent)
    );
  }

  #isBase(path: string): boolean {
    return this.#context.bases.includes(path);
  }

  /** Both where it leads, and the entry itself: a link outside the workspace is outside, wherever it points. */
  #isInside(way: Followed): boolean {
    return (
      way.resolved && this.#isWithin(way.target, this.#folders) && this.#isWithin(way.entry, this.#folders)
    );
  }

  #isWithin(path: string, folders: readonly string[]): boolean {
    return folders.some((folder) => this.#isBelow(path, folder) || this.#isBelowByIdentity(path, folder));
  }

  #isBelow(path: string, folder: string): boolean {
    const { sep } = this.#path;
    return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
  }

  /** Where case does not matter, names that differ in case lead to the same folder: the file system is asked. */
  #isBelowByIdentity(path: string, folder: string): boolean {
    const { sep } = this.#path;
    const parts = path.split(sep);
    const depth = folder.split(sep).length;
    const ancestor = parts.slice(0, depth).join(sep);
    return folded(ancestor) === folded(folder) && ancestor !== folder && sameFile(ancestor, folder);
  }

  #isProtected(way: Followed, candidate: Candidate): boolean {
    const { readOnly, takesTrees: takes } = this.#context;
    const paths = new Set([way.target, way.entry]);
    for (const path of paths) {
      const place = placeOf(path, !readOnly);
      const above = place === 'above' && !readOnly && !(this.#isWorkplace(path) && isContext(candidate));
      if (place === 'inside' || above || this.#guarded.some((folder) => isFoldedBelow(path, folder))) {
        return true;
      }
      if (takes && !isContext(candidate) && this.#isAboveEverything(path)) {
        return true;
      }
    }
    return way.exists && this.#isHardLinkToProtected(way.target);
  }

  #isWorkplace(path: string): boolean {
    return this.#folders.includes(path);
  }

  /** The workspace, the home folder, the state folder's parents: with them everything below would go. */
  #isAboveEverything(path: string): boolean {
    return [...this.#folders, this.#context.home, ...this.#guarded].some((folder) =>
      isFoldedBelow(folder, path),
    );
  }

  /** A second name of a protected file, made before. */
  #isHardLinkToProtected(path: string): boolean {
    try {
      const found = lstatSync(path, { bigint: true });
      if (!found.isFile() || found.nlink < 2n) {
        return false;
      }
    } catch {
      return false;
    }
    const names = protectedFiles();
    return [...this.#folders, this.#context.home].some((folder) =>
      names.some((name) => sameFile(path, this.#path.join(folder, ...name.split('/')))),
    );
  }

  get #path(): typeof posix {
    return this.#context.platform === 'win32' ? win32 : posix;
  }
}

function isContext(candidate: Candidate): boolean {
  return words(candidate.name).some((word) => contextWords.has(word));
}

function folded(path: string): string {
  return path.split(/[\\/]/).map(foldedName).join('/');
}

function isFoldedBelow(path: string, folder: string): boolean {
  const below = folded(path);
  const above = folded(folder).replace(/\/$/, '');
  return below === above || below.startsWith(`${above}/`);
}

function sameFile(a: string, b: string): boolean {
  try {
    const one = statSync(a, { bigint: true });
    const other = statSync(b, { bigint: true });
    return one.ino === other.ino && one.dev === other.dev;
  } catch {
    return false;
  }
}
