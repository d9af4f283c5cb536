import type { CelType } from './types';

/** A variable that expressions may mention. */
export interface VariableDeclaration {
  readonly name: string;
  readonly type: CelType;
  /** For hover, in Markdown. */
  readonly documentation?: string;
}

/** A field of a message type. */
export interface FieldDeclaration {
  readonly name: string;
  readonly type: CelType;
  readonly documentation: string;
}

/** A type with fields. An open type has any field, of type dyn. */
export interface MessageDeclaration {
  readonly name: string;
  readonly fields: readonly FieldDeclaration[];
  readonly open?: boolean;
}

/** A type whose values are opaque to the language: only functions and the value's own class say what they can do. */
export interface OpaqueTypeDeclaration {
  /** The full name, which `type(value)` shows: `net.IP`. Values are objects of a class with this `typeName`. */
  readonly name: string;
  /** The word for it in signatures: `IP`. */
  readonly word: string;
  /**
   * Whether the type was declared to cel-go as an object's (`cel.ObjectType`) without a description of its fields.
   * Selecting a field of such a type fails with another message.
   */
  readonly isObject?: boolean;
}

/** One overload of a function, method or operator, as the function table describes it. */
export interface OverloadDescription {
  readonly id: string;
  /** Whether the first parameter is what stands before the dot. */
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

/** A macro such as `all`; written like a function or method, expanded before type checking. */
export interface MacroDescription {
  readonly name: string;
  readonly method: boolean;
  readonly library: string;
  readonly signature: string;
  readonly documentation: string;
  readonly example: string;
}
