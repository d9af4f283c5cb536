import type { ParsedFile } from '../../policy';
import type { Settings } from '../settings';
import type { PolicySetSnapshot } from './policy-set';

/** A file and the set that it is part of. */
export interface FileInSet {
  readonly set: PolicySetSnapshot;
  readonly file: ParsedFile;
}

/** The whole workspace at one moment. Immutable. */
export class Snapshot {
  readonly settings: Settings;
  /** By root. */
  readonly sets: ReadonlyMap<string, PolicySetSnapshot>;
  readonly #rootOf: ReadonlyMap<string, string>;

  constructor(
    settings: Settings,
    sets: ReadonlyMap<string, PolicySetSnapshot>,
    rootOf: ReadonlyMap<string, string>,
  ) {
    this.settings = settings;
    this.sets = sets;
    this.#rootOf = rootOf;
  }

  /** A file by absolute path; undefined if it is no part of a policy set. */
  find(path: string): FileInSet | undefined {
    const set = this.sets.get(this.#rootOf.get(path) ?? '');
    const file = set?.files.get(set.relative(path));
    return set && file && { set, file };
  }
}
