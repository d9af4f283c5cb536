import type { ParsedFile } from '../../policy';
import { Attribute } from './attributes';
import { factsOf } from './file-facts';
import type { FileFacts } from './file-facts';

/**
 * The roles, kinds, actions and attributes of an application, as the files of its policy set name them. Facts of one
 * file are gathered once; facts of all files are merged when they are first read.
 */
export class Facts {
  readonly #files: readonly ParsedFile[];
  #kindsByFolder: ReadonlyMap<string, ReadonlyMap<string, string>> | undefined;

  constructor(files: Iterable<ParsedFile>) {
    this.#files = [...files];
  }

  get principal(): Attribute {
    return this.#merged(({ principal }) => principal);
  }

  /** The claims of tokens. */
  get claims(): Attribute {
    return this.#merged(({ claims }) => claims);
  }

  get globals(): Attribute {
    return this.#merged(({ globals }) => globals);
  }

  get roles(): ReadonlySet<string> {
    return this.#names(({ roles }) => roles);
  }

  get kinds(): ReadonlySet<string> {
    return this.#names(({ kinds }) => kinds);
  }

  get scopes(): ReadonlySet<string> {
    return this.#names(({ scopes }) => scopes);
  }

  get versions(): ReadonlySet<string> {
    return this.#names(({ versions }) => versions);
  }

  /** The attributes of resources of some kinds, or of all. */
  resources(kinds?: readonly string[]): Attribute {
    const all = new Attribute();
    for (const { resources } of this.#each()) {
      if (resources.size === 0) {
        continue;
      }
      for (const kind of kinds ?? resources.keys()) {
        const attribute = resources.get(kind);
        if (attribute !== undefined) {
          all.merge(attribute);
        }
      }
    }
    return all;
  }

  /** The actions on one kind of resource, or on any: those that policies name, and those that tests try. */
  actions(kind?: string): ReadonlySet<string> {
    const all = new Set<string>();
    for (const { actions } of this.#each()) {
      for (const [of, names] of actions) {
        if (kind === undefined || of === kind) {
          addAll(all, names);
        }
      }
    }
    for (const file of this.#files) {
      const { tried } = factsOf(file);
      if (tried.length === 0) {
        continue;
      }
      const fixtures = this.#fixtureKinds().get(`${folderOf(file)}testdata/`);
      for (const { fixture, actions } of tried) {
        const of = fixtures?.get(fixture);
        if (of !== undefined && (kind === undefined || of === kind)) {
          addAll(all, actions);
        }
      }
    }
    return all;
  }

  *#each(): Generator<FileFacts> {
    for (const file of this.#files) {
      yield factsOf(file);
    }
  }

  #names(of: (facts: FileFacts) => ReadonlySet<string>): ReadonlySet<string> {
    const all = new Set<string>();
    for (const facts of this.#each()) {
      addAll(all, of(facts));
    }
    return all;
  }

  #merged(of: (facts: FileFacts) => Attribute): Attribute {
    const all = new Attribute();
    for (const facts of this.#each()) {
      all.merge(of(facts));
    }
    return all;
  }

  /** The kinds of the resources in fixture files, by folder and name. */
  #fixtureKinds(): ReadonlyMap<string, ReadonlyMap<string, string>> {
    if (this.#kindsByFolder !== undefined) {
      return this.#kindsByFolder;
    }
    const kinds = new Map<string, Map<string, string>>();
    for (const file of this.#files) {
      if (file.role !== 'resources') {
        continue;
      }
      const folder = folderOf(file);
      const known = kinds.get(folder) ?? new Map<string, string>();
      for (const [name, kind] of factsOf(file).kindOfFixture) {
        if (!known.has(name)) {
          known.set(name, kind);
        }
      }
      kinds.set(folder, known);
    }
    return (this.#kindsByFolder = kinds);
  }
}

function addAll(into: Set<string>, names: Iterable<string>): void {
  for (const name of names) {
    into.add(name);
  }
}

/** With the slash at its end; empty at the root. */
function folderOf({ path }: ParsedFile): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
