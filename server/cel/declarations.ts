import type { CelType } from './types';

/** A variable that expressions may mention. */
export interface VariableDeclaration {
  readonly name: string;
  readonly type: CelType;
  /** For hover, in Markdown. */
  readonly documentation?: string;
}

/** A field of a message type such as `cerbos.engine.v1.Request.Principal`. */
export interface FieldDeclaration {
  readonly name: string;
  readonly type: CelType;
  readonly documentation: string;
}

/** A type with fields. An open type has any field, of type dyn; `V` and its like have such a type. */
export interface MessageDeclaration {
  readonly name: string;
  readonly fields: readonly FieldDeclaration[];
  readonly open?: boolean;
}

/** A function that the caller declares: expressions that call it can be checked, but not evaluated. */
export interface FunctionDeclaration {
  readonly name: string;
  readonly overloads: readonly {
    readonly id: string;
    readonly method: boolean;
    readonly parameters: readonly CelType[];
    readonly result: CelType;
  }[];
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
  /** The library it comes from: `standard`, `strings`, `cerbos`, … */
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
