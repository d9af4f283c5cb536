import { compareText, locate } from '../issues';
import { ancestorScopes } from '../names/names';
import { matchesGlob } from '../names/glob';
import type { ScopePermissions } from '../model/policy';
import type { ParsedFile } from '../parse/parsed';
import { isDisabled, modulesOf } from './modules';
import type { Module } from './modules';
import type { Reporter } from './reporter';
import { tableKey } from './table/table';

/** The policies of a set by name, and how their scopes behave. */
export interface LinkedSet {
  /**
   * Sound, enabled policies, in the order in which `cerbos 0.55` walks the directory; the first of several namesakes.
   */
  readonly modules: readonly Module[];
  /** Those, and as a fallback broken ones, so that a broken file does not spread errors to the files that import it. */
  readonly byKey: ReadonlyMap<string, Module>;
  readonly scopePermissions: ReadonlyMap<string, ScopePermissions>;
  /** Everything with a name, broken, disabled and repeated policies included. */
  readonly all: readonly Module[];
}

/** Indexes a policy set, and reports what is wrong with it as a whole (`internal/storage/index/builder.go`). */
export function link(files: readonly ParsedFile[], reporter: Reporter): LinkedSet {
  const all: Module[] = [];
  for (const file of inWalkOrder(files)) {
    if (isMisplacedSchema(file)) {
      reportMisplacedSchema(file, reporter);
    }
    for (const module of modulesOf(file)) {
      all.push(module);
    }
  }
  const enabled = all.filter((module) => !isDisabled(module));
  const modules: Module[] = [];
  const byKey = new Map<string, Module>();
  for (const module of enabled) {
    if (!module.document.sound || isMisplacedSchema(module.file)) {
      continue;
    }
    const other = byKey.get(module.key);
    if (other) {
      reportDuplicate(module, other, reporter);
    } else {
      byKey.set(module.key, module);
      modules.push(module);
    }
  }
  const sound = new Set(byKey.keys());
  for (const module of enabled) {
    if (!byKey.has(module.key)) {
      byKey.set(module.key, module);
    }
  }
  const rolePolicies = rolePoliciesByScope(modules);
  for (const module of modules) {
    reportMissingImports(module, sound, byKey, reporter);
    reportMissingAncestors(module, rolePolicies, sound, reporter);
  }
  return { modules, byKey, all, scopePermissions: scopePermissionsOf(modules, reporter) };
}

const walkKeys = new WeakMap<ParsedFile, string>();

/** As a directory walk meets them: folder by folder, names in byte order. */
function inWalkOrder(files: readonly ParsedFile[]): readonly ParsedFile[] {
  return [...files].sort((a, b) => compareText(walkKey(a), walkKey(b)));
}

/** A text whose order is that of the walk: folders apart by what sorts before all else, and bytes as characters. */
function walkKey(file: ParsedFile): string {
  let key = walkKeys.get(file);
  if (key === undefined) {
    key = Buffer.from(file.path.replaceAll('/', '\u0000'), 'utf8').toString('latin1');
    walkKeys.set(file, key);
  }
  return key;
}

/** Cerbos knows one `_schemas` folder, at the root; another is an error, whatever is in it. */
function isMisplacedSchema({ path }: ParsedFile): boolean {
  if (!path.includes('/_schemas/')) {
    return false;
  }
  const folders = path.split('/');
  return folders.slice(1, -1).includes('_schemas') && !folders.includes('testdata');
}

function reportMisplacedSchema(file: ParsedFile, reporter: Reporter): void {
  const message = '_schemas directory must be under the root of the storage directory';
  reporter.report({ code: 'schemas-directory', message, file, span: { start: 0, end: 0 }, stage: 'load' });
}

function reportDuplicate(module: Module, other: Module, reporter: Reporter): void {
  const { file, document, key, located } = module;
  const related = [{ ...locate(other.file, other.located.span), message: 'the other definition' }];
  const mark = document.yaml.root?.mark ?? 0;
  const message = `duplicate definition of ${key} (previous definition in ${other.file.path})`;
  reporter.report({
    code: 'duplicate-policy',
    message,
    file,
    span: located.span,
    mark,
    path: '$',
    stage: 'load',
    related,
    data: { policy: key, otherFile: other.file.path },
  });
}

