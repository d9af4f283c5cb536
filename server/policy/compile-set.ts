import { compilePolicies } from './compile/compile-policies';
import type { CompiledModules } from './compile/compile-policies';
import { link } from './compile/link';
import type { LinkedSet } from './compile/link';
import { isExecutable } from './compile/modules';
import type { Module } from './compile/modules';
import { policySetOf } from './compile/policy-set';
import type { PolicySet } from './compile/policy-set';
import { mergeReports, Reporter } from './compile/reporter';
import { tableOfModules } from './compile/table-builder';
import type { PolicyFile } from './load/files';
import { compareIssues } from './issues';
import type { PolicyIssue } from './issues';
import { parsePolicyFile } from './parse/parse-file';
import { linkSchemas } from './compile/link-schemas';
import { schemaStoreOf } from './schemas/store';
import type { SchemaStore } from './schemas/store';
import { gatherSuites } from './suites/gather';
import type { GatheredSuite } from './suites/gather';
import type { Located } from './model/schema';
import type { ParsedFile, PolicyDocument } from './parse/parsed';
import type { SourceLocation } from './position';
import type { Suite } from './suites/types';

/** The result of {@link compilePolicySet}. */
export interface CompiledPolicies {
  /** The executable policies. Undefined exactly if there is an error of the stages `load` or `compile`. */
  readonly set?: PolicySet;
  /**
   * The issues of all files, sorted by file and place. Those of test suites have the stage `test`; they leave the set
   * usable.
   */
  readonly issues: readonly PolicyIssue[];
  readonly suites: readonly Suite[];
  readonly files: readonly ParsedFile[];
  /**
   * The definitions by name, for navigation and completion. Documents with errors are included as far as they could be
   * read.
   */
  readonly names: Names;
}

/** A document with a name that other documents can refer to. */
export interface NamedDocument {
  readonly name: string;
  readonly file: ParsedFile;
  readonly document: PolicyDocument;
  /** The name in the document, with its place. */
  readonly located: Located<unknown>;
  readonly location: SourceLocation;
}

/** Definitions by name. A name that is defined twice has two entries. */
export interface Names {
  readonly policies: ReadonlyMap<string, readonly NamedDocument[]>;
  /** Sets of derived roles, by the name that policies import them by. */
  readonly derivedRoleSets: ReadonlyMap<string, readonly NamedDocument[]>;
  readonly variableExports: ReadonlyMap<string, readonly NamedDocument[]>;
  readonly constantExports: ReadonlyMap<string, readonly NamedDocument[]>;
}

/** The intermediate results that the next compilation can reuse. */
interface Kept {
  readonly files: ReadonlyMap<string, ParsedFile>;
  readonly modules: CompiledModules;
  readonly schemas: SchemaStore;
  readonly suites: ReadonlyMap<ParsedFile, GatheredSuite>;
}

const kept = new WeakMap<CompiledPolicies, Kept>();
const nothing: Kept = {
  files: new Map(),
  modules: new Map(),
  schemas: schemaStoreOf([]),
  suites: new Map(),
};

export interface CompileOptions {
  /** True: references to schemas have no effect, and missing or broken schemas are not reported. */
  readonly ignoreSchemas?: boolean;
}

/**
 * Compiles a policy set. Pure: no I/O. Never throws: every mistake is an issue, and one broken file does not hide the
 * issues of another.
 * @param files source texts, or the results of {@link parsePolicyFile}, which are not parsed again
 * @param previous an earlier compilation of mostly the same files. Documents that have not changed, and whose
 * dependencies have not changed, are not compiled again. The result is the same as without it; the earlier compilation
 * stays valid.
 * @example
 * ```ts
 * const { set, issues } = compilePolicySet([{ path: 'album.yaml', text }]);
 * ```
 */
export function compilePolicySet(
  files: readonly (PolicyFile | ParsedFile)[],
  previous?: CompiledPolicies,
  options: CompileOptions = {},
): CompiledPolicies {
  const before = (previous && kept.get(previous)) ?? nothing;
  const parsed = files.map((file) => ('documents' in file ? file : readAgain(file, before)));
  const reporter = new Reporter();
  const linked = link(parsed, reporter);
  const modules = compilePolicies(linked, before.modules);
  const store = schemaStoreOf(parsed, before.schemas);
  const schemas = options.ignoreSchemas ? undefined : linkSchemas(linked, store, reporter);
  const suites = gatherSuites(parsed, before.suites);
  const issues = mergeReports([reporter.reports, ...[...modules.values()].map(({ reports }) => reports)]);
  for (const file of parsed) {
    for (const issue of file.issues) {
      issues.push(issue);
    }
  }
  const broken = issues.some((issue) => issue.severity === 'error' && issue.stage !== 'test');
  for (const { suite } of suites.values()) {
    for (const issue of suite.issues) {
      issues.push(issue);
    }
  }
  const compiled: CompiledPolicies = {
    ...(!broken && { set: policySetOf(tableOfModules(linked, modules, schemas), kindsOf(linked)) }),
    issues: issues.sort(compareIssues),
    suites: [...suites.values()].map(({ suite }) => suite),
    files: parsed,
    names: namesOf(linked.all),
  };
  const read = new Map(parsed.map((file) => [file.path, file]));
  kept.set(compiled, { files: read, modules, schemas: store, suites });
  return compiled;
}

function readAgain(file: PolicyFile, before: Kept): ParsedFile {
  const known = before.files.get(file.path);
  return known?.text === file.text && known.encoding === file.encoding ? known : parsePolicyFile(file);
}

function kindsOf({ modules }: LinkedSet): readonly string[] {
  const kinds = new Set<string>();
  for (const { kind, name } of modules) {
    if (kind === 'resourcePolicy') {
      kinds.add(name);
    }
  }
  return [...kinds].sort();
}

function namesOf(modules: readonly Module[]): Names {
  const [policies, derivedRoleSets, variableExports, constantExports] = [
    new Map<string, NamedDocument[]>(),
    new Map<string, NamedDocument[]>(),
    new Map<string, NamedDocument[]>(),
    new Map<string, NamedDocument[]>(),
  ];
  const byKind: Readonly<Record<Module['kind'], Map<string, NamedDocument[]>>> = {
    resourcePolicy: policies,
    principalPolicy: policies,
    rolePolicy: policies,
    derivedRoles: derivedRoleSets,
    exportVariables: variableExports,
    exportConstants: constantExports,
  };
  for (const module of modules) {
    const { name, file, document, located, location } = module;
    const definition = { name, file, document, located, location };
    const by = isExecutable(module) ? module.key : name;
    const others = byKind[module.kind].get(by);
    if (others) {
      others.push(definition);
    } else {
      byKind[module.kind].set(by, [definition]);
    }
  }
  return { policies, derivedRoleSets, variableExports, constantExports };
}
