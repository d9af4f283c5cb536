import type { ParsedDocument, ParsedFile, Policy, PolicyDocument, Suite } from '../../policy';
import { append } from '../workspace/grouping';
import type { PolicySetSnapshot } from '../workspace/policy-set';

/** All that a suite's results depend on: when each of these is the same object, so are the results. */
export interface Dependencies {
  readonly objects: readonly object[];
  /** Broken files among them, relative to the root. */
  readonly broken: readonly string[];
}

export function sameDependencies(a: Dependencies, b: Dependencies): boolean {
  return (
    a.objects.length === b.objects.length &&
    a.objects.every((object, at) => object === b.objects[at]) &&
    a.broken.join('\n') === b.broken.join('\n')
  );
}

interface DependencySource {
  readonly file: ParsedFile;
  /** Undefined if the file is so broken that it has none. */
  readonly document?: PolicyDocument;
}

const finders = new WeakMap<PolicySetSnapshot, DependencyFinder>();

/** Finds the files that the suites of a set depend on. One finder is made for each snapshot. */
export function dependenciesIn(set: PolicySetSnapshot): DependencyFinder {
  const finder = finders.get(set) ?? new DependencyFinder(set);
  finders.set(set, finder);
  return finder;
}

/**
 * Finds what suites depend on: the policies about the kinds of resources that they have, all principal and role
 * policies, whatever those import, and schemas.
 */
class DependencyFinder {
  readonly #byKind = new Map<string, DependencySource[]>();
  /** Policies that may matter to any suite: of principals, of roles, and those whose subject cannot be read. */
  readonly #always: DependencySource[] = [];
  readonly #exports = new Map<string, DependencySource[]>();
  readonly #schemas: ParsedFile[] = [];
  readonly #leftOut: ReadonlySet<string>;

  constructor(set: PolicySetSnapshot) {
    this.#leftOut = set.usable.leftOut;
    for (const file of set.files.values()) {
      if (file.role === 'schema') {
        this.#schemas.push(file);
      }
      if (file.role !== 'policy') {
        continue;
      }
      // Broken YAML may hide anything.
      if (file.documents.length === 0 && this.#leftOut.has(file.path)) {
        this.#always.push({ file });
      }
      for (const document of file.documents) {
        this.#note(file, document);
      }
    }
  }

  of(suite: Suite): Dependencies {
    const objects = new Set<object>([suite.file, ...this.#schemas]);
    for (const document of Object.values(suite.fixtures) as (ParsedDocument | undefined)[]) {
      if (document !== undefined) {
        objects.add(document);
      }
    }
    const broken = new Set<string>();
    const visit = ({ file, document }: DependencySource): void => {
      const object = document ?? file;
      if (objects.has(object)) {
        return;
      }
      objects.add(object);
      if (this.#leftOut.has(file.path)) {
        broken.add(file.path);
      }
      for (const name of document === undefined ? [] : importsOf(document.policy)) {
        this.#exports.get(name)?.forEach(visit);
      }
    };
    for (const kind of kindsOf(suite)) {
      this.#byKind.get(kind)?.forEach(visit);
    }
    this.#always.forEach(visit);
    return { objects: [...objects], broken: [...broken] };
  }

  #note(file: ParsedFile, document: ParsedDocument): void {
    if (document.kind !== 'policy') {
      return;
    }
    const { policy } = document;
    const place = { file, document };
    const kind = policy.resourcePolicy?.value.resource?.value;
    const name = exportNameOf(policy);
    if (kind !== undefined) {
      append(this.#byKind, kind, place);
    } else if (name !== undefined) {
      append(this.#exports, name, place);
    } else if (policy.principalPolicy ?? policy.rolePolicy) {
      this.#always.push(place);
    } else if (this.#leftOut.has(file.path)) {
      this.#always.push(place);
    }
  }
}

function exportNameOf(policy: Policy): string | undefined {
  const exported = policy.derivedRoles ?? policy.exportVariables ?? policy.exportConstants;
  return exported?.value.name?.value;
}

const imports = new WeakMap<Policy, readonly string[]>();
const kinds = new WeakMap<Suite, ReadonlySet<string>>();

/** The names that a policy imports by, whatever they are names of. */
function importsOf(policy: Policy): readonly string[] {
  return kept(imports, policy, findImports);
}

/** The kinds of the resources that a suite can try something on. */
function kindsOf(suite: Suite): ReadonlySet<string> {
  return kept(kinds, suite, findKinds);
}

function kept<K extends object, V>(known: WeakMap<K, V>, key: K, find: (key: K) => V): V {
  let value = known.get(key);
  if (value === undefined) {
    value = find(key);
    known.set(key, value);
  }
  return value;
}

function findImports(policy: Policy): readonly string[] {
  const bodies = [policy.resourcePolicy?.value, policy.principalPolicy?.value, policy.rolePolicy?.value];
  const lists = [policy.resourcePolicy?.value.importDerivedRoles];
  for (const body of [...bodies, policy.derivedRoles?.value]) {
    lists.push(body?.variables?.value.import, body?.constants?.value.import);
  }
  return lists.flatMap((list) => (list?.value ?? []).map(({ value }) => value));
}

function findKinds({ suite, fixtures }: Suite): ReadonlySet<string> {
  const found = new Set<string>();
  for (const resources of [suite?.resources?.value, fixtures.resources?.fixtures.resources?.value]) {
    for (const [, resource] of resources ?? []) {
      if (resource.value.kind !== undefined) {
        found.add(resource.value.kind.value);
      }
    }
  }
  return found;
}
