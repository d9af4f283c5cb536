import { fileRole, parsePolicyFile } from '../../policy';
import type { ParsedFile } from '../../policy';
import { defaultSettings } from '../settings';
import type { Settings } from '../settings';
import { layOut } from './layout';
import type { Layout } from './layout';
import { PolicySetSnapshot } from './policy-set';
import { Snapshot } from './snapshot';
import { sameTraits, traitsOf } from './traits';
import type { Traits } from './traits';

interface TextFile {
  readonly text: string;
  readonly traits: Traits;
}

/**
 * The files of the workspace as they come and go: those on disk, and over them those that are open in the editor. The
 * only thing here that changes; {@link snapshot} says how things stand. Does no I/O.
 */
export class Workspace {
  #folders: readonly string[] = [];
  #settings: Settings = defaultSettings;
  readonly #disk = new Map<string, TextFile>();
  readonly #open = new Map<string, TextFile>();
  /** Paths whose text may differ from the snapshot's. */
  readonly #touched = new Set<string>();
  /** Undefined when files came, went or changed what they are. */
  #layout: Layout | undefined;
  #snapshot = new Snapshot(defaultSettings, new Map(), new Map());

  get folders(): readonly string[] {
    return this.#folders;
  }

  get settings(): Settings {
    return this.#settings;
  }

  setFolders(folders: readonly string[]): void {
    this.#folders = folders;
    for (const path of this.#disk.keys()) {
      if (!folders.some((folder) => path.startsWith(`${folder}/`))) this.removeFile(path);
    }
    this.#layout = undefined;
  }

  setSettings(settings: Settings): void {
    this.#settings = settings;
    this.#layout = undefined;
  }

  /** A file on disk is there or has changed. */
  setFile(path: string, text: string): void {
    this.#put(this.#disk, path, text);
  }

  /** A file on disk is gone. */
  removeFile(path: string): void {
    if (this.#disk.delete(path)) this.#gone(path);
  }

  /** The editor shows a file, or its text changed there. */
  openFile(path: string, text: string): void {
    this.#put(this.#open, path, text);
  }

  /** The editor no longer shows a file: what is on disk counts again. */
  closeFile(path: string): void {
    if (this.#open.delete(path)) this.#gone(path);
  }

  /** Whether a file is there, on disk or in the editor. */
  has(path: string): boolean {
    return this.#current(path) !== undefined;
  }

  /** Paths on disk at or below a path, for when a whole folder goes. */
  below(path: string): readonly string[] {
    return [...this.#disk.keys()].filter((each) => each === path || each.startsWith(`${path}/`));
  }

  /** Whether anything changed since the last snapshot. */
  get isStale(): boolean {
    return this.#layout === undefined || this.#touched.size > 0;
  }

  /** How things stand. The same object, and the same parts of it, as long as nothing in them changed. */
  snapshot(): Snapshot {
    if (!this.isStale) return this.#snapshot;
    const relaid = this.#layout === undefined;
    const layout = (this.#layout ??= this.#layOut());
    const sets = relaid ? this.#allSets(layout) : this.#changedSets(layout);
    this.#touched.clear();
    this.#snapshot = new Snapshot(this.#settings, sets, layout);
    return this.#snapshot;
  }

  #put(files: Map<string, TextFile>, path: string, text: string): void {
    const before = this.#current(path);
    if (files.get(path)?.text === text) return;
    files.set(path, { text, traits: traitsOf(path, text) });
    const after = this.#current(path);
    if (before?.text === after?.text) return;
    this.#touched.add(path);
    if (before === undefined || after === undefined || !sameTraits(before.traits, after.traits))
      this.#layout = undefined;
  }

  #gone(path: string): void {
    this.#touched.add(path);
    this.#layout = undefined;
  }

  #current(path: string): TextFile | undefined {
    return this.#open.get(path) ?? this.#disk.get(path);
  }

  #layOut(): Layout {
    const paths = [...new Set([...this.#disk.keys(), ...this.#open.keys()])].sort();
    const traits = new Map<string, Traits>();
    for (const path of paths) {
      const file = this.#current(path);
      if (file !== undefined) traits.set(path, file.traits);
    }
    return layOut(this.#folders, this.#settings.policies, traits, new Set(this.#snapshot.sets.keys()));
  }

  #allSets(layout: Layout): Map<string, PolicySetSnapshot> {
    const members = new Map<string, Map<string, ParsedFile>>();
    for (const [path, root] of layout) {
      const file = this.#parse(path, root);
      if (file === undefined) continue;
      const files = members.get(root) ?? new Map<string, ParsedFile>();
      files.set(file.path, file);
      members.set(root, files);
    }
    const sets = new Map<string, PolicySetSnapshot>();
    for (const [root, files] of members) {
      const before = this.#snapshot.sets.get(root);
      sets.set(
        root,
        before && sameFiles(before.files, files) ? before : new PolicySetSnapshot(root, files, before),
      );
    }
    return sets;
  }

  #changedSets(layout: Layout): Map<string, PolicySetSnapshot> {
    const sets = new Map(this.#snapshot.sets);
    for (const path of this.#touched) {
      const root = layout.get(path);
      const before = root === undefined ? undefined : sets.get(root);
      if (root === undefined || before === undefined) continue;
      const file = this.#parse(path, root);
      if (file === undefined || before.files.get(file.path) === file) continue;
      sets.set(root, new PolicySetSnapshot(root, new Map(before.files).set(file.path, file), before));
    }
    return sets;
  }

  /** Parses a file anew only if its text, or its place in the set, changed. */
  #parse(path: string, root: string): ParsedFile | undefined {
    const text = this.#current(path)?.text;
    const relative = path.slice(root.length + 1);
    if (text === undefined || fileRole(relative) === 'ignored') return undefined;
    const before = this.#snapshot.sets.get(root)?.files.get(relative);
    return before?.text === text ? before : parsePolicyFile({ path: relative, text });
  }
}

function sameFiles(a: ReadonlyMap<string, ParsedFile>, b: ReadonlyMap<string, ParsedFile>): boolean {
  return a.size === b.size && [...a].every(([path, file]) => b.get(path) === file);
}
