import type { Compilation } from '../cel';
import type { FileRole, ForeignEncoding } from './files';
import type { PolicyIssue } from './issues';
import type { Policy } from './model/policy';
import type { Located } from './model/schema';
import type { AuxDataFixtures, PrincipalFixtures, ResourceFixtures, TestSuite } from './model/suite';
import type { LineIndex } from './position';
import type { Span, YamlDocument } from './yaml/node';

/** All that one file says by itself. Depends on its path, text and encoding alone, so that a caller can keep it until they change. */
export interface ParsedFile {
  readonly path: string;
  readonly text: string;
  readonly encoding?: ForeignEncoding | undefined;
  readonly role: FileRole;
  readonly lines: LineIndex;
  readonly documents: readonly ParsedDocument[];
  /** Mistakes that show without looking at other files. */
  readonly issues: readonly PolicyIssue[];
}

interface DocumentBase {
  /** The document as written, with anchors and aliases; read again from the text when asked for. */
  readonly yaml: YamlDocument;
  /** True if nothing in the document is an error by itself. */
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
  /** Undefined if the document does not say. */
  readonly policyKind?: PolicyKind;
  readonly policy: Policy;
  /** Every CEL expression in the document, by the text that the model holds for it. */
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

/** A CEL expression in a policy. */
export interface Expression {
  readonly source: string;
  readonly compilation: Compilation;
  /** The YAML scalar. */
  readonly span: Span;
  readonly path: string;
  /** The file's offset of an offset into `source` (block scalars are indented, quoted ones escaped). */
  toFile(offset: number): number;
  /** The offset into `source` of a file's offset, or undefined if that lies outside. */
  toSource(offset: number): number | undefined;
}
