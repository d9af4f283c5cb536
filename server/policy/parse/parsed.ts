import type { Compilation } from '../../cel';
import type { FileRole, ForeignEncoding } from '../load/files';
import type { PolicyIssue } from '../issues';
import type { Policy } from '../model/policy';
import type { Located } from '../model/schema';
import type { AuxDataFixtures, PrincipalFixtures, ResourceFixtures, TestSuite } from '../model/suite';
import type { LineIndex } from '../position';
import type { Span, YamlDocument } from '../yaml/node';

/**
 * A file, parsed by itself. It depends on path, text and encoding alone, so a caller can keep it until one of them
 * changes.
 */
export interface ParsedFile {
  readonly path: string;
  readonly text: string;
  readonly encoding?: ForeignEncoding | undefined;
  readonly role: FileRole;
  readonly lines: LineIndex;
  readonly documents: readonly ParsedDocument[];
  /** The mistakes that can be found without other files. */
  readonly issues: readonly PolicyIssue[];
}

interface DocumentBase {
  /** The document as written, with anchors and aliases. An access may have to parse the file's text again. */
  readonly yaml: YamlDocument;
  /** True if the document has no error of its own. Other documents may still make it fail to compile. */
  readonly sound: boolean;
}

export type PolicyKind =
  | 'resourcePolicy'
  | 'principalPolicy'
  | 'rolePolicy'
  | 'derivedRoles'
  | 'exportVariables'
  | 'exportConstants';

export interface PolicyDocument extends DocumentBase {
  readonly kind: 'policy';
  /** Undefined if the document does not name a kind. */
  readonly policyKind?: PolicyKind;
  readonly policy: Policy;
  /** Every CEL expression in the document. The keys are the {@link Located} strings of `policy`, by identity. */
  readonly expressions: ReadonlyMap<Located<string>, Expression>;
}

export interface SuiteDocument extends DocumentBase {
  readonly kind: 'suite';
  readonly suite: TestSuite;
}

export interface PrincipalsDocument extends DocumentBase {
  readonly kind: 'principals';
  readonly fixtures: PrincipalFixtures;
}

export interface ResourcesDocument extends DocumentBase {
  readonly kind: 'resources';
  readonly fixtures: ResourceFixtures;
}

export interface AuxDataDocument extends DocumentBase {
  readonly kind: 'auxData';
  readonly fixtures: AuxDataFixtures;
}

export type ParsedDocument =
  PolicyDocument | SuiteDocument | PrincipalsDocument | ResourcesDocument | AuxDataDocument;

/** Converts between offsets into an expression and offsets into its file. */
export interface TextOffsets {
  /**
   * Converts an offset into `source` to an offset into the file. The two differ where a block is indented or a quoted
   * scalar has escapes.
   */
  toFile(offset: number): number;
  /** Converts an offset into the file to an offset into `source`; undefined if it lies outside the expression. */
  toSource(offset: number): number | undefined;
}

/** A CEL expression in a policy, with its compilation and its place in the file. */
export interface Expression extends TextOffsets {
  readonly source: string;
  readonly compilation: Compilation;
  /** The YAML scalar that holds the expression, as offsets into the file. */
  readonly span: Span;
  readonly path: string;
  /** The same conversions, by an object that does not keep the compilation in memory. */
  readonly offsets: TextOffsets;
}
