import type { JsonObject, JsonValue } from '../../protocol';
import { hintOf, words } from './hints';
import type { Hint } from './hints';
import { clearlyPath, embeddedPaths, hasSeparator, isFileUri, otherScheme, relativeLook } from './look';
import { normalized } from './normalize';
import { hasGlob, placeOf } from './protected-places';
import { queryJson, schemePaths } from './schemes';
import {
  commandFolders,
  hasSubstitution,
  isCommand,
  isMessageAt,
  namesRoot,
  withoutMessages,
} from './text/commands';
import { markedTexts } from './text/markup';
import { patchedFiles } from './text/patches';
import { piecesOf } from './text/pieces';
import { isCode, isProse } from './text/prose';
import { Work } from './work';

/**
 * How much speaks for a text being a path, and so when it counts:
 * - `certain`: always;
 * - `likely`: if it is protected by its name, or if something is there, or in its folder;
 * - `mention`: if something is there, or in its folder, or if it is a protected name by itself;
 * - `name`: if what is there lies outside or is protected; or if it is within a protected place by its name;
 * - `unread`: always, and as the worst: there was more than can be looked at.
 */
type Weight = 'certain' | 'likely' | 'mention' | 'name' | 'unread';

/** A string of the arguments that may be a path. */
export interface Candidate {
  /** Where it is, e.g. `files[2].path`. */
  readonly argument: string;
  /** The name of the nearest named member, for what the argument is about. */
  readonly name: string;
  readonly text: string;
  readonly weight: Weight;
}

/** The texts that may be paths. `complete` is false if a limit was reached: then more may be there. */
interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly complete: boolean;
}

const limits = {
  depth: 64,
  /** Of a text that may be one path. */
  text: 65_536,
  /** Of a text that may hold paths: longer ones are data. */
  holder: 262_144,
  /** Of a text that may hold a patch, in an argument for texts. */
  patch: 4_194_304,
  /** Paths in one text. */
  parts: 512,
  /** Words of one text that may be names of something. */
  names: 64,
  /** Folders that names of one object may be in. */
  folders: 6,
};

/** The context of a string among the arguments. */
interface Around {
  readonly folders: readonly string[];
  /** A member beside it names a file: a text then is what that file holds, or gets. */
  readonly inFile: boolean;
}

/**
 * Finds everything in a call's arguments that may be a path: by the member's name, by the tool's input schema, by its
 * look, and by where it stands, at any depth: in lists, as members' names, inside strings that are JSON, tags, patches,
 * command lines or lists themselves, and as a name in a folder that another argument names. Prose and program code that
 * only speak of a path are left alone.
 */
export function findCandidates(
  args: JsonObject,
  schema: JsonObject | undefined,
  { home, work = new Work() }: { readonly home: string; readonly work?: Work },
): Candidates {
  const finder = new Finder(home, work);
  finder.visit(args, '', '', 'none', schema, 0, { folders: [], inFile: false });
  return { candidates: finder.found, complete: finder.complete };
}

class Finder {
  readonly found: Candidate[] = [];
  complete = true;
  readonly #home: string;
  readonly #work: Work;

  constructor(home: string, work: Work) {
    this.#home = home;
    this.#work = work;
  }

  visit(
    value: JsonValue,
    at: string,
    name: string,
    hint: Hint,
    schema: JsonValue | undefined,
    depth: number,
    around: Around,
  ): void {
    if (depth > limits.depth) {
      this.complete = false;
    } else if (typeof value === 'string') {
      this.#text(value, at, name, hint, around);
    } else if (Array.isArray(value)) {
      this.#list(value as readonly JsonValue[], at, name, hint, schema, depth, around);
    } else if (typeof value === 'object' && value !== null) {
      this.#object(value as JsonObject, at, hint, schema, depth, around);
    }
  }

