import type { Expr } from '../../ast';
import { Trouble, Unknown } from '../../values/failure';
import type { Evaluator } from '../frame';
import type { Planning } from './planning';
import { pathPart, touchesUnknown } from '../unknown-paths';

/** With unknowns, reading something may give unknown before anything is read. */
export function unlessUnknown(planning: Planning, expr: Expr, read: Evaluator): Evaluator {
  const path = planning.mode.unknowns ? pathOf(planning, expr) : undefined;
  if (!path) {
    return read;
  }
  const { environment } = planning.checked;
  return (frame) => {
    const parts: string[] = [];
    for (const part of path) {
      const key = typeof part === 'string' ? part : part(frame);
      if (key instanceof Trouble) {
        break;
      }
      parts.push(pathPart(key));
    }
    return touchesUnknown(environment.canonicalPath(parts), frame.unknowns)
      ? new Unknown([expr])
      : read(frame);
  };
}

/**
 * How to plan the operand of a selection or index. Its own path is part of the whole one, so it alone is not unknown;
 * unless it has keys that are worked out, which may be unknown themselves.
 */
export function planningOfOperand(planning: Planning, expr: Expr): Planning {
  const path = planning.mode.unknowns ? pathOf(planning, expr) : undefined;
  return path?.every((part) => typeof part === 'string') === true
    ? planning.inMode({ ...planning.mode, unknowns: false })
    : planning;
}

/** The path that an expression reads, from a global variable on; undefined if it reads something else. */
function pathOf(planning: Planning, expr: Expr): readonly (string | Evaluator)[] | undefined {
  if (expr.kind === 'identifier') {
    const kind = planning.checked.referenceOf(expr)?.kind;
    return planning.scopes.find(expr.name) || kind === 'type' || kind === 'constant'
      ? undefined
      : [expr.name.replace(/^\./, '')];
  }
  if (expr.kind === 'select') {
    const reference = planning.checked.referenceOf(expr);
    if (reference?.kind === 'variable') {
      return [reference.name];
    }
    const constant = reference?.kind === 'type' || reference?.kind === 'constant';
    const prefix = constant ? undefined : pathOf(planning, expr.operand);
    return prefix && [...prefix, expr.field];
  }
  if (expr.kind === 'call' && (expr.name === '_[_]' || expr.name === '_[?_]')) {
    const [target, key] = expr.args;
    const prefix = target && pathOf(planning, target);
    if (!prefix || !key) {
      return undefined;
    }
    return [...prefix, keyOfPath(planning, key)];
  }
  return undefined;
}

function keyOfPath(planning: Planning, key: Expr): string | Evaluator {
  return key.kind === 'literal' && typeof key.value === 'string'
    ? key.value
    : planning.inMode({ ...planning.mode, trace: false }).plan(key);
}
