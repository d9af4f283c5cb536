import { compilePolicySet } from '../../policy';
import type { CompiledPolicies, ParsedFile, PolicyIssue } from '../../policy';
import { Facts } from './facts';
import { groupBy } from './grouping';

/** The part of a set that can be tested while other parts have errors. */
interface Usable {
  /** The set without its broken files; its own issues mean nothing, since they may be about what was left out. */
  readonly compiled: CompiledPolicies;
  /** Files that were left out, because they have errors or build on one that has. */
  readonly leftOut: ReadonlySet<string>;
}

/**
 * One policy set at one moment. Immutable; what is derived from the files is computed when first asked for, and kept.
 */
export class PolicySetSnapshot {
  /** The root's absolute path. */
  readonly root: string;
  /** By path relative to the root. */
  readonly files: ReadonlyMap<string, ParsedFile>;
  #compiled: CompiledPolicies | undefined;
  /** The latest compilation of the set before this moment. */
  #previous: CompiledPolicies | undefined;
  #usable: Usable | undefined;
  #facts: Facts | undefined;
  #issues: ReadonlyMap<string, readonly PolicyIssue[]> | undefined;

  /** @param before the set at an earlier moment: what has not changed since is not compiled again */
  constructor(root: string, files: ReadonlyMap<string, ParsedFile>, before?: PolicySetSnapshot) {
    this.root = root;
    this.files = files;
    this.#previous = before && (before.#compiled ?? before.#previous);
  }

  get compiled(): CompiledPolicies {
    if (this.#compiled) {
      return this.#compiled;
    }
    this.#compiled = compilePolicySet([...this.files.values()], this.#previous);
    this.#previous = undefined;
    return this.#compiled;
  }

  /** All issues, by file. */
  get issues(): ReadonlyMap<string, readonly PolicyIssue[]> {
    return (this.#issues ??= groupBy(this.compiled.issues, ({ file }) => file));
  }

  get usable(): Usable {
    return (this.#usable ??= withoutBroken(this.files, this.compiled));
  }

  get facts(): Facts {
    return (this.#facts ??= new Facts(this.files.values()));
  }

  absolute(path: string): string {
    return `${this.root}/${path}`;
  }

  relative(absolute: string): string {
    return absolute.slice(this.root.length + 1);
  }
}

/** How often files are left out and the rest is compiled again: a chain of imports or scopes is no longer than this. */
const maxRounds = 5;

function withoutBroken(files: ReadonlyMap<string, ParsedFile>, compiled: CompiledPolicies): Usable {
  const leftOut = new Set<string>();
  let current = compiled;
  for (let round = 0; current.set === undefined && round < maxRounds; round++) {
    const before = leftOut.size;
    for (const issue of current.issues) {
      if (issue.severity === 'error' && issue.stage !== 'test') {
        leftOut.add(issue.file);
      }
    }
    if (leftOut.size === before) {
      break;
    }
    const kept = [...files.values()].filter(({ path }) => !leftOut.has(path));
    current = compilePolicySet(kept, current);
  }
  return { compiled: current, leftOut };
}
