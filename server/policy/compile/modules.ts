import {
  derivedRolesName,
  exportConstantsName,
  exportVariablesName,
  principalPolicyName,
  resourcePolicyName,
  rolePolicyName,
  defaultVersion,
  orDefault,
} from '../names/names';
import { locate } from '../issues';
import type { ScopePermissions } from '../model/policy';
import type { Located } from '../model/schema';
import type { ParsedFile, PolicyDocument, PolicyKind } from '../parse/parsed';
import type { SourceLocation } from '../position';

/** One policy of a set, under the name that others know it by. */
export interface Module {
  /** As Cerbos writes it, such as `resource.album.vdefault/acme` or `derived_roles.owners`. */
  readonly key: string;
  readonly kind: PolicyKind;
  /** The kind of resource, the principal, the role, or the name of the export. */
  readonly name: string;
  /** The name as written. */
  readonly located: Located<unknown>;
  /** Where that name stands. */
  readonly location: SourceLocation;
  readonly version: string;
  readonly scope: string;
  readonly scopePermissions: ScopePermissions;
  readonly file: ParsedFile;
  readonly document: PolicyDocument;
  /** Everything that the policy imports, in `cerbos 0.55`'s order. */
  readonly imports: readonly Import[];
}

const known = new WeakMap<ParsedFile, readonly Module[]>();

/**
 * The policies in a file. The same file gives the same modules, so that what has been worked out for a module holds for
 * as long as its file does.
 */
export function modulesOf(file: ParsedFile): readonly Module[] {
  const before = known.get(file);
  if (before) {
    return before;
  }
  const modules = file.documents.flatMap((document) =>
    document.kind === 'policy' ? (moduleOf(file, document) ?? []) : [],
  );
  known.set(file, modules);
  return modules;
}

/** The policy in a document, if it says what it is called. */
function moduleOf(file: ParsedFile, document: PolicyDocument): Module | undefined {
  const { policy, policyKind } = document;
  if (policyKind === undefined) {
    return undefined;
  }
  const make = (
    located: Located<string> | undefined,
    key: (name: string) => string,
    scoped: Partial<Pick<Module, 'version' | 'scope' | 'scopePermissions'>> = {},
  ): Module | undefined =>
    located && {
      key: key(located.value),
      kind: policyKind,
      name: located.value,
      located,
      location: locate(file, located.span),
      version: '',
      scope: '',
      scopePermissions: 'SCOPE_PERMISSIONS_UNSPECIFIED',
      file,
      document,
      imports: importsOf(document),
      ...scoped,
    };

  switch (policyKind) {
    case 'resourcePolicy': {
      const read = policy.resourcePolicy?.value;
      const scoped = scopeOf(read);
      return make(read?.resource, (name) => resourcePolicyName(name, scoped.version, scoped.scope), scoped);
    }
    case 'principalPolicy': {
      const read = policy.principalPolicy?.value;
      const scoped = scopeOf(read);
      return make(read?.principal, (name) => principalPolicyName(name, scoped.version, scoped.scope), scoped);
    }
    case 'rolePolicy': {
      const read = policy.rolePolicy?.value;
      const scope = read?.scope?.value ?? '';
      const version = orDefault(read?.version?.value, defaultVersion);
      return make(read?.role, (name) => rolePolicyName(name, version, scope), { version, scope });
    }
    case 'derivedRoles':
      return make(policy.derivedRoles?.value.name, derivedRolesName);
    case 'exportVariables':
      return make(policy.exportVariables?.value.name, exportVariablesName);
    case 'exportConstants':
      return make(policy.exportConstants?.value.name, exportConstantsName);
  }
}

function scopeOf(
  policy:
    | {
        readonly version?: Located<string>;
        readonly scope?: Located<string>;
        readonly scopePermissions?: Located<ScopePermissions>;
      }
    | undefined,
): Pick<Module, 'version' | 'scope' | 'scopePermissions'> {
  return {
    version: policy?.version?.value ?? '',
    scope: policy?.scope?.value ?? '',
    scopePermissions: policy?.scopePermissions?.value ?? 'SCOPE_PERMISSIONS_UNSPECIFIED',
  };
}

/** A name that a policy imports, and what must exist for it. */
interface Import {
  readonly kind: 'derived roles' | 'constants' | 'variables';
  readonly name: string;
  readonly key: string;
  readonly located: Located<string>;
}

function importsOf({ policy }: PolicyDocument): readonly Import[] {
  const bodies = [policy.resourcePolicy, policy.principalPolicy, policy.rolePolicy, policy.derivedRoles];
  const body = bodies.find((each) => each !== undefined)?.value;
  const read = (
    kind: Import['kind'],
    list: Located<readonly Located<string>[]> | undefined,
    key: (name: string) => string,
  ): Import[] =>
    (list?.value ?? []).map((located) => ({ kind, name: located.value, key: key(located.value), located }));
  return [
    ...read('derived roles', policy.resourcePolicy?.value.importDerivedRoles, derivedRolesName),
    ...read('constants', body?.constants?.value.import, exportConstantsName),
    ...read('variables', body?.variables?.value.import, exportVariablesName),
  ];
}

/** False for policies that only others import: derived roles, exported variables and constants. */
export function isExecutable({ kind }: Module): boolean {
  return kind === 'resourcePolicy' || kind === 'principalPolicy' || kind === 'rolePolicy';
}

/** A disabled policy is checked for its form alone. */
export function isDisabled({ document }: Module): boolean {
  return document.policy.disabled?.value === true;
}
