import type { Expr } from '../../cel';
import type { Facts } from '../workspace/facts';
import type { Attribute } from '../workspace/attributes';
import type { SymbolTable } from '../workspace/symbol-table';
import { loopsAround } from './tree';

/** Things with members that no type describes. */
export type Known =
  | { readonly kind: 'attribute'; readonly attribute: Attribute }
  | { readonly kind: 'variables' | 'constants' | 'globals' | 'runtime' };

/** Finds the members of an expression's value in fixtures, schemas and definitions. */
export class KnownMembers {
  readonly #facts: Facts;
  readonly #scope: SymbolTable | undefined;
  readonly #root: Expr;

  constructor(root: Expr, facts: Facts, scope: SymbolTable | undefined) {
    this.#root = root;
    this.#facts = facts;
    this.#scope = scope;
  }

  of(node: Expr, depth = 0): Known | undefined {
    if (depth > 100) {
      return undefined;
    }
    switch (node.kind) {
      case 'identifier':
        return this.#identifier(node.name.replace(/^\./, ''), node.range.start, depth);
      case 'select':
        return this.#select(node.operand, node.field, depth);
      case 'call': {
        const [first, second] = node.args;
        if (first === undefined) {
          return undefined;
        }
        if (node.name === '_[_]' || node.name === '_[?_]' || node.name === '_?._') {
          return second?.kind === 'literal' && typeof second.value === 'string'
            ? this.#select(first, second.value, depth)
            : this.#element(first, depth);
        }
        return node.name === 'orValue' && node.target ? this.of(node.target, depth + 1) : undefined;
      }
      default:
        return undefined;
    }
  }

  #identifier(name: string, offset: number, depth: number): Known | undefined {
    const loop = loopsAround(this.#root, offset).findLast(
      (each) => each.iterVar === name || each.iterVar2 === name,
    );
    if (loop !== undefined) {
      const isKey = loop.iterVar2 !== undefined && loop.iterVar === name;
      return isKey ? undefined : this.#element(loop.iterRange, depth);
    }
    switch (name) {
      case 'V':
      case 'variables':
        return { kind: 'variables' };
      case 'C':
      case 'constants':
        return { kind: 'constants' };
      case 'G':
      case 'globals':
        return { kind: 'globals' };
      case 'runtime':
        return { kind: 'runtime' };
      default:
        return undefined;
    }
  }

  #select(operand: Expr, field: string, depth: number): Known | undefined {
    const place = placeOf(operand);
    if (field === 'attr' && place === 'principal') {
      return { kind: 'attribute', attribute: this.#facts.principal };
    }
    if (field === 'attr' && place === 'resource') {
      return { kind: 'attribute', attribute: this.resource() };
    }
    if (field === 'jwt' && place === 'auxData') {
      return { kind: 'attribute', attribute: this.#facts.claims };
    }
    const known = this.of(operand, depth + 1);
    if (known?.kind === 'globals') {
      return member(this.#facts.globals, field);
    }
    return known?.kind === 'attribute' ? member(known.attribute, field) : undefined;
  }

  #element(of: Expr, depth: number): Known | undefined {
    const known = this.of(of, depth + 1);
    return known?.kind === 'attribute' && known.attribute.element
      ? { kind: 'attribute', attribute: known.attribute.element }
      : undefined;
  }

  /** The attributes of the resources that the document is about. */
  resource(): Attribute {
    return this.#facts.resources(this.#scope?.kinds);
  }
}

function member(attribute: Attribute, name: string): Known | undefined {
  const found = attribute.members.get(name);
  return found && { kind: 'attribute', attribute: found };
}

/** Which part of the request an expression names. */
function placeOf(node: Expr): 'principal' | 'resource' | 'auxData' | undefined {
  if (node.kind === 'identifier') {
    return node.name === 'P' ? 'principal' : node.name === 'R' ? 'resource' : undefined;
  }
  if (node.kind !== 'select' || node.operand.kind !== 'identifier' || node.operand.name !== 'request') {
    return undefined;
  }
  if (node.field === 'principal' || node.field === 'resource') {
    return node.field;
  }
  return node.field === 'auxData' || node.field === 'aux_data' ? 'auxData' : undefined;
}
