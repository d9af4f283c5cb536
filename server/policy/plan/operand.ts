import type { JsonValue } from '../../cel';
import { bytesOfScalar, bytesOfText } from './bytes';

/** A part of a filter, in the JSON of Cerbos' API. */
export type Operand =
  | { readonly expression: { readonly operator: string; readonly operands?: readonly Operand[] } }
  | { readonly variable: string }
  | { readonly value: JsonValue };

export type Expression = Extract<Operand, { expression: unknown }>['expression'];

export function expression(operator: string, ...operands: readonly Operand[]): Operand {
  // As protocol buffers have it, an empty list is not there.
  return { expression: operands.length === 0 ? { operator } : { operator, operands } };
}

/** By what an operand is compared with others. */
export function fingerprintOf(operand: Operand): string {
  if ('value' in operand) return ofJson(operand.value);
  if ('variable' in operand) return bytesOfText(operand.variable);
  const { operator, operands = [] } = operand.expression;
  return bytesOfText(operator) + operands.map(fingerprintOf).join('');
}

function ofJson(value: JsonValue): string {
  return typeof value === 'object' && value !== null
    ? Object.values(value).map(ofJson).join('')
    : bytesOfScalar(value);
}
