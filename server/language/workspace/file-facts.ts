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

/** The actions that a test performs on a resource fixture of another file. */
interface Tried {
  readonly fixture: string;
  readonly actions: readonly string[];
}

/** Kept with the file, so that an edit gathers anew only what it touched. */
const known = new WeakMap<ParsedFile, FileFacts>();

/** The roles, kinds, actions and attributes that one file names. Kept for as long as the parsed file is. */
export function factsOf(file: ParsedFile): FileFacts {
  let facts = known.get(file);
  if (facts === undefined) {
    facts = new FileFacts();
    for (const document of file.documents) {
      facts.add(document);
    }
    known.set(file, facts);
  }
  return facts;
}

export class FileFacts {
  readonly principal = new Attribute();
  readonly resources = new Map<string, Attribute>();
  readonly claims = new Attribute();
  readonly globals = new Attribute();
  readonly roles = new Set<string>();
  readonly kinds = new Set<string>();
  readonly actions = new Map<string, Set<string>>();
  readonly scopes = new Set<string>();
  readonly versions = new Set<string>();
  /** The kinds of the resources that the file's fixtures name. */
  readonly kindOfFixture = new Map<string, string>();
  readonly tried: Tried[] = [];

  add(document: ParsedDocument): void {
    switch (document.kind) {
      case 'policy':
        this.#policy(document.policy);
        break;
      case 'suite':
        this.#suite(document.suite);
        break;
      case 'principals':
        for (const [, principal] of document.fixtures.principals?.value ?? []) {
          this.#principal(principal.value);
        }
        break;
      case 'resources':
        for (const [name, resource] of document.fixtures.resources?.value ?? []) {
          this.#resource(name, resource.value);
        }
        break;
      case 'auxData':
        for (const [, auxData] of document.fixtures.auxData?.value ?? []) {
          this.#claims(auxData.value.jwt);
        }
        break;
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
        for (const action of value.actions?.value ?? []) {
          this.#action(resource?.value, action.value);
        }
      }
    }
    for (const { value } of principalPolicy?.value.rules?.value ?? []) {
      note(this.kinds, value.resource);
      for (const { value: entry } of value.actions?.value ?? []) {
        this.#action(value.resource?.value, entry.action?.value);
      }
    }
    if (rolePolicy !== undefined) {
      note(this.roles, rolePolicy.value.role);
      this.#roles(rolePolicy.value.parentRoles);
      for (const { value } of rolePolicy.value.rules?.value ?? []) {
        note(this.kinds, value.resource);
        for (const action of value.allowActions?.value ?? []) {
          this.#action(value.resource?.value, action.value);
        }
      }
    }
    for (const { value } of derivedRoles?.value.definitions?.value ?? []) {
      this.#roles(value.parentRoles);
    }
  }

  #suite(suite: TestSuite): void {
    for (const [, principal] of suite.principals?.value ?? []) {
      this.#principal(principal.value);
    }
    for (const [name, resource] of suite.resources?.value ?? []) {
      this.#resource(name, resource.value);
    }
    for (const { value } of suite.tests?.value ?? []) {
      const { resources, actions } = value.input?.value ?? {};
      const texts = (list: Located<readonly Located<string>[]> | undefined): readonly string[] =>
        (list?.value ?? []).map((each) => each.value);
      for (const fixture of texts(resources)) {
        const kind = this.kindOfFixture.get(fixture);
        if (kind === undefined) {
          this.tried.push({ fixture, actions: texts(actions) });
        } else {
          for (const action of texts(actions)) {
            this.#action(kind, action);
          }
        }
      }
    }
    for (const [, auxData] of suite.auxData?.value ?? []) {
      this.#claims(auxData.value.jwt);
    }
    for (const options of [suite.options, ...(suite.tests?.value ?? []).map(({ value }) => value.options)]) {
      for (const [name, value] of options?.value.globals?.value ?? []) {
        this.globals.member(name).see(value.value);
      }
    }
  }

  #principal(principal: Principal): void {
    this.#roles(principal.roles);
    seeAll(this.principal, principal.attr?.value);
    note(this.scopes, principal.scope);
  }

  #resource(name: string, resource: Resource): void {
    if (resource.kind !== undefined) {
      this.kindOfFixture.set(name, resource.kind.value);
    }
    note(this.kinds, resource.kind);
    note(this.scopes, resource.scope);
    if (resource.kind !== undefined) {
      seeAll(this.#attributesOf(resource.kind.value), resource.attr?.value);
    }
  }

  #claims(jwt: Located<ReadonlyMap<string, Located<JsonValue>>> | undefined): void {
    seeAll(this.claims, jwt?.value);
  }

  #roles(roles: Located<readonly Located<string>[]> | undefined): void {
    for (const role of roles?.value ?? []) {
      note(this.roles, role);
    }
  }

  #action(kind: string | undefined, action: string | undefined): void {
    if (kind === undefined || action === undefined || isPattern(action)) {
      return;
    }
    const actions = this.actions.get(kind);
    if (actions === undefined) {
      this.actions.set(kind, new Set([action]));
    } else {
      actions.add(action);
    }
  }

  #attributesOf(kind: string): Attribute {
    const attributes = this.resources.get(kind) ?? new Attribute();
    this.resources.set(kind, attributes);
    return attributes;
  }
}

function seeAll(into: Attribute, values: ReadonlyMap<string, Located<JsonValue>> | undefined): void {
  for (const [name, { value }] of values ?? []) {
    into.member(name).see(value);
  }
}

/** Adds a name that is one: patterns and empty texts tell nothing. */
function note(names: Set<string>, located: Located<string> | undefined): void {
  const name = located?.value ?? '';
  if (name !== '' && !isPattern(name)) {
    names.add(name);
  }
}

function isPattern(name: string): boolean {
  return /[*?[\]{}]/.test(name);
}
