import { valueToExpr, CelMessage, Optional, TypeValue } from '../../../cel';
import type { Expr, CelValue } from '../../../cel';

/**
 * An expression for what a constant came to, as cel-go writes it into a tree; undefined for values that it cannot
 * write, such as addresses and hierarchies. Messages are written without their fields, which say nothing of the type.
 */
export function constantToExpr(value: CelValue, like: Expr): Expr | undefined {
  return valueToExpr(value, like, rareToExpr);
}

function rareToExpr(value: CelValue, like: Expr): Expr | undefined {
  const base = { id: like.id, range: like.range, position: like.position };
  if (value instanceof TypeValue) {
    return { ...base, kind: 'identifier', name: value.name };
  }
  if (value instanceof Optional) {
    const held = value.value === undefined ? [] : [constantToExpr(value.value, like)];
    const args = held.filter((each) => each !== undefined);
    const name = value.value === undefined ? 'optional.none' : 'optional.of';
    return args.length === held.length
      ? { ...base, kind: 'call', name, nameRange: like.range, args }
      : undefined;
  }
  return value instanceof CelMessage
    ? { ...base, kind: 'struct', typeName: value.descriptor.name, fields: [] }
    : undefined;
}
