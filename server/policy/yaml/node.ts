/** Offsets into the file's text, UTF-16, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface NodeBase extends Span {
  /** The offset at which `cerbos 0.55` places the node; a block mapping is placed at its first colon. */
  readonly mark: number;
  readonly anchor?: string;
}

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

export interface YamlScalar extends NodeBase {
  readonly kind: 'scalar';
  readonly style: ScalarStyle;
  readonly value: null | boolean | number | bigint | string;
  /** The name that `cerbos 0.55` has for the value's type. */
  readonly type: 'String' | 'Integer' | 'Float' | 'Bool' | 'Null' | 'Literal' | 'Infinity' | 'Nan';
  /** The text as written, for scalars that are not strings. */
  readonly text: string;
}

export interface YamlEntry {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

export interface YamlMap extends NodeBase {
  readonly kind: 'map';
  readonly flow: boolean;
  readonly entries: readonly YamlEntry[];
}

export interface YamlSequence extends NodeBase {
  readonly kind: 'sequence';
  readonly flow: boolean;
  readonly items: readonly YamlNode[];
}

export interface YamlAlias extends NodeBase {
  readonly kind: 'alias';
  readonly name: string;
  /** Undefined if no such anchor precedes it. */
  readonly target: YamlNode | undefined;
}

export type YamlNode = YamlScalar | YamlMap | YamlSequence | YamlAlias;

export interface YamlDocument extends Span {
  /** Undefined for a document without content. */
  readonly root: YamlNode | undefined;
}

export interface YamlError extends Span {
  readonly mark: number;
  readonly code: 'yaml-syntax' | 'too-large' | 'duplicate-key' | 'duplicate-anchor';
  readonly message: string;
}

export interface YamlFile {
  readonly documents: readonly YamlDocument[];
  readonly errors: readonly YamlError[];
}