  #list(
    items: readonly JsonValue[],
    at: string,
    name: string,
    hint: Hint,
    schema: JsonValue | undefined,
    depth: number,
    around: Around,
  ): void {
    const itemSchema = memberOf(schema, 'items');
    for (const [index, item] of items.entries()) {
      if (hint !== 'command' || !isMessageAt(items, index)) {
        this.visit(item, `${at}[${index}]`, name, hint, itemSchema, depth + 1, around);
      }
    }
    // The parts of one path: `["home", ".vscode", "settings.json"]`.
    if (items.length > 1 && items.length <= 32 && hint !== 'text' && items.every(isPathPart)) {
      this.#add(at, name, items.join('/'), 'name');
    }
  }

  #object(
    value: JsonObject,
    at: string,
    hint: Hint,
    schema: JsonValue | undefined,
    depth: number,
    around: Around,
  ): void {
    const properties = memberOf(schema, 'properties');
    const members = Object.entries(value).map(([key, member]) => {
      const memberSchema = memberOf(properties, key);
      return { key, member, memberSchema, hint: hintOf(key, memberSchema, hint) };
    });
    const folders = members.flatMap((each) =>
      (each.hint === 'exact' || each.hint === 'loose') && isFolderText(each.member) ? [each.member] : [],
    );
    const filed = members.find((each) => each.hint === 'exact' && namesFile(each.key, each.member));
    for (const { hint: own, key, member, memberSchema } of members) {
      if (!this.#work.spend('strings') || !this.#work.spend('characters', key.length)) {
        this.complete = false;
        return;
      }
      const where = at === '' ? key : `${at}.${key}`;
      if (clearlyPath(key) || (hint === 'exact' && relativeLook(key))) {
        this.#add(where, key, key, 'certain');
      }
      this.visit(member, where, key, own, memberSchema, depth + 1, {
        folders: [...folders.filter((folder) => folder !== member), ...around.folders].slice(
          0,
          limits.folders,
        ),
        inFile: around.inFile || (filed !== undefined && filed.key !== key),
      });
    }
  }

  #text(value: string, at: string, name: string, hint: Hint, around: Around): void {
    if (!this.#work.spend('strings')) {
      this.complete = false;
      return;
    }
    if (otherSpace.test(value)) {
      this.#text(value.replace(new RegExp(otherSpace, 'g'), '\n'), at, name, hint, around);
    }
    if (hint === 'text') {
      this.#inText(value, at, name, around);
      return;
    }
    if (!this.#work.spend('characters', value.length)) {
      this.#add(at, name, '', 'unread');
      return;
    }
    this.#inFolders(value, at, name, hint, around);
    if (this.#inside(value, at, name, hint, around)) {
      return;
    }
    if (hint === 'exact') {
      this.#inPath(value, at, name);
    } else {
      this.#inAny(value, at, name, hint);
    }
  }

  /** An argument for paths: the whole, the items of a list, and whatever else may be taken out of it. */
  #inPath(value: string, at: string, name: string): void {
    const elsewhere = otherScheme(value);
    this.#add(at, name, value, elsewhere ? 'mention' : 'certain');
    this.#schemes(value, at, name);
    if (elsewhere || value.length > limits.text) {
      return;
    }
    this.#parts(embeddedPaths(value), at, name, 'certain');
    this.#words(value, at, name, 'likely');
  }

  /** An argument that may hold anything. */
  #inAny(value: string, at: string, name: string, hint: 'loose' | 'command' | 'none'): void {
    if (isDisguised(value)) {
      this.#add(at, name, value, 'certain');
      return;
    }
    if (hint !== 'none' && isOverlong(value)) {
      this.#add(at, name, value, 'certain');
      return;
    }
    if (value.length > limits.holder) {
      if (!isBase64(value) && !isProse(value) && !isCode(value)) {
        this.#add(at, name, '', 'unread');
      }
      return;
    }
    if (clearlyPath(value)) {
      this.#add(at, name, value, hint === 'none' ? 'likely' : 'certain');
    } else if (hint === 'loose' ? hasSeparator(value) : relativeLook(value)) {
      this.#add(at, name, value, hint === 'loose' && !otherScheme(value) ? 'certain' : 'mention');
    } else if (isBareName(value, hint)) {
      this.#add(at, name, value, hint === 'loose' ? 'mention' : 'name');
    }
    this.#schemes(value, at, name);
    const command = hint === 'command' || hasSubstitution(value) || isCommand(value, false);
    if (command) {
      this.#command(value, at, name, hint === 'command' ? 'certain' : 'likely');
    } else if (!/\s/.test(value.trim()) || !(isProse(value) || (/[\r\n]/.test(value) && isCode(value)))) {
      this.#words(value, at, name, 'likely');
    } else if (/[\r\n]/.test(value)) {
      this.#parts(pathLines(value), at, name, 'mention');
    }
  }

  /** An argument for texts: only one that is nothing but a path, a list of some, a command line, or a patch. */
  #inText(value: string, at: string, name: string, around: Around): void {
    if (value.length > limits.text) {
      const begins = patchedFiles(value.slice(0, limits.text), false) !== undefined;
      if (begins && value.length > limits.patch) {
        this.#add(at, name, '', 'unread');
      } else if (begins) {
        this.#parts(patchedFiles(value, false) ?? [], at, name, 'likely');
      }
      return;
    }
    if (!this.#work.spend('characters', value.length)) {
      this.#add(at, name, '', 'unread');
      return;
    }
    if (words(name).some((word) => word === 'pattern' || word === 'patterns')) {
      this.#inFolders(value, at, name, 'text', around);
    }
    if (around.inFile ? this.#patch(value, at, name, false) : this.#inside(value, at, name, 'text', around)) {
      return;
    }
    if (clearlyPath(value) || relativeLook(value)) {
      this.#add(at, name, value, 'mention');
    } else if (isBareName(value, 'text')) {
      this.#add(at, name, value, 'name');
    }
    this.#schemes(value, at, name);
    const lines = value.split(/[\r\n]+/).filter((line) => line.trim() !== '');
    const isList = lines.length <= limits.parts && lines.every((line) => !/\s/.test(line.trim()));
    if (isCommand(value, true)) {
      this.#command(value, at, name, 'likely');
    } else if (isList && (lines.length === 1 || !around.inFile)) {
      this.#words(value, at, name, 'mention');
    }
  }

  /** A text with values inside. True if it is one, so that it is nothing else. */
  #inside(value: string, at: string, name: string, hint: Hint, around: Around): boolean {
    const inner = innerJson(value);
    if (inner !== undefined) {
      this.visit(inner, at, name, hint, undefined, limits.depth / 2, around);
      return true;
    }
    const marked = value.length <= limits.holder ? markedTexts(value) : undefined;
    for (const { name: member, text } of marked ?? []) {
      const own = hintOf(member, undefined, hint);
      this.#text(text, `${at}.${member}`, member, own, { folders: [], inFile: around.inFile });
    }
    return this.#patch(value, at, name, hint !== 'text') || (marked !== undefined && hint !== 'exact');
  }

  #patch(value: string, at: string, name: string, anywhere: boolean): boolean {
    const files = value.length <= limits.patch ? patchedFiles(value, anywhere) : undefined;
    this.#parts(files ?? [], at, name, 'likely');
    return files !== undefined;
  }

  /** A name in a folder that another argument names: `{cwd: ".git", path: "config"}`. */
  #inFolders(value: string, at: string, name: string, hint: Hint, { folders }: Around): void {
    const own = value.trim();
    if (folders.length === 0 || hint === 'command' || !isPathPart(own) || /\s.*\s/.test(own)) {
      return;
    }
    for (const folder of folders) {
      this.#add(at, name, `${folder}/${own}`, 'name');
      for (const outer of folders) {
        if (outer !== folder && !isAbsolute(folder)) {
          this.#add(at, name, `${outer}/${folder}/${own}`, 'name');
        }
      }
    }
  }

  #schemes(value: string, at: string, name: string): void {
    if (value.length <= 4096) {
      this.#parts(schemePaths(value, this.#home), at, name, 'likely');
      const query = queryJson(value);
      if (query !== undefined) {
        this.#inside(query, at, name, 'none', { folders: [], inFile: false });
      }
    }
  }

  /** The words of a command line; names also in the folders that it goes to. */
  #command(value: string, at: string, name: string, weight: Weight): void {
    const text = withoutMessages(value);
    const names = this.#words(text, at, name, weight);
    if (namesRoot(text)) {
      this.#add(at, name, '/', weight);
    }
    for (const folder of commandFolders(text)) {
      this.#parts(
        names.filter(isPathPart).map((each) => `${folder}/${each}`),
        at,
        name,
        'name',
      );
    }
  }

  /** Every word of a text, taken apart. Returns what may be names. */
  #words(value: string, at: string, name: string, weight: Weight): readonly string[] {
    const parts: string[] = [];
    const names: string[] = [];
    for (const word of value.split(/[\s'"`;|&<>(){}]+/)) {
      for (const piece of word === '' ? [] : piecesOf(word)) {
        if (piece === '/' && isMount(word)) {
          parts.push(piece);
        }
        if (piece === value || piece === '/dev/null' || /^[\\/*]+$/.test(piece)) {
          continue;
        }
        if (clearlyPath(piece) && !otherScheme(piece)) {
          parts.push(piece);
        } else if (isBareName(piece, 'text') || relativeLook(piece)) {
          names.push(piece);
        }
      }
      this.#schemes(word === value ? '' : word, at, name);
    }
    this.#parts(parts, at, name, weight);
    this.#parts(names.slice(0, limits.names), at, name, 'name');
    // Names of protected files are known without a look at the disk.
    for (const piece of names.slice(limits.names)) {
      if (placeOf(`/${piece}`, false) === 'inside') {
        this.#add(at, name, piece, 'name');
      }
    }
    return [...parts, ...names].slice(0, limits.names);
  }

  #parts(parts: readonly string[], at: string, name: string, weight: Weight): void {
    const distinct = [...new Set(parts)];
    for (const part of distinct.slice(0, limits.parts)) {
      this.#add(at, name, part, weight);
    }
    if (distinct.length > limits.parts) {
      this.#add(at, name, '', 'unread');
    }
  }

  #add(argument: string, name: string, text: string, weight: Weight): void {
    if (this.#work.spend('candidates')) {
      this.found.push({ argument, name, text, weight });
    } else {
      this.complete = false;
    }
  }
}

const longestPath = 4096;

/** Ends a line, or is stripped as space, for some servers (Python's `strip` and `splitlines`), and not for JavaScript. */
const otherSpace = /[\u001c-\u001f\u0085]/;

/** True for an option's value that mounts the root folder, as in `/:/host`. */
function isMount(word: string): boolean {
  return /^[^:]*\/:\/[^/]/.test(word);
}

/**
 * True if a text of several lines, or one longer than any system's paths, becomes a path once its dots are resolved, as
 * servers do before they open it: `x⏎/../.vscode/mcp.json`, or `././…/etc/passwd`.
 */
function isDisguised(text: string): boolean {
  const trimmed = text.trim();
  const severalLines = /[\r\n]/.test(trimmed);
  if ((!severalLines && text.length <= longestPath) || !/[\\/]/.test(text)) {
    return false;
  }
  const resolved = normalized(trimmed.replaceAll('\\', '/'));
  return (resolved.length <= longestPath && !/[\r\n]/.test(resolved)) || (!severalLines && isFileUri(text));
}

/** True for a text that may be the name of a file or folder: on one line, at most 255 characters, no separator. */
function isBareName(text: string, hint: Hint): boolean {
  return (
    text !== '' &&
    text.length <= 255 &&
    !/[\\/\r\n]/.test(text) &&
    (hint === 'loose' || !/\s/.test(text.trim())) &&
    !(hasGlob(text) && !text.startsWith('.')) &&
    !text.startsWith('--')
  );
}

/** Lines that are nothing but a path, in a text of several lines. */
function pathLines(text: string): readonly string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line.length <= longestPath && !/\s/.test(line) && line !== '/' && clearlyPath(line));
}

/**
 * True for a path that is too long for any system. Tells it from Base64 by its slashes: there, 1 character in 64 is
 * one.
 */
function isOverlong(text: string): boolean {
  return text.length > longestPath && !/\s/.test(text) && text.split(/[\\/]/).length * 32 > text.length;
}

function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/_\r\n-]*={0,2}\s*$/.test(text);
}

/** True for a string that may be appended to a folder: relative, on one line, at most 1,024 characters, no URI. */
function isPathPart(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value !== '.' &&
    value.length <= 1024 &&
    !/[\r\n]/.test(value) &&
    !isAbsolute(value) &&
    !otherScheme(value)
  );
}

function isAbsolute(text: string): boolean {
  return /^\s*([\\/~]|[A-Za-z]:[\\/])/.test(text);
}

function isFolderText(value: JsonValue): value is string {
  return (
    typeof value === 'string' && value !== '' && value !== '.' && value.length <= 1024 && !otherScheme(value)
  );
}

const folderWords = new Set(
  'dir directory directories folder folders cwd workdir basedir rootdir root roots dirname'.split(' '),
);

/** True if a member may name the file of the call: a string whose member name contains no word for a folder. */
function namesFile(key: string, value: JsonValue): boolean {
  return typeof value === 'string' && !words(key).some((word) => folderWords.has(word));
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? (value as JsonObject)[name]
    : undefined;
}

function innerJson(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text)) {
    return undefined;
  }
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
