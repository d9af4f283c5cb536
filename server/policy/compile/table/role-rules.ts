import { isGlob } from '../../names/glob';
import type { RoleEntry, RolePolicyHead } from './rows';
import { nameMatches } from '../../names/name-matches';

/** The entries of one role policy, by the kind of resource. */
class RoleEntries {
  readonly #exact = new Map<string, RoleEntry[]>();
  readonly #globs: RoleEntry[] = [];
  readonly #order = new Map<RoleEntry, number>();

  constructor(entries: readonly RoleEntry[]) {
    for (const [index, entry] of entries.entries()) {
      this.#order.set(entry, index);
      const { resource } = entry;
      const others = isGlob(resource) ? this.#globs : this.#exact.get(resource);
      if (others) {
        others.push(entry);
      } else {
        this.#exact.set(resource, [entry]);
      }
    }
  }

  /** In the order in which they are written. */
  about(resource: string): readonly RoleEntry[] {
    const exact = this.#exact.get(resource) ?? [];
    const globs = this.#globs.filter((entry) => nameMatches(entry.resource, resource));
    if (globs.length === 0) {
      return exact;
    }
    if (exact.length === 0) {
      return globs;
    }
    const place = (entry: RoleEntry): number => this.#order.get(entry) ?? 0;
    return [...exact, ...globs].sort((a, b) => place(a) - place(b));
  }
}

/** The role policies of one version and scope. A look-up costs the same however many roles there are. */
export class RoleRules {
  readonly #heads = new Map<string, RolePolicyHead>();
  readonly #byRole = new Map<string, RoleEntries>();
  readonly #all: RoleEntry[] = [];
  readonly #names = new Set<string>();
  readonly #globs = new Set<string>();

  add(head: RolePolicyHead, entries: readonly RoleEntry[]): void {
    this.#heads.set(head.role, head);
    this.#byRole.set(head.role, new RoleEntries(entries));
    this.#all.push(...entries);
    for (const { resource } of entries) {
      (isGlob(resource) ? this.#globs : this.#names).add(resource);
    }
  }

  /** The role's policy, if it has one. */
  head(role: string): RolePolicyHead | undefined {
    return this.#heads.get(role);
  }

  /** Everything that the policies list. */
  get entries(): readonly RoleEntry[] {
    return this.#all;
  }

  /** The entries of the role's policy for a kind of resource. */
  about(role: string, resource: string): readonly RoleEntry[] {
    return this.#byRole.get(role)?.about(resource) ?? [];
  }

  /** True if any role's policy has an entry for a kind of resource. */
  speaksOf(resource: string): boolean {
    if (this.#names.has(resource)) {
      return true;
    }
    for (const glob of this.#globs) {
      if (nameMatches(glob, resource)) {
        return true;
      }
    }
    return false;
  }
}
