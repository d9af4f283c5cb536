import { posix, win32 } from 'node:path';
import type { JsonObject } from '../../protocol';
import type { PathContext, PathFact } from './context';
import { Files } from './files';
import { findCandidates } from './find';
import type { Candidate } from './find';
import { follow } from './follow';
import type { Followed } from './follow';
import { words } from './hints';
import { normalized } from './normalize';
import { foldedName, placeOf, protectedFiles } from './protected-places';
import { readingsOf, throughProcess } from './readings';
import { Work } from './work';

/**
 * Every path in a call's arguments, with where it leads. Of several readings the worst counts; what can't be resolved
 * counts as outside. Never throws.
 *
 * `protected` also covers folders *above* a protected place, because moving a folder away or another one in its place
 * changes what is below:
 * - one that exists for what is protected in it, such as `.vscode` or `.git`, for every call that isn't read-only;
 * - the workspace's folders, the home folder and whatever is above them, only for calls that remove or move what they
 *   are given, and not where the argument merely says in which repository or folder to work.
 *
 * The work is bounded and linear in the arguments' size ({@link workLimits}). What could be read, but not be looked at on
 * the disk any more, counts as outside; what could not even be read, as protected besides.
 * @param schema the tool's input schema, if it is known
 */
export function locatePaths(
  args: JsonObject,
  schema: JsonObject | undefined,
  context: PathContext,
  work: Work = new Work(),
): readonly PathFact[] {
  const { candidates, complete } = findCandidates(args, schema, { home: context.home, work });
  const places = new Places(context, work);
  const facts = new Map<string, PathFact>();
  for (const candidate of candidates) {
    const fact = places.locate(candidate);
    if (fact !== undefined) {
      facts.set(`${fact.argument}\0${fact.path}\0${fact.inWorkspace}${fact.protected}`, fact);
    }
  }
  const tooMany: PathFact = { argument: '', path: '', inWorkspace: false, protected: true };
  return complete ? [...facts.values()] : [...facts.values(), tooMany];
}

/** True if a word of the tool's name is a verb for removing or moving, as in `delete_folder` or `renameFile`. */
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

/** Means nothing but itself to whoever receives it. */
const plainName = /^\w[\w.-]*$/;

/** No text up to this length is left unread. */
const longestRead = 4096;

/** Folders as they are written and where they lead: an agent may name either. */
export function bothForms(
  folders: readonly string[],
  platform: NodeJS.Platform,
  files: Files = new Files(),
): readonly string[] {
  const path = platform === 'win32' ? win32 : posix;
  return [
    ...new Set(folders.flatMap((folder) => [path.resolve(folder), follow(folder, platform, files).target])),
  ];
}

class Places {
  readonly #context: PathContext;
  readonly #folders: readonly string[];
  /** Folded. */
  readonly #guarded: readonly string[];
  readonly #files: Files;
  readonly #work: Work;
  #everything: readonly string[] | undefined;

  constructor(context: PathContext, work: Work) {
    this.#context = context;
    this.#work = work;
    this.#files = new Files(work);
    this.#folders = bothForms(context.folders, context.platform, this.#files);
    this.#guarded = context.guarded.map(folded);
  }

