import type {
  Call,
  Comprehension,
  Expr,
  Identifier,
  Invalid,
  ListExpr,
  Literal,
  LiteralValue,
  MacroCall,
  MapEntry,
  MapExpr,
  Select,
  StructExpr,
  StructField,
} from '../ast';
import type { Range } from '../issue';

/** A tree larger than this is refused: macros copy parts of it, so a short text can make a large one. */
export const nodeLimit = 200_000;

/** Thrown inside the parser when the tree would grow over {@link nodeLimit}, and caught there. */
export class TooManyNodes extends Error {}

/** The parts of a comprehension. */
type Loop = Omit<Comprehension, 'kind' | 'id' | 'range' | 'position' | 'macro'>;

const none: readonly never[] = [];

/**
 * Makes nodes of one tree, numbering them. Nodes of one kind always have the same properties in the same order, which
 * keeps everything that reads them fast.
 */
export class Builder {
  #last = 0;

  #id(): number {
    if (this.#last >= nodeLimit) {
      throw new TooManyNodes();
    }
    return ++this.#last;
  }

  literal(range: Range, position: number, value: LiteralValue): Literal {
    return { kind: 'literal', id: this.#id(), range, position, macro: undefined, value };
  }

  identifier(range: Range, position: number, name: string): Identifier {
    return { kind: 'identifier', id: this.#id(), range, position, macro: undefined, name };
  }

  select(
    range: Range,
    position: number,
    operand: Expr,
    field: string,
    fieldRange: Range,
    optional: boolean,
  ): Select {
    return {
      kind: 'select',
      id: this.#id(),
      range,
      position,
      macro: undefined,
      operand,
      field,
      fieldRange,
      test: false,
      optional,
    };
  }

  /** `has(operand.field)`. */
  presence(range: Range, position: number, selected: Select, macro: MacroCall): Select {
    const { operand, field, fieldRange } = selected;
    return {
      kind: 'select',
      id: this.#id(),
      range,
      position,
      macro,
      operand,
      field,
      fieldRange,
      test: true,
      optional: false,
    };
  }

  call(
    range: Range,
    position: number,
    name: string,
    nameRange: Range,
    args: readonly Expr[],
    target?: Expr,
    macro?: MacroCall,
  ): Call {
    return { kind: 'call', id: this.#id(), range, position, macro, name, nameRange, target, args };
  }

  list(
    range: Range,
    position: number,
    elements: readonly Expr[],
    optional: readonly number[] = none,
  ): ListExpr {
    return { kind: 'list', id: this.#id(), range, position, macro: undefined, elements, optional };
  }

  map(range: Range, position: number, entries: readonly MapEntry[]): MapExpr {
    return { kind: 'map', id: this.#id(), range, position, macro: undefined, entries };
  }

  struct(range: Range, position: number, typeName: string, fields: readonly StructField[]): StructExpr {
    return { kind: 'struct', id: this.#id(), range, position, macro: undefined, typeName, fields };
  }

  comprehension(range: Range, position: number, loop: Loop, macro: MacroCall | undefined): Comprehension {
    return {
      kind: 'comprehension',
      id: this.#id(),
      range,
      position,
      macro,
      iterVar: loop.iterVar,
      iterVar2: loop.iterVar2,
      iterRange: loop.iterRange,
      accumulator: loop.accumulator,
      initial: loop.initial,
      condition: loop.condition,
      step: loop.step,
      result: loop.result,
    };
  }

  invalid(range: Range, position: number, parts: readonly Expr[] = none): Invalid {
    return { kind: 'invalid', id: this.#id(), range, position, macro: undefined, parts };
  }

  /** The same tree with fresh numbers, for macros that use an argument twice. */
  copy(expr: Expr): Expr {
    const base = { id: this.#id() };
    switch (expr.kind) {
      case 'literal':
      case 'identifier':
        return { ...expr, ...base };
      case 'select':
        return { ...expr, ...base, operand: this.copy(expr.operand) };
      case 'call': {
        const args = expr.args.map((arg) => this.copy(arg));
        return { ...expr, ...base, args, target: expr.target && this.copy(expr.target) };
      }
      case 'list':
        return { ...expr, ...base, elements: expr.elements.map((element) => this.copy(element)) };
      case 'map':
        return {
          ...expr,
          ...base,
          entries: expr.entries.map((entry) => ({
            ...entry,
            key: this.copy(entry.key),
            value: this.copy(entry.value),
          })),
        };
      case 'struct':
        return {
          ...expr,
          ...base,
          fields: expr.fields.map((field) => ({ ...field, value: this.copy(field.value) })),
        };
      case 'comprehension':
        return {
          ...expr,
          ...base,
          iterRange: this.copy(expr.iterRange),
          initial: this.copy(expr.initial),
          condition: this.copy(expr.condition),
          step: this.copy(expr.step),
          result: this.copy(expr.result),
        };
      case 'invalid':
        return { ...expr, ...base, parts: expr.parts.map((part) => this.copy(part)) };
    }
  }
}
