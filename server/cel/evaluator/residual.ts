import type { Call, Comprehension, Expr, MacroCall } from '../ast';
import { valueToExpr } from './value-to-expr';
import { Trouble } from '../values/failure';
import type { Evaluated } from './frame';

/** What is left of an expression: known parts are replaced by their values, and decided branches are gone. */
export function residual(expr: Expr, outcomes: ReadonlyMap<Expr, Evaluated>): Expr {
  const outcome = outcomes.get(expr);
  if (outcome !== undefined && !(outcome instanceof Trouble)) {
    const literal = valueToExpr(outcome, expr);
    if (literal) {
      return isHidden(expr) && typeof outcome !== 'boolean' ? { ...expr, args: [literal] } : literal;
    }
  }
  const left = (part: Expr): Expr => residual(part, outcomes);
  switch (expr.kind) {
    case 'call':
      return reduceCall(expr, left);
    case 'list':
      return { ...expr, elements: expr.elements.map(left) };
    case 'map':
      return {
        ...expr,
        entries: expr.entries.map((entry) => ({ ...entry, key: left(entry.key), value: left(entry.value) })),
      };
    case 'select':
      return expr.macro ? expr : { ...expr, operand: left(expr.operand) };
    case 'comprehension':
      return expr.macro?.name === 'bind'
        ? reduceBinding(expr, expr.macro, left)
        : reduceLoop(expr, left(expr.iterRange));
    default:
      return expr;
  }
}

/** Whether a type was hidden on purpose: seen plainly, the value could be refused where it stands. */
function isHidden(expr: Expr): expr is Call {
  return expr.kind === 'call' && expr.name === 'dyn' && expr.args.length === 1;
}

function reduceLoop(expr: Comprehension, iterRange: Expr): Expr {
  const { macro } = expr;
  if (!macro?.target) {
    return { ...expr, iterRange };
  }
  // What can be no range would be refused when it is seen plainly.
  if (macro.name === 'sortBy' || iterRange.kind === 'literal') {
    return expr;
  }
  // The call as written must say the same as the tree.
  return { ...expr, iterRange, macro: { ...macro, target: iterRange } };
}

/** `cel.bind(name, value, body)` is no loop: its parts are evaluated once, and what is known of them is folded. */
function reduceBinding(expr: Comprehension, macro: MacroCall, left: (part: Expr) => Expr): Expr {
  const [name] = macro.args;
  const initial = left(expr.initial);
  const result = left(expr.result);
  return name ? { ...expr, initial, result, macro: { ...macro, args: [name, initial, result] } } : expr;
}

function reduceCall(expr: Call, left: (part: Expr) => Expr): Expr {
  if (expr.macro) {
    // What a macro made is not the call that is shown; it stays as it was written.
    return expr;
  }
  const args = expr.args.map(left);
  const [first, second, third] = args;
  if ((expr.name === '_&&_' || expr.name === '_||_') && first && second) {
    const neutral = expr.name === '_&&_';
    if (isLiteral(first, neutral)) {
      return second;
    }
    if (isLiteral(second, neutral)) {
      return first;
    }
  }
  if (expr.name === '_?_:_' && first && second && third) {
    if (isLiteral(first, true)) {
      return second;
    }
    if (isLiteral(first, false)) {
      return third;
    }
  }
  return expr.target ? { ...expr, args, target: left(expr.target) } : { ...expr, args };
}

function isLiteral(expr: Expr, value: boolean): boolean {
  return expr.kind === 'literal' && expr.value === value;
}
