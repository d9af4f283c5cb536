import type { Expr, MacroCall } from './ast';

/**
 * The same tree with some nodes replaced; what a macro was called with follows, so that it is written as replaced.
 * @param replace gives what stands in the place of a node, undefined for one that is looked into
 */
export function substitute(expr: Expr, replace: (node: Expr) => Expr | undefined): Expr {
  const found = replace(expr);
  if (found) {
    return found;
  }
  const go = (node: Expr): Expr => substitute(node, replace);
  const macro = expr.macro && substituteMacro(expr.macro, go);
  const head = macro ? { macro } : {};
  switch (expr.kind) {
    case 'select':
      return { ...expr, ...head, operand: go(expr.operand) };
    case 'call':
      return { ...expr, ...head, args: expr.args.map(go), ...(expr.target && { target: go(expr.target) }) };
    case 'list':
      return { ...expr, ...head, elements: expr.elements.map(go) };
    case 'map':
      return {
        ...expr,
        ...head,
        entries: expr.entries.map((entry) => ({ ...entry, key: go(entry.key), value: go(entry.value) })),
      };
    case 'struct':
      return {
        ...expr,
        ...head,
        fields: expr.fields.map((field) => ({ ...field, value: go(field.value) })),
      };
    case 'comprehension':
      return {
        ...expr,
        ...head,
        iterRange: go(expr.iterRange),
        initial: go(expr.initial),
        condition: go(expr.condition),
        step: go(expr.step),
        result: go(expr.result),
      };
    default:
      return expr;
  }
}

function substituteMacro(macro: MacroCall, go: (node: Expr) => Expr): MacroCall {
  return { ...macro, args: macro.args.map(go), ...(macro.target && { target: go(macro.target) }) };
}
