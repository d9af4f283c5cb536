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

/** Where a node stands in the text: its range, and the place where cel-go reports it. */
export interface Place {
  readonly range: Range;
  readonly position: number;
}

/** A tree larger than this is refused: macros copy parts of it, so a short text can make a large one. */
export const nodeLimit = 200_000;

/** Thrown inside the parser when the tree would grow over {@link nodeLimit}, and caught there. */
export class TooManyNodes extends Error {}

/** Makes nodes of one tree, numbering them. */
export class Builder {
  #next = 1;

  #id(): number {
    if (this.#next > nodeLimit) {
      throw new TooManyNodes();
    }
    return this.#next++;
  }

  literal(place: Place, value: LiteralValue): Literal {
    return { kind: 'literal', id: this.#id(), range: place.range, position: place.position, value };
  }

  identifier(place: Place, name: string): Identifier {
    return { kind: 'identifier', id: this.#id(), range: place.range, position: place.position, name };
  }

  select(place: Place, operand: Expr, field: string, fieldRange: Range, optional = false): Select {
    const { range, position } = place;
    return {
      kind: 'select',
      id: this.#id(),
      range,
      position,
      operand,
      field,
      fieldRange,
      test: false,
      optional,
    };
  }

  presence(place: Place, operand: Expr, field: string, fieldRange: Range, macro?: MacroCall): Select {
    const { range, position } = place;
    const node: Select = {
      kind: 'select',
      id: this.#id(),
      range,
      position,
      operand,
      field,
      fieldRange,
      test: true,
      optional: false,
    };
    return macro ? { ...node, macro } : node;
  }

  call(place: Place, name: string, nameRange: Range, args: readonly Expr[], target?: Expr): Call {
    const { range, position } = place;
    return target
      ? { kind: 'call', id: this.#id(), range, position, name, nameRange, target, args }
      : { kind: 'call', id: this.#id(), range, position, name, nameRange, args };
  }

  list(place: Place, elements: readonly Expr[], optional: readonly number[] = []): ListExpr {
    return {
      kind: 'list',
      id: this.#id(),
      range: place.range,
      position: place.position,
      elements,
      optional,
    };
  }

  map(place: Place, entries: readonly MapEntry[]): MapExpr {
    return { kind: 'map', id: this.#id(), range: place.range, position: place.position, entries };
  }

  struct(place: Place, typeName: string, fields: readonly StructField[]): StructExpr {
    return { kind: 'struct', id: this.#id(), range: place.range, position: place.position, typeName, fields };
  }

  comprehension(
    place: Place,
    loop: Omit<Comprehension, 'kind' | 'id' | 'range' | 'position' | 'macro'>,
  ): Comprehension {
    return { kind: 'comprehension', id: this.#id(), range: place.range, position: place.position, ...loop };
  }

  invalid(place: Place, parts: readonly Expr[] = []): Invalid {
    return { kind: 'invalid', id: this.#id(), range: place.range, position: place.position, parts };
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
        return expr.target
          ? { ...expr, ...base, args, target: this.copy(expr.target) }
          : { ...expr, ...base, args };
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
