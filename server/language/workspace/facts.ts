import type { JsonValue } from '../../cel';
import type {
  Located,
  ParsedDocument,
  ParsedFile,
  Policy,
  Principal,
  Resource,
  TestSuite,
} from '../../policy';
import { Attribute } from './attributes';

/** What the files of a set tell about the application that it is for. */
export interface Facts {
  readonly principal: Attribute;
  /** By the kind of resource. */
  readonly resources: ReadonlyMap<string, Attribute>;
  /** The claims of tokens. */
  readonly claims: Attribute;
  readonly globals: Attribute;
  readonly roles: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
  /** By the kind of resource. */
  readonly actions: ReadonlyMap<string, ReadonlySet<string>>;
  readonly scopes: ReadonlySet<string>;
  readonly versions: ReadonlySet<string>;
}

/** What one document tells; kept with the document, so that an edit gathers anew only what it touched. */
const known = new WeakMap<ParsedDocument, FactsBuilder>();

export function gatherFacts(files: Iterable<ParsedFile>): Facts {
  const all = new FactsBuilder();
  for (const file of files) {
    for (const document of file.documents) {
      let facts = known.get(document);
      if (facts === undefined) {
        facts = new FactsBuilder();
        facts.document(document);
        known.set(document, facts);
      }
      all.merge(facts);
    }
  }
  all.resolveTried();
  return all;
}

class FactsBuilder implements Facts {
  readonly principal = new Attribute();
  readonly resources = new Map<string, Attribute>();
  readonly claims = new Attribute();
  readonly globals = new Attribute();
  readonly roles = new Set<string>();
  readonly kinds = new Set<string>();
  readonly actions = new Map<string, Set<string>>();
  readonly scopes = new Set<string>();
  readonly versions = new Set<string>();
  /** The kinds of the resources that fixtures name. */
  readonly #kindsByFixture = new Map<string, Set<string>>();
  /** What tests try on which fixtures; the fixtures may be in another document. */
  readonly #tried: { readonly fixtures: readonly string[]; readonly actions: readonly string[] }[] = [];

  document(document: ParsedDocument): void {
    switch (document.kind) {
      case 'policy':
        this.#policy(document.policy);
        break;
      case 'suite':
        this.#suite(document.suite);
        break;
      case 'principals':
        for (const [, principal] of document.fixtures.principals?.value ?? [])
          this.#principal(principal.value);
        break;
      case 'resources':
        for (const [name, resource] of document.fixtures.resources?.value ?? [])
          this.#resource(name, resource.value);
        break;
      case 'auxData':
        for (const [, auxData] of document.fixtures.auxData?.value ?? []) this.#claims(auxData.value.jwt);
        break;
    }
  }

