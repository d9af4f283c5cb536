import type { CelType } from './types';

/** A variable that expressions may use. */
export interface VariableDeclaration {
  readonly name: string;
  readonly type: CelType;
  /** Markdown, for hover. */
  readonly documentation?: string;
}

/** A field of a message type. */
export interface FieldDeclaration {
  readonly name: string;
  readonly type: CelType;
  readonly documentation: string;
}

/** A type with fields. An open type accepts every field name; its undeclared fields have the type dyn. */
export interface MessageDeclaration {
  readonly name: string;
  readonly fields: readonly FieldDeclaration[];
  readonly open?: boolean;
}

/**
 * An opaque type (CEL specification, "Abstract types"): only functions, and the class of its values, know what it can
 * do.
 */
export interface OpaqueTypeDeclaration {
  /** The full name, as `type(value)` gives it: `net.IP`. Its values are objects of a class with this `typeName`. */
  readonly name: string;
  /** The name for the type in signatures: `IP`. */
  readonly word: string;
  /**
   * True if cel-go has the type as an object (`cel.ObjectType`) without a description of its fields. Selecting a field
   * of such a type then fails with another message.
   */
  readonly isObject?: boolean;
}

/** One overload of a function, method or operator. For hover, completion and signature help. */
export interface OverloadDescription {
  readonly id: string;
  /** True if the first parameter stands before the dot: `text.charAt(0)`. */
  readonly method: boolean;
  readonly parameters: readonly CelType[];
  readonly parameterNames: readonly string[];
  readonly result: CelType;
  /** E.g. `string.charAt(index: int): string`. */
  readonly signature: string;
  readonly documentation: string;
  /** An expression and its value: `'hello'.charAt(4) // 'o'`. */
  readonly example: string;
}

export interface FunctionDescription {
  readonly name: string;
  /** The library it comes from: `standard`, `strings`, … */
  readonly library: string;
  readonly overloads: readonly OverloadDescription[];
}

/**
 * A macro such as `all` (CEL specification, "Macros"): written like a function or method, expanded before type
 * checking.
 */
export interface MacroDescription {
  readonly name: string;
  readonly method: boolean;
  readonly library: string;
  readonly signature: string;
  readonly documentation: string;
  readonly example: string;
}
