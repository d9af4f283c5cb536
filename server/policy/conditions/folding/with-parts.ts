import type { Expr } from '../../../cel';

/** The same node with each part replaced by what `change` makes of it; the node itself if it makes nothing else of any. */
export function withParts(expr: Expr, change: (part: Expr) => Expr): Expr {
  const changed = new Set<Expr>();
  const rebuilt = rebuild(expr, (part) => {
    const made = change(part);
    if (made !== part) {
      changed.add(part);
    }
    return made;
  });
  return changed.size > 0 ? rebuilt : expr;
}

function rebuild(expr: Expr, made: (part: Expr) => Expr): Expr {
  switch (expr.kind) {
    case 'literal':
    case 'identifier':
      return expr;
    case 'select':
      return { ...expr, operand: made(expr.operand) };
    case 'call': {
      const target = expr.target && made(expr.target);
      return { ...expr, target, args: expr.args.map(made) };
    }
    case 'list':
      return { ...expr, elements: expr.elements.map(made) };
    case 'map':
      return {
        ...expr,
        entries: expr.entries.map((entry) => ({ ...entry, key: made(entry.key), value: made(entry.value) })),
      };
    case 'struct':
      return { ...expr, fields: expr.fields.map((field) => ({ ...field, value: made(field.value) })) };
    case 'comprehension':
      return {
        ...expr,
        iterRange: made(expr.iterRange),
        initial: made(expr.initial),
        condition: made(expr.condition),
        step: made(expr.step),
        result: made(expr.result),
      };
    case 'invalid':
      return { ...expr, parts: expr.parts.map(made) };
  }
}