  merge(other: FactsBuilder): void {
    this.principal.merge(other.principal);
    this.claims.merge(other.claims);
    this.globals.merge(other.globals);
    for (const [kind, attribute] of other.resources) this.#attributesOf(kind).merge(attribute);
    for (const role of other.roles) this.roles.add(role);
    for (const kind of other.kinds) this.kinds.add(kind);
    for (const [kind, actions] of other.actions) for (const action of actions) this.#action(kind, action);
    for (const scope of other.scopes) this.scopes.add(scope);
    for (const version of other.versions) this.versions.add(version);
    for (const [name, kinds] of other.#kindsByFixture) for (const kind of kinds) this.#fixture(name, kind);
    this.#tried.push(...other.#tried);
  }

  /** Takes the actions of tests for actions of the kinds of resources that they are tried on. */
  resolveTried(): void {
    for (const { fixtures, actions } of this.#tried) {
      for (const kind of fixtures.flatMap((name) => [...(this.#kindsByFixture.get(name) ?? [])])) {
        for (const action of actions) this.#action(kind, action);
      }
    }
  }

  #policy(policy: Policy): void {
    const { resourcePolicy, principalPolicy, rolePolicy, derivedRoles } = policy;
    const body = resourcePolicy?.value ?? principalPolicy?.value ?? rolePolicy?.value;
    note(this.versions, body?.version);
    note(this.scopes, body?.scope);
    if (resourcePolicy !== undefined) {
      const { resource, rules } = resourcePolicy.value;
      note(this.kinds, resource);
      for (const { value } of rules?.value ?? []) {
        this.#roles(value.roles);
        for (const action of value.actions?.value ?? []) this.#action(resource?.value, action.value);
      }
    }
    for (const { value } of principalPolicy?.value.rules?.value ?? []) {
      note(this.kinds, value.resource);
      for (const { value: entry } of value.actions?.value ?? [])
        this.#action(value.resource?.value, entry.action?.value);
    }
    if (rolePolicy !== undefined) {
      note(this.roles, rolePolicy.value.role);
      this.#roles(rolePolicy.value.parentRoles);
      for (const { value } of rolePolicy.value.rules?.value ?? []) {
        note(this.kinds, value.resource);
        for (const action of value.allowActions?.value ?? [])
          this.#action(value.resource?.value, action.value);
      }
    }
    for (const { value } of derivedRoles?.value.definitions?.value ?? []) this.#roles(value.parentRoles);
  }

  #suite(suite: TestSuite): void {
    for (const [, principal] of suite.principals?.value ?? []) this.#principal(principal.value);
    for (const [name, resource] of suite.resources?.value ?? []) this.#resource(name, resource.value);
    for (const { value } of suite.tests?.value ?? []) {
      const { resources, actions } = value.input?.value ?? {};
      const texts = (list: Located<readonly Located<string>[]> | undefined): readonly string[] =>
        (list?.value ?? []).map((each) => each.value);
      this.#tried.push({ fixtures: texts(resources), actions: texts(actions) });
    }
    for (const [, auxData] of suite.auxData?.value ?? []) this.#claims(auxData.value.jwt);
    for (const options of [suite.options, ...(suite.tests?.value ?? []).map(({ value }) => value.options)]) {
      for (const [name, value] of options?.value.globals?.value ?? [])
        this.globals.member(name).see(value.value);
    }
  }

  #principal(principal: Principal): void {
    this.#roles(principal.roles);
    seeAll(this.principal, principal.attr?.value);
    note(this.scopes, principal.scope);
  }

  #fixture(name: string, kind: string): void {
    const kinds = this.#kindsByFixture.get(name) ?? new Set();
    this.#kindsByFixture.set(name, kinds.add(kind));
  }

  #resource(name: string, resource: Resource): void {
    if (resource.kind !== undefined) this.#fixture(name, resource.kind.value);
    note(this.kinds, resource.kind);
    note(this.scopes, resource.scope);
    if (resource.kind !== undefined) seeAll(this.#attributesOf(resource.kind.value), resource.attr?.value);
  }

  #claims(jwt: Located<ReadonlyMap<string, Located<JsonValue>>> | undefined): void {
    seeAll(this.claims, jwt?.value);
  }

  #roles(roles: Located<readonly Located<string>[]> | undefined): void {
    for (const role of roles?.value ?? []) note(this.roles, role);
  }

  #action(kind: string | undefined, action: string | undefined): void {
    if (kind === undefined || action === undefined || /[*?[\]{}]/.test(action)) return;
    const actions = this.actions.get(kind);
    if (actions === undefined) this.actions.set(kind, new Set([action]));
    else actions.add(action);
  }

  #attributesOf(kind: string): Attribute {
    const attributes = this.resources.get(kind) ?? new Attribute();
    this.resources.set(kind, attributes);
    return attributes;
  }
}

function seeAll(into: Attribute, values: ReadonlyMap<string, Located<JsonValue>> | undefined): void {
  for (const [name, { value }] of values ?? []) into.member(name).see(value);
}

/** Adds a name that is one: patterns and empty texts tell nothing. */
function note(names: Set<string>, located: Located<string> | undefined): void {
  const name = located?.value ?? '';
  if (name !== '' && !/[*?[\]{}]/.test(name)) names.add(name);
}
