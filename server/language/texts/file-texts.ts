import { isCandidate, isSkippedFolder, isWorthKeeping, maxDepth, maxFiles } from './candidates';
import { decode, sameText } from './decode';
import type { FileText } from './decode';
import type { Disk } from './disk';

interface TextsListener {
  /** The text of a file is another now; undefined if the file is gone, or is none that matters any more. */
  changed(path: string, now: FileText | undefined): void;
  /** Everything that was to be read is read. */
  settled(): void;
}

/** How many files and folders are looked at at the same time. */
const concurrency = 16;

/**
 * Says what the text of each file is now: the editor's while the editor shows it, else the disk's. Whatever is heard of
 * the disk (an event of a watcher, a file that was saved or closed) only says where to look again: what counts is what
 * is there then. So events may come late, twice, in any order, or for a folder in place of all that is in it.
 *
 * Paths are absolute, with `/`.
 */
export class FileTexts {
  readonly #disk: Disk;
  readonly #listener: TextsListener;
  #folders: readonly string[] = [];
  /** Of the files on disk that matter, as last read. */
  readonly #read = new Map<string, FileText>();
  /** Of files that the editor shows; undefined for those that do not matter. */
  readonly #open = new Map<string, string | undefined>();
  /** Of files that were closed and not yet read again: until then the editor's text is the best that is known. */
  readonly #closed = new Map<string, string>();
  /** All candidates seen on disk, those included that do not matter. */
  readonly #seen = new Set<string>();
  /** Folders above one of those. Some may be gone. */
  readonly #parents = new Set<string>();
  /** Links to files: what happens to a file is told under its own name only, if at all. */
  readonly #links = new Set<string>();
  /** Where to look, and whether the path comes from listing its folder. */
  readonly #waiting = new Map<string, boolean>();
  readonly #looking = new Set<string>();
  #whenSettled: (() => void)[] = [];

  constructor(disk: Disk, listener: TextsListener) {
    this.#disk = disk;
    this.#listener = listener;
  }

  /** The folders whose files matter. They may lie in each other. */
  get folders(): readonly string[] {
    return this.#folders;
  }

