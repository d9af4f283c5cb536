import type { JsonValue } from '../../cel';

/** A part of a filter, in the JSON of Cerbos' API. */
export type Operand =
  | { readonly expression: { readonly operator: string; readonly operands?: readonly Operand[] } }
  | { readonly variable: string }
  | { readonly value: JsonValue };

export function expression(operator: string, ...operands: readonly Operand[]): Operand {
  // As protocol buffers have it, an empty list is not there.
  return { expression: operands.length === 0 ? { operator } : { operator, operands } };
}

/** The value of an operand that is a bool. */
export function boolOf(operand: Operand): boolean | undefined {
  return 'value' in operand && typeof operand.value === 'boolean' ? operand.value : undefined;
}

/** Joins operands, of which those that say the same count once. */
export function junction(operator: 'and' | 'or', operands: readonly Operand[]): Operand {
  const neutral = operator === 'and';
  const open = new Map<string, Operand>();
  for (const operand of operands) {
    const value = boolOf(operand);
    if (value === !neutral) {
      return operand;
    }
    if (value === undefined) {
      open.set(JSON.stringify(operand), operand);
    }
  }
  const [only, ...others] = open.values();
  if (!only) {
    return { value: neutral };
  }
  return others.length === 0 ? only : expression(operator, only, ...others);
}

/** The opposite, for where what cannot be evaluated counts as false. */
export function negation(operand: Operand): Operand {
  const value = boolOf(operand);
  if (value !== undefined) {
    return { value: !value };
  }
  const inner = 'expression' in operand ? operand.expression : undefined;
  const [only] = inner?.operator === 'not' ? (inner.operands ?? []) : [];
  return only ?? expression('not', operand);
}
