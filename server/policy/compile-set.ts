import { compilePolicies } from './compile/compile-policies';
import { link } from './compile/link';
import { isExecutable } from './compile/modules';
import type { Module } from './compile/modules';
import { policySetOf } from './compile/policy-set';
import type { PolicySet } from './compile/policy-set';
import { Reporter } from './compile/reporter';
import type { PolicyFile } from './files';
import { compareIssues, locate } from './issues';
import type { PolicyIssue } from './issues';
import { parsePolicyFile } from './parse-file';
import { gatherSuites } from './suites/gather';
import type { Located } from './model/schema';
import type { ParsedFile, PolicyDocument } from './parsed';
import type { SourceLocation } from './position';
import type { Suite } from './suites/types';

export interface CompiledPolicies {
  /** Undefined exactly if there is an error of the stages `load` or `compile`. */
  readonly set?: PolicySet;
  /** All issues of all files, in order of file and place; those of suites have the stage `test` and keep the set usable. */
  readonly issues: readonly PolicyIssue[];
  readonly suites: readonly Suite[];
  readonly files: readonly ParsedFile[];
  /** What is defined where, broken files included as far as they go. */
  readonly names: Names;
}

/** A thing with a name that other documents can refer to. */
export interface Definition {
  readonly name: string;
  readonly file: ParsedFile;
  readonly document: PolicyDocument;
  /** The name as written. */
  readonly located: Located<unknown>;
  readonly location: SourceLocation;
}

/** Definitions by name. A name that is defined twice has two. */
export interface Names {
  readonly policies: ReadonlyMap<string, readonly Definition[]>;
  /** Sets of derived roles, by the name that they are imported by. */
  readonly derivedRoleSets: ReadonlyMap<string, readonly Definition[]>;
  readonly variableExports: ReadonlyMap<string, readonly Definition[]>;
  readonly constantExports: ReadonlyMap<string, readonly Definition[]>;
}

/**
 * Compiles a policy set. Never throws: everything wrong is among the issues, and one broken file does not hide what is
 * wrong, or right, in another. Pass parsed files where they are at hand: only the linking is done again.
 */
export function compilePolicySet(files: readonly (PolicyFile | ParsedFile)[]): CompiledPolicies {
  const parsed = files.map((file) => ('documents' in file ? file : parsePolicyFile(file)));
  const reporter = new Reporter();
  const linked = link(parsed, reporter);
  const table = compilePolicies(linked, reporter);
  const suites = gatherSuites(parsed);
  const own = [...parsed.flatMap((file) => file.issues), ...reporter.issues];
  const broken = own.some((issue) => issue.severity === 'error' && issue.stage !== 'test');
  const kinds = new Set<string>();
  for (const { kind, name } of linked.modules) if (kind === 'resourcePolicy') kinds.add(name);
  return {
    ...(!broken && { set: policySetOf(table, [...kinds].sort()) }),
    issues: [...own, ...suites.flatMap((suite) => suite.issues)].sort(compareIssues),
    suites,
    files: parsed,
    names: namesOf(linked.all),
  };
}

function namesOf(modules: readonly Module[]): Names {
  const of = (...kinds: readonly Module['kind'][]): ReadonlyMap<string, readonly Definition[]> => {
    const found = new Map<string, Definition[]>();
    for (const { kind, key, name, file, document, located } of modules) {
      if (!kinds.includes(kind)) continue;
      const by = isExecutable(kind) ? key : name;
      const definition = { name, file, document, located, location: locate(file, located.span) };
      found.set(by, [...(found.get(by) ?? []), definition]);
    }
    return found;
  };
  return {
    policies: of('resourcePolicy', 'principalPolicy', 'rolePolicy'),
    derivedRoleSets: of('derivedRoles'),
    variableExports: of('exportVariables'),
    constantExports: of('exportConstants'),
  };
}
