import type { Range } from './issue';
import type { Uint } from './values/uint';

/** A constant as written: null, bool, int (bigint), uint, double (number), string or bytes. */
export type LiteralValue = null | boolean | bigint | Uint | number | string | Uint8Array;

interface NodeBase {
  /** Unique within one tree. */
  readonly id: number;
  /** The text of the node. A node that a macro made has the range of the macro's call. */
  readonly range: Range;
  /** Where cel-go places the node (for a call its bracket, for an operator its sign, for a selection its dot). */
  readonly position: number;
  /** The call as written, when a macro made this node. Its arguments are nodes of the same tree. */
  readonly macro?: MacroCall | undefined;
}

/** A macro's call as written, kept for editors and for {@link unparse}. The node that holds it is the expansion. */
export interface MacroCall {
  readonly name: string;
  readonly nameRange: Range;
  readonly target?: Expr | undefined;
  readonly args: readonly Expr[];
}

export interface Literal extends NodeBase {
  readonly kind: 'literal';
  readonly value: LiteralValue;
}

export interface Identifier extends NodeBase {
  readonly kind: 'identifier';
  /** With a leading dot, if it was written with one. */
  readonly name: string;
}

/** `operand.field`, or `has(operand.field)` when `test` is set, or `operand.?field` when `optional` is. */
export interface Select extends NodeBase {
  readonly kind: 'select';
  readonly operand: Expr;
  readonly field: string;
  readonly fieldRange: Range;
  readonly test: boolean;
  readonly optional: boolean;
}

/** A function, method or operator. Operators have cel-go's names: `_+_`, `_&&_`, `_?_:_`, `_[_]`, `@in`, `!_`, `-_`. */
export interface Call extends NodeBase {
  readonly kind: 'call';
  readonly name: string;
  readonly nameRange: Range;
  readonly target?: Expr | undefined;
  readonly args: readonly Expr[];
}

export interface ListExpr extends NodeBase {
  readonly kind: 'list';
  readonly elements: readonly Expr[];
  /** Indices of elements written with a question mark. */
  readonly optional: readonly number[];
}

export interface MapEntry {
  readonly key: Expr;
  readonly value: Expr;
  readonly optional: boolean;
}

export interface MapExpr extends NodeBase {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
}

export interface StructField {
  readonly name: string;
  readonly nameRange: Range;
  /** Where cel-go places the field: its colon. */
  readonly position: number;
  readonly value: Expr;
  readonly optional: boolean;
}

/** A message: `a.b.Type{field: value}`. */
export interface StructExpr extends NodeBase {
  readonly kind: 'struct';
  readonly typeName: string;
  readonly fields: readonly StructField[];
}

/**
 * A loop over a list or map, as macros expand to: `accumulator` starts as `initial`, each round tests `condition` and
 * sets it to `step`; the value is `result`. `iterVar2` exists for two-variable forms.
 */
export interface Comprehension extends NodeBase {
  readonly kind: 'comprehension';
  readonly iterVar: string;
  readonly iterVar2?: string | undefined;
  readonly iterRange: Expr;
  readonly accumulator: string;
  readonly initial: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

/** Stands for a part of the text that could not be parsed. An issue says why. */
export interface Invalid extends NodeBase {
  readonly kind: 'invalid';
  /** The sub-expressions of the broken part that could be parsed. */
  readonly parts: readonly Expr[];
}

export type Expr =
  Literal | Identifier | Select | Call | ListExpr | MapExpr | StructExpr | Comprehension | Invalid;

/** The direct sub-expressions of a node, in the order of evaluation. For a macro's node, those of its expansion. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'identifier':
      return [];
    case 'select':
      return [expr.operand];
    case 'call':
      return expr.target ? [expr.target, ...expr.args] : expr.args;
    case 'list':
      return expr.elements;
    case 'map':
      return expr.entries.flatMap((entry) => [entry.key, entry.value]);
    case 'struct':
      return expr.fields.map((field) => field.value);
    case 'comprehension':
      return [expr.iterRange, expr.initial, expr.condition, expr.step, expr.result];
    case 'invalid':
      return expr.parts;
  }
}