  setFolders(folders: readonly string[]): void {
    const before = new Set(this.#folders);
    this.#folders = [...new Set(folders)];
    const kept = new Set(this.#folders);
    if ([...before].some((folder) => !kept.has(folder))) {
      for (const path of [...this.#seen, ...this.#closed.keys()]) {
        if (this.#rootOf(path) === undefined) {
          this.#apply(path, undefined);
        }
      }
    }
    for (const folder of this.#folders) {
      if (!before.has(folder)) {
        this.refresh(folder);
      }
    }
  }

  /** The text of a file at this moment; undefined if there is none that matters. */
  text(path: string): FileText | undefined {
    const read = this.#read.get(path);
    const edited = this.#open.has(path) ? this.#open.get(path) : this.#closed.get(path);
    if (edited !== undefined) {
      return { text: edited, encoding: read?.encoding };
    }
    return this.#open.has(path) ? undefined : read;
  }

  /** All files that have a text. */
  paths(): readonly string[] {
    const all = new Set([...this.#read.keys(), ...this.#open.keys(), ...this.#closed.keys()]);
    return [...all].filter((path) => this.text(path) !== undefined).sort();
  }

  /** The editor shows a file, or its text changed there. */
  edit(path: string, text: string): void {
    if (!isCandidate(path)) {
      return;
    }
    const before = this.text(path);
    // What mattered goes on mattering while it is being typed.
    const matters = before !== undefined || isWorthKeeping(path, text);
    this.#closed.delete(path);
    this.#open.set(path, matters ? text : undefined);
    this.#tell(path, before);
  }

  /** The editor no longer shows a file. */
  close(path: string): void {
    if (!this.#open.has(path)) {
      return;
    }
    const text = this.#open.get(path);
    const before = this.text(path);
    this.#open.delete(path);
    if (text !== undefined) {
      this.#closed.set(path, text);
    } else {
      this.#tell(path, before);
    }
    this.refresh(path);
  }

  /** Something may have happened on disk at a path, or below it. */
  refresh(path: string): void {
    this.#waiting.set(path, false);
    for (const link of this.#links) {
      this.#waiting.set(link, false);
    }
    this.#pump();
  }

  /** True if no reported change of a file waits to be read. */
  get isSettled(): boolean {
    return this.#waiting.size === 0 && this.#looking.size === 0;
  }

  /** Resolves when everything that is known to have happened has been looked at. */
  settled(): Promise<void> {
    if (this.isSettled) {
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#whenSettled.push(resolve));
  }

  #pump(): void {
    for (const [path, listed] of this.#waiting) {
      if (this.#looking.size >= concurrency) {
        return;
      }
      // One look after the other: the last is the latest.
      if (this.#looking.has(path)) {
        continue;
      }
      this.#waiting.delete(path);
      this.#looking.add(path);
      void this.#look(path, listed);
    }
  }

  async #look(path: string, listed: boolean): Promise<void> {
    const root = this.#rootOf(path);
    const entry = root === undefined ? undefined : await this.#disk.look(path, root, listed);
    this.#looking.delete(path);
    // What happened meanwhile is looked at anew, and then this is past.
    if (!this.#waiting.has(path)) {
      if (entry?.kind === 'folder' && this.#rootOf(path) !== undefined) {
        this.#list(path, entry);
      } else if (this.#parents.has(path)) {
        for (const each of this.#below(path)) {
          this.#wait(each, false);
        }
      }
      this.#apply(path, entry?.kind === 'file' ? entry.bytes : undefined);
      if (entry !== undefined && entry.kind !== 'folder' && entry.isLink && isCandidate(path)) {
        this.#links.add(path);
      } else {
        this.#links.delete(path);
      }
    }
    this.#pump();
    if (!this.isSettled) {
      return;
    }
    const waiting = this.#whenSettled;
    this.#whenSettled = [];
    this.#listener.settled();
    for (const resolve of waiting) {
      resolve();
    }
  }

  /** Looks at what is in a folder, and at what was known to be. */
  #list(folder: string, { files, folders }: { files: readonly string[]; folders: readonly string[] }): void {
    for (const name of [...files.filter((each) => isCandidate(`/${each}`)), ...folders].sort()) {
      const path = `${folder}/${name}`;
      const isRoom = this.#seen.has(path) || this.#seen.size + this.#waiting.size < this.#most;
      if (isRoom && this.#rootOf(path) !== undefined) {
        this.#wait(path, true);
      }
    }
    if (this.#parents.has(folder)) {
      for (const path of this.#below(folder)) {
        this.#wait(path, false);
      }
    }
  }

  #wait(path: string, listed: boolean): void {
    if (!this.#waiting.has(path)) {
      this.#waiting.set(path, listed);
    }
  }

  /**
   * Takes over the content of a file on disk.
   * @param bytes undefined if there is no file, or none that counts
   */
  #apply(path: string, bytes: Uint8Array | undefined): void {
    const before = this.text(path);
    this.#closed.delete(path);
    const counts = bytes !== undefined && this.#counts(path);
    const now = counts ? decode(bytes) : undefined;
    if (counts) {
      this.#note(path);
    } else {
      this.#seen.delete(path);
    }
    if (now !== undefined && isWorthKeeping(path, now.text)) {
      this.#read.set(path, now);
    } else {
      this.#read.delete(path);
    }
    this.#tell(path, before);
  }

  #counts(path: string): boolean {
    return (
      isCandidate(path) &&
      this.#rootOf(path) !== undefined &&
      (this.#seen.has(path) || this.#seen.size < this.#most)
    );
  }

  get #most(): number {
    return maxFiles * this.#folders.length;
  }

  #note(path: string): void {
    this.#seen.add(path);
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const parent = path.slice(0, at);
      if (this.#parents.has(parent)) {
        return;
      }
      this.#parents.add(parent);
    }
  }

  #below(folder: string): readonly string[] {
    return [...this.#seen].filter((path) => path.startsWith(`${folder}/`));
  }

  /** The innermost folder that a path is looked for in. */
  #rootOf(path: string): string | undefined {
    let found: string | undefined;
    for (const folder of this.#folders) {
      if (path !== folder && !path.startsWith(`${folder}/`)) {
        continue;
      }
      if (found !== undefined && found.length > folder.length) {
        continue;
      }
      const between = path.slice(folder.length + 1).split('/');
      if (between.length > maxDepth + 1) {
        continue;
      }
      // The last may be a file.
      const folders = isCandidate(path) ? between.slice(0, -1) : between;
      if (path === folder || !folders.some(isSkippedFolder)) {
        found = folder;
      }
    }
    return found;
  }

  #tell(path: string, before: FileText | undefined): void {
    const now = this.text(path);
    if (!sameText(before, now)) {
      this.#listener.changed(path, now);
    }
  }
}
