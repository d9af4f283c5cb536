import { fileRole, parsePolicyFile } from '../../policy';
import type { ParsedFile } from '../../policy';
import { sameText } from '../texts/decode';
import type { FileText } from '../texts/decode';
import { defaultSettings } from '../settings';
import type { Settings } from '../settings';
import { layOut } from './layout';
import type { Layout } from './layout';
import { PolicySetSnapshot } from './policy-set';
import { Snapshot } from './snapshot';
import { sameTraits, traitsOf } from './traits';
import type { Traits } from './traits';

interface TextFile extends FileText {
  readonly traits: Traits;
}

/**
 * Turns the texts of the workspace's files into policy sets. It is the one stateful object here; {@link snapshot}
 * returns an immutable view. Does no I/O, and does not know which text is the editor's and which the disk's.
 */
export class Workspace {
  #folders: readonly string[] = [];
  #settings: Settings = defaultSettings;
  readonly #files = new Map<string, TextFile>();
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
    this.#layout = undefined;
  }

  setSettings(settings: Settings): void {
    this.#settings = settings;
    this.#layout = undefined;
  }

  /** The text of a file is now another; undefined if the file is gone. */
  setFile(path: string, now: FileText | undefined): void {
    const before = this.#files.get(path);
    if (sameText(before, now)) {
      return;
    }
    this.#touched.add(path);
    if (now === undefined) {
      this.#files.delete(path);
      this.#layout = undefined;
      return;
    }
    const traits = traitsOf(path, now.text);
    this.#files.set(path, { ...now, traits });
    if (before === undefined || !sameTraits(before.traits, traits)) {
      this.#layout = undefined;
    }
  }

  /** True if anything changed since the last snapshot. */
  get isStale(): boolean {
    return this.#layout === undefined || this.#touched.size > 0;
  }

  /** How things stand. The same object, and the same parts of it, as long as nothing in them changed. */
  snapshot(): Snapshot {
    if (!this.isStale) {
      return this.#snapshot;
    }
    const relaid = this.#layout === undefined;
    const layout = (this.#layout ??= this.#layOut());
    const sets = relaid ? this.#allSets(layout) : this.#changedSets(layout);
    this.#touched.clear();
    this.#snapshot = new Snapshot(this.#settings, sets, layout);
    return this.#snapshot;
  }

  #layOut(): Layout {
    const traits = new Map([...this.#files].sort(byPath).map(([path, file]) => [path, file.traits]));
    return layOut(this.#folders, this.#settings.policies, traits, new Set(this.#snapshot.sets.keys()));
  }

  #allSets(layout: Layout): Map<string, PolicySetSnapshot> {
    const members = new Map<string, Map<string, ParsedFile>>();
    for (const [path, root] of layout) {
      const file = this.#parse(path, root);
      if (file === undefined) {
        continue;
      }
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
      if (root === undefined || before === undefined) {
        continue;
      }
      const file = this.#parse(path, root);
      if (file === undefined || before.files.get(file.path) === file) {
        continue;
      }
      sets.set(root, new PolicySetSnapshot(root, new Map(before.files).set(file.path, file), before));
    }
    return sets;
  }

  /** Parses a file anew only if its text, or its place in the set, changed. */
  #parse(path: string, root: string): ParsedFile | undefined {
    const file = this.#files.get(path);
    const relative = path.slice(root.length + 1);
    if (file === undefined || fileRole(relative) === 'ignored') {
      return undefined;
    }
    const before = this.#snapshot.sets.get(root)?.files.get(relative);
    const { text, encoding } = file;
    return before?.text === text && before.encoding === encoding
      ? before
      : parsePolicyFile({ path: relative, text, encoding });
  }
}

function byPath([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function sameFiles(a: ReadonlyMap<string, ParsedFile>, b: ReadonlyMap<string, ParsedFile>): boolean {
  return a.size === b.size && [...a].every(([path, file]) => b.get(path) === file);
}
