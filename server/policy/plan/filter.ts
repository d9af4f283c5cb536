import type { JsonValue } from '../../cel';
import { expression, fingerprintOf } from './operand';
import type { Expression, Operand } from './operand';

/** For which resources something is allowed. */
export type Filter =
  | { readonly kind: 'KIND_ALWAYS_ALLOWED' | 'KIND_ALWAYS_DENIED' }
  | { readonly kind: 'KIND_CONDITIONAL'; readonly condition: Operand };

export const alwaysAllowed: Filter = { kind: 'KIND_ALWAYS_ALLOWED' };
export const alwaysDenied: Filter = { kind: 'KIND_ALWAYS_DENIED' };

export function filterOf(condition: Operand): Filter {
  const { normal } = simplified(condition);
  const value = boolOf(normal);
  if (value === undefined) return { kind: 'KIND_CONDITIONAL', condition: normal };
  return value ? alwaysAllowed : alwaysDenied;
}

function boolOf(operand: Operand): boolean | undefined {
  return 'value' in operand && typeof operand.value === 'boolean' ? operand.value : undefined;
}

/** An operand once it is simplified. */
interface Simplified {
  readonly normal: Operand;
  /**
   * What of it is compared with others, to find those that say the same. The binary simplifies in place, so that this is
   * the same, save for what became one of its operands or a constant: it is compared with all that it was made of.
   */
  readonly compared: Operand;
}

/** Simplifies, and writes names out. */
function simplified(operand: Operand): Simplified {
  if ('value' in operand) return plain(operand);
  if ('variable' in operand) return plain({ variable: fullName(operand.variable) });
  const made = membership(operand.expression);
  if (!('expression' in made)) return { normal: made, compared: operand };
  const { operator, operands: given = [] } = made.expression;
  if (operator === 'and' || operator === 'or') return junction(operator, given);
  const operands = given.map(simplified);
  const [first] = operands;
  const value = operator === 'not' && first ? boolOf(first.normal) : undefined;
  if (value === undefined) return plain(expression(operator, ...operands.map(({ normal }) => normal)));
  return {
    normal: { value: !value },
    compared: expression(operator, ...operands.map(({ compared }) => compared)),
  };
}

function plain(normal: Operand): Simplified {
  return { normal, compared: normal };
}

function junction(operator: 'and' | 'or', given: readonly Operand[]): Simplified {
  const neutral = operator === 'and';
  const seen = new Set<string>();
  const operands: Operand[] = [];
  /** The junction in place, where it is not simplified beyond the operand that decides it. */
  const all = [...given];
  for (const [index, each] of given.entries()) {
    const { normal, compared } = simplified(each);
    const value = boolOf(normal);
    all[index] = compared;
    if (value === neutral) continue;
    if (value !== undefined) return { normal: { value }, compared: expression(operator, ...all) };
    const fingerprint = fingerprintOf(compared);
    if (seen.has(fingerprint)) continue;
    seen.add(fingerprint);
    operands.push(normal);
  }
  if (operands.length > 1) return plain(expression(operator, ...operands));
  const [only = { value: neutral }] = operands;
  return { normal: only, compared: expression(operator, ...all) };
}

/** Membership in a list of one is equality, and nothing is in an empty list. */
function membership({ operator, operands = [] }: Expression): Operand {
  const [needle, range] = operands;
  const written = expression(operator, ...operands);
  if (operator !== 'in' || operands.length !== 2 || !needle || !range || !('value' in range)) return written;
  const { value } = range;
  if (!Array.isArray(value)) return expression('eq', needle, range);
  const [only] = value as readonly JsonValue[];
  if (only === undefined) return { value: false };
  return value.length === 1 ? expression('eq', needle, { value: only }) : written;
}

const fullNames = new Map([
  ['P', 'request.principal'],
  ['R', 'request.resource'],
  ['C', 'constants'],
  ['V', 'variables'],
  ['G', 'globals'],
]);

function fullName(name: string): string {
  const [first = '', ...rest] = name.split('.');
  return [fullNames.get(first) ?? first, ...rest].join('.');
}

/** A filter as one line, as the binary shows it. */
export function filterText(filter: Filter): string {
  switch (filter.kind) {
    case 'KIND_ALWAYS_ALLOWED':
      return '(true)';
    case 'KIND_ALWAYS_DENIED':
      return '(false)';
    case 'KIND_CONDITIONAL':
      return operandText(filter.condition);
  }
}

function operandText(operand: Operand): string {
  if ('value' in operand) return Object.is(operand.value, -0) ? '-0' : JSON.stringify(operand.value);
  if ('variable' in operand) return operand.variable;
  const { operator, operands = [] } = operand.expression;
  return `(${operator} ${operands.map(operandText).join(' ')})`;
}