function reportMissingImports(
  module: Module,
  sound: ReadonlySet<string>,
  byKey: ReadonlyMap<string, Module>,
  reporter: Reporter,
): void {
  for (const { kind, name, key, located } of module.imports) {
    if (sound.has(key)) {
      continue;
    }
    const broken = byKey.get(key);
    const hint = broken ? ` (${broken.file.path} defines it but has errors)` : '';
    reporter.report({
      code: 'missing-import',
      message: `cannot find ${kind} '${name}' imported by policy ${module.key}${hint}`,
      file: module.file,
      span: located.span,
      mark: located.mark,
      path: located.path,
      stage: 'load',
      data: { policy: module.key, kind, name },
    });
  }
}

/** A scoped policy needs one at each ancestor scope; for resources, a role policy there that speaks of them will do. */
function reportMissingAncestors(
  module: Module,
  rolePolicies: ReadonlyMap<string, readonly Module[]>,
  sound: ReadonlySet<string>,
  reporter: Reporter,
): void {
  const { key, scope, document, file } = module;
  const body = document.policy.resourcePolicy ?? document.policy.principalPolicy;
  if (!body || scope === '') {
    return;
  }
  const base = key.slice(0, key.length - scope.length - 1);
  for (const ancestor of ancestorScopes(scope)) {
    const wanted = ancestor === '' ? base : `${base}/${ancestor}`;
    if (sound.has(wanted)) {
      continue;
    }
    const there = rolePolicies.get(tableKey(module.version, ancestor)) ?? [];
    if (module.kind === 'resourcePolicy' && there.some((each) => speaksOf(each, module.name))) {
      continue;
    }
    const span = body.value.scope?.span ?? module.located.span;
    const message = `scoped policy ${wanted} is not found but is required by descendant policy ${key}`;
    const data = { policy: key, missing: wanted };
    reporter.report({ code: 'missing-scope', message, file, span, stage: 'load', data });
  }
}

/** By {@link tableKey} of version and scope. */
function rolePoliciesByScope(modules: readonly Module[]): ReadonlyMap<string, readonly Module[]> {
  const found = new Map<string, Module[]>();
  for (const module of modules) {
    if (module.kind !== 'rolePolicy') {
      continue;
    }
    const key = tableKey(module.version, module.scope);
    const there = found.get(key);
    if (there) {
      there.push(module);
    } else {
      found.set(key, [module]);
    }
  }
  return found;
}

function speaksOf({ document }: Module, resource: string): boolean {
  const rules = document.policy.rolePolicy?.value.rules?.value ?? [];
  return rules.some((rule) => matchesGlob(rule.value.resource?.value ?? '', resource));
}

const requireConsent = 'SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS';
const overrideParent = 'SCOPE_PERMISSIONS_OVERRIDE_PARENT';

/**
 * How each scope's allowances count. Permissions belong to the scope, not to a policy, so policies that share one must
 * agree. `cerbos 0.55` overlooks the first policy of each scope when it checks that, and then picks one at random; what
 * it overlooks is a warning here, and the stricter permission holds.
 */
function scopePermissionsOf(
  modules: readonly Module[],
  reporter: Reporter,
): ReadonlyMap<string, ScopePermissions> {
  const seen = new Map<string, Set<ScopePermissions>>();
  const conflicting = new Set<string>();
  const doubtful = new Map<string, Module>();
  const permissions = new Map<string, ScopePermissions>();
  for (const module of modules) {
    const { scope, kind } = module;
    const others = seen.get(scope);
    if (others) {
      others.add(module.scopePermissions);
    } else {
      seen.set(scope, new Set());
    }
    if (others && others.size > 1 && !conflicting.has(scope)) {
      conflicting.add(scope);
      reportConflict(module, 'error', reporter);
    }
    if (kind !== 'resourcePolicy' && kind !== 'principalPolicy') {
      continue;
    }
    const effective = module.scopePermissions === requireConsent ? requireConsent : overrideParent;
    const before = permissions.get(scope);
    if (before !== undefined && before !== effective) {
      doubtful.set(scope, module);
    }
    if (before !== requireConsent) {
      permissions.set(scope, effective);
    }
  }
  for (const [scope, module] of doubtful) {
    if (!conflicting.has(scope)) {
      reportConflict(module, 'warning', reporter);
    }
  }
  return permissions;
}

function reportConflict(module: Module, severity: 'error' | 'warning', reporter: Reporter): void {
  const { file, scope, document, located } = module;
  const body = document.policy.resourcePolicy ?? document.policy.principalPolicy;
  const span = body?.value.scopePermissions?.span ?? located.span;
  const message = `policies sharing scope "${scope}" have conflicting scopePermissions`;
  reporter.report({
    code: 'scope-permissions-conflict',
    message,
    file,
    span,
    stage: 'load',
    severity,
    data: { scope },
  });
}
