import { parse, unparse } from '../../cel';
import type { Expr } from '../../cel';

/**
 * The condition on the unknown values, as plain data. A leaf is a CEL expression; one that cannot be evaluated, or
 * whose value is no bool, counts as false.
 */
export type Residual =
  | { readonly kind: 'expr'; readonly source: string }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Residual[] }
  | { readonly kind: 'not'; readonly of: Residual };

/** True, false, or it depends. */
export type Formula = boolean | Residual;

type Leaf = Extract<Residual, { kind: 'expr' }>;

const trees = new WeakMap<Leaf, Expr>();

export function leaf(expr: Expr): Leaf {
  const made: Leaf = { kind: 'expr', source: unparse(expr) };
  trees.set(made, expr);
  return made;
}

/** The tree of a leaf. */
export function treeOf(each: Leaf): Expr {
  return trees.get(each) ?? parse(each.source).expr;
}

export function all(formulas: readonly Formula[]): Formula {
  return join('all', formulas, true);
}

export function any(formulas: readonly Formula[]): Formula {
  return join('any', formulas, false);
}

function join(kind: 'all' | 'any', formulas: readonly Formula[], neutral: boolean): Formula {
  const parts = new Map<string, Residual>();
  for (const formula of formulas) {
    if (formula === neutral) {
      continue;
    }
    if (typeof formula === 'boolean') {
      return formula;
    }
    for (const part of formula.kind === kind ? formula.of : [formula]) {
      parts.set(keyOf(part), part);
    }
  }
  const [first, ...others] = parts.values();
  if (!first) {
    return neutral;
  }
  return others.length === 0 ? first : { kind, of: [first, ...others] };
}

const keys = new WeakMap<Residual, string>();

/** The same for residuals that say the same. */
function keyOf(residual: Residual): string {
  let key = keys.get(residual);
  if (key === undefined) {
    key =
      residual.kind === 'expr'
        ? JSON.stringify(residual.source)
        : `${residual.kind}(${residual.kind === 'not' ? keyOf(residual.of) : residual.of.map(keyOf).join()})`;
    keys.set(residual, key);
  }
  return key;
}

export function not(formula: Formula): Formula {
  if (typeof formula === 'boolean') {
    return !formula;
  }
  return formula.kind === 'not' ? formula.of : { kind: 'not', of: formula };
}

/** A residual as one CEL expression, for people: an expression that cannot be evaluated is an error of the whole. */
export function residualText(residual: Residual): string {
  switch (residual.kind) {
    case 'expr':
      return residual.source;
    case 'not':
      return `!(${residualText(residual.of)})`;
    default: {
      const sign = residual.kind === 'all' ? ' && ' : ' || ';
      return residual.of.map((each) => `(${residualText(each)})`).join(sign);
    }
  }
}
