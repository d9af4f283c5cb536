import type { PolicyFile } from './files';
import type { PolicyIssue } from './issues';
import type { Located } from './model/schema';
import type { ParsedFile, PolicyDocument } from './parsed';
import type { SourceLocation } from './position';
import type { Suite } from './suites/types';

/** Compiled policies, ready to decide. Opaque; holds no reference to anything mutable. */
export interface PolicySet {
  /** Every kind of resource that a resource policy is about, sorted. */
  readonly kinds: readonly string[];
}

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
export declare function compilePolicySet(files: readonly (PolicyFile | ParsedFile)[]): CompiledPolicies;
