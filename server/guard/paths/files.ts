import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { errorCode } from '../../protocol';
import { Work } from './work';

/** The entry at a path. `unreadable`: it may exist, but the file system refused, or the limit of calls is reached. */
type Entry =
  | { readonly kind: 'link'; readonly text: string }
  | { readonly kind: 'other'; readonly hardLinks: boolean }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unreadable' };

const nothing: Entry = { kind: 'nothing' };
const unreadable: Entry = { kind: 'unreadable' };

/**
 * The file system as one call sees it: each path is looked at once, so that all readings agree, and every look is
 * counted. Over the limit nothing can be looked at any more.
 */
export class Files {
  readonly #work: Work;
  readonly #entries = new Map<string, Entry>();
  readonly #identities = new Map<string, string | undefined>();

  constructor(work: Work = new Work()) {
    this.#work = work;
  }

  /** Without following a link at the end. */
  entry(path: string): Entry {
    let entry = this.#entries.get(path);
    if (entry === undefined) {
      entry = this.#look(path);
      this.#entries.set(path, entry);
    }
    return entry;
  }

  /** Device and number of what a path leads to; undefined if there is nothing, or it can't be looked at. */
  identity(path: string): string | undefined {
    if (!this.#identities.has(path)) {
      this.#identities.set(path, this.#identify(path));
    }
    return this.#identities.get(path);
  }

  /** @throws as `realpath` does, or if too much was looked at */
  real(path: string): string {
    if (!this.#work.spend('fileCalls')) {
      throw new Error('too many calls of the file system');
    }
    return realpathSync.native(path);
  }

  #look(path: string): Entry {
    if (!this.#work.spend('fileCalls')) {
      return unreadable;
    }
    try {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats === undefined) {
        return nothing;
      }
      if (!stats.isSymbolicLink()) {
        return { kind: 'other', hardLinks: stats.isFile() && stats.nlink > 1 };
      }
      return this.#work.spend('fileCalls') ? { kind: 'link', text: readlinkSync(path) } : unreadable;
    } catch (error) {
      const code = errorCode(error);
      return code === 'ENOENT' || code === 'ENOTDIR' ? nothing : unreadable;
    }
  }

  #identify(path: string): string | undefined {
    if (!this.#work.spend('fileCalls')) {
      return undefined;
    }
    try {
      const stats: BigIntStats | undefined = statSync(path, { bigint: true, throwIfNoEntry: false });
      return stats && `${stats.dev}:${stats.ino}`;
    } catch {
      return undefined;
    }
  }
}
