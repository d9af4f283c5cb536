import type { CelType, Expr } from '../../cel';
import type { CelAt } from '../cel/cel-at';
import { environment } from '../cel/environment';
import { KnownMembers } from '../cel/known';
import { contains, loopsAround, walk } from '../cel/tree';
import type { Facts } from '../workspace/facts';
import type { SymbolTable } from '../workspace/symbol-table';
import type { Entity, EntityKind } from './entity';

interface Token {
  readonly node: Expr;
  readonly start: number;
  readonly end: number;
  readonly entity: EntityKind | undefined;
}

/** Finds the entity that the name at an offset of an expression refers to. */
export function celEntity(at: CelAt, facts: Facts, scope: SymbolTable): Entity | undefined {
  if (at.expression === undefined) {
    return undefined;
  }
  const { parsed, checked } = at.expression.compilation;
  const known = new KnownMembers(parsed.expr, facts, scope);
  const finder = new TokenFinder(at.offset, known, scope, parsed.expr, (node) => checked.typeOf(node));
  const token = finder.find();
  if (token?.entity === undefined) {
    return undefined;
  }
  return { ...token.entity, start: at.toFile(token.start), end: at.toFile(token.end) };
}

class TokenFinder {
  readonly #offset: number;
  readonly #known: KnownMembers;
  readonly #scope: SymbolTable;
  readonly #root: Expr;
  readonly #typeOf: (node: Expr) => CelType | undefined;

  constructor(
    offset: number,
    known: KnownMembers,
    scope: SymbolTable,
    root: Expr,
    typeOf: (node: Expr) => CelType | undefined,
  ) {
    this.#offset = offset;
    this.#known = known;
    this.#scope = scope;
    this.#root = root;
    this.#typeOf = typeOf;
  }

  /** The smallest name that the offset is in. */
  find(): Token | undefined {
    let best: Token | undefined;
    for (const node of walk(this.#root)) {
      for (const token of this.#tokens(node)) {
        if (!contains(token, this.#offset)) {
          continue;
        }
        if (best === undefined || token.end - token.start < best.end - best.start) {
          best = token;
        }
      }
    }
    return best;
  }

  *#tokens(node: Expr): Generator<Token> {
    if (node.macro !== undefined) {
      const { name, nameRange } = node.macro;
      const macros = environment().macros.filter(
        (each) => each.name === name || each.name.endsWith(`.${name}`),
      );
      if (macros.length > 0) {
        yield { node, ...nameRange, entity: { kind: 'macro', macros } };
      }
    }
    switch (node.kind) {
      case 'identifier':
        yield { node, ...node.range, entity: this.#identifier(node.name, node) };
        break;
      case 'select':
        yield { node, ...node.fieldRange, entity: this.#member(node.operand, node.field, node) };
        break;
      case 'call': {
        const [first, second] = node.args;
        if (/^[A-Za-z]/.test(node.name)) {
          yield { node, ...node.nameRange, entity: calledFunction(node.name) };
        } else if (first && second?.kind === 'literal' && typeof second.value === 'string') {
          yield { node, ...second.range, entity: this.#member(first, second.value, node) };
        }
        break;
      }
      default:
        break;
    }
  }

  #identifier(name: string, node: Expr): EntityKind | undefined {
    const loop = loopsAround(this.#root, node.range.start).findLast(
      (each) => each.iterVar === name || each.iterVar2 === name,
    );
    if (loop !== undefined) {
      return { kind: 'loop-variable', name, type: this.#typeOf(node) };
    }
    const declaration = environment().variables.get(name);
    return declaration && { kind: 'name', declaration };
  }

  #member(operand: Expr, name: string, node: Expr): EntityKind | undefined {
    const of = this.#known.of(operand);
    if (of?.kind === 'variables') {
      return {
        kind: 'variable',
        name,
        definitions: this.#scope.variables.filter((each) => each.name === name),
      };
    }
    if (of?.kind === 'constants') {
      return {
        kind: 'constant',
        name,
        definitions: this.#scope.constants.filter((each) => each.name === name),
      };
    }
    const type = this.#typeOf(operand);
    const field =
      type?.kind === 'named'
        ? environment()
            .fieldsOf(type.name)
            ?.find((each) => each.name === name)
        : undefined;
    if (field !== undefined) {
      return { kind: 'field', field };
    }
    const known = this.#known.of(node);
    return known?.kind === 'attribute' ? { kind: 'attribute', name, attribute: known.attribute } : undefined;
  }
}

function calledFunction(name: string): EntityKind | undefined {
  const description = environment().functions.get(name);
  return description && { kind: 'function', name, overloads: description.overloads };
}