  locate(candidate: Candidate): PathFact | undefined {
    const { argument, text, weight } = candidate;
    if (weight === 'unread') {
      return { argument, path: '', inWorkspace: false, protected: true };
    }
    if (weight === 'name' && plainName.test(text) && this.#isNowhere(text)) {
      return undefined;
    }
    const { paths, unclear } = readingsOf(text, this.#context, this.#work);
    const ways = paths.flatMap((path) => this.#ways(path));
    // What can't be read might be anything.
    const isProtected =
      (paths.length === 0 && (text.length > longestRead || this.#work.isSpent('pathCharacters'))) ||
      ways.some((way) => this.#isProtected(way, candidate));
    const outside = ways.find((way) => !this.#isInside(way));
    if (!this.#counts(candidate, ways, { isProtected, isOutside: outside !== undefined })) {
      return undefined;
    }
    const shown = outside ?? ways[0];
    return {
      argument,
      path: shown?.target ?? '',
      inWorkspace: !unclear && shown !== undefined && outside === undefined,
      protected: isProtected,
    };
  }

  /** The quick answer for most words: nothing of that name is in any folder that it may be relative to. */
  #isNowhere(name: string): boolean {
    return this.#context.bases.every((base) => {
      const path = this.#path.join(base, name);
      return this.#files.entry(path).kind === 'nothing' && placeOf(path, false) !== 'inside';
    });
  }

  /** Decides by the candidate's weight and by what exists on the disk if a text counts as a path of this call. */
  #counts(
    { text, weight }: Candidate,
    ways: readonly Followed[],
    { isOutside, isProtected }: { readonly isOutside: boolean; readonly isProtected: boolean },
  ): boolean {
    // What can't be looked at might be there.
    const isThere = (): boolean => ways.some((way) => way.exists || !way.resolved || this.#hasParent(way));
    switch (weight) {
      case 'certain':
      case 'unread':
        return true;
      case 'likely':
        return isProtected || isThere();
      case 'mention':
        return (isProtected && !/[\\/]/.test(text)) || isThere();
      case 'name':
        return (
          ways.some(({ target }) => placeOf(target, false) === 'inside') ||
          (isOutside && ways.some((way) => way.exists && !this.#isInside(way))) ||
          // A second name of a protected file, or a link to a folder that holds one; not such a folder by its own name.
          (isProtected &&
            ways.some(
              (way) => way.exists && (way.target !== way.entry || placeOf(way.entry, false) === 'clear'),
            ))
        );
    }
  }

  /** `..` taken by name, and after following links. */
  #ways(path: string): readonly Followed[] {
    const { platform } = this.#context;
    if (platform === 'win32') {
      return [follow(path, platform, this.#files)];
    }
    const ways = [follow(normalized(path), platform, this.#files)];
    return /(^|\/)\.\.(\/|$)/.test(path) ? [...ways, follow(path, platform, this.#files)] : ways;
  }

  #hasParent(way: Followed): boolean {
    const parent = this.#path.dirname(way.target);
    return (
      parent !== this.#path.dirname(parent) &&
      follow(parent, this.#context.platform, this.#files).exists &&
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
    return ancestor !== folder && folded(ancestor) === folded(folder) && this.#isSame(ancestor, folder);
  }

  #isProtected(way: Followed, candidate: Candidate): boolean {
    const { platform, readOnly, takesTrees: takes } = this.#context;
    const named = new Set([way.target, way.entry]);
    for (const path of platform === 'win32' ? [] : [...named]) {
      const own = throughProcess(path);
      if (own !== undefined) {
        named.add(own);
      }
    }
    for (const path of named) {
      if (!this.#work.spend('pathCharacters', path.length)) {
        return true;
      }
      const place = placeOf(path, !readOnly);
      const above = place === 'above' && !readOnly && !(this.#isWorkplace(path) && isContext(candidate));
      if (place === 'inside' || above || this.#isGuarded(path)) {
        return true;
      }
      if (takes && !isContext(candidate) && this.#isAboveEverything(path)) {
        return true;
      }
    }
    return way.exists && this.#isHardLinkToProtected(way.target);
  }

  #isGuarded(path: string): boolean {
    const below = folded(path);
    return this.#guarded.some((folder) => isBelowFolded(below, folder));
  }

  #isWorkplace(path: string): boolean {
    return this.#folders.includes(path);
  }

  /** The workspace, the home folder, the state folder's parents: with them everything below would go. */
  #isAboveEverything(path: string): boolean {
    this.#everything ??= [...this.#folders.map(folded), folded(this.#context.home), ...this.#guarded];
    const above = folded(path);
    return this.#everything.some((folder) => isBelowFolded(folder, above));
  }

  /** A second name of a protected file, made before. */
  #isHardLinkToProtected(path: string): boolean {
    const found = this.#files.entry(path);
    if (found.kind !== 'other' || !found.hardLinks) {
      return false;
    }
    const names = protectedFiles();
    return [...this.#folders, this.#context.home].some((folder) =>
      names.some((name) => {
        const [first = '', ...rest] = name.split('/');
        const top = this.#path.join(folder, first);
        return (
          this.#files.identity(top) !== undefined &&
          this.#isSame(path, rest.length === 0 ? top : this.#path.join(top, ...rest))
        );
      }),
    );
  }

  #isSame(a: string, b: string): boolean {
    const one = this.#files.identity(a);
    return one !== undefined && one === this.#files.identity(b);
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

function isBelowFolded(below: string, above: string): boolean {
  const folder = above.replace(/\/$/, '');
  return below === folder || below.startsWith(`${folder}/`);
}
