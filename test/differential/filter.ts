// What a filter says about one resource, as a database would find out.
import { isDeepStrictEqual } from 'node:util';
import type { Filter, JsonObject, JsonValue, Operand } from '../../server/policy';

type Names = Readonly<Record<string, JsonValue>>;

/**
 * Whether a filter holds.
 * @param names what its variables stand for, or what they begin with
 * @throws Error for operators that are not needed here
 */
export function holds(filter: Filter, names: Names): boolean {
  switch (filter.kind) {
    case 'KIND_ALWAYS_ALLOWED':
      return true;
    case 'KIND_ALWAYS_DENIED':
      return false;
    case 'KIND_CONDITIONAL':
      return valueOf(filter.condition, names) === true;
  }
}

function valueOf(operand: Operand, names: Names): JsonValue {
  if ('value' in operand) return operand.value;
  if ('variable' in operand) return read(operand.variable, names);
  const { operator, operands = [] } = operand.expression;
  const [first, second, third] = operands;
  const value = (of: Operand | undefined): JsonValue => (of ? valueOf(of, names) : null);
  switch (operator) {
    case 'and':
      return operands.every((each) => value(each) === true);
    case 'or':
      return operands.some((each) => value(each) === true);
    case 'not':
      return value(first) !== true;
    case 'if':
      return value(first) === true ? value(second) : value(third);
    case 'list':
      return operands.map(value);
    case 'in':
      return elements(value(second)).some((each) => isDeepStrictEqual(each, value(first)));
    case 'exists':
    case 'all': {
      const decides = operator === 'exists';
      const held = elements(value(first)).map((each) => within(second, each, names));
      return held.includes(decides) === decides;
    }
    default:
      return compare(operator, value(first), value(second));
  }
}

function within(lambda: Operand | undefined, element: JsonValue, names: Names): boolean {
  const [body, variable] = lambda && 'expression' in lambda ? (lambda.expression.operands ?? []) : [];
  if (!body || !variable || !('variable' in variable)) throw new Error('no lambda');
  return valueOf(body, { ...names, [variable.variable]: element }) === true;
}

function elements(value: JsonValue): readonly JsonValue[] {
  if (Array.isArray(value)) return value as readonly JsonValue[];
  throw new Error(`no list: ${JSON.stringify(value)}`);
}

function compare(operator: string, a: JsonValue, b: JsonValue): JsonValue {
  if (operator === 'eq') return isDeepStrictEqual(a, b);
  if (operator === 'ne') return !isDeepStrictEqual(a, b);
  if (operator === 'add' && Array.isArray(a)) return [...elements(a), ...elements(b)];
  if (typeof a !== 'number' || typeof b !== 'number') throw new Error(`no numbers for ${operator}`);
  switch (operator) {
    case 'lt':
      return a < b;
    case 'le':
      return a <= b;
    case 'gt':
      return a > b;
    case 'ge':
      return a >= b;
    case 'add':
      return a + b;
    case 'mult':
      return a * b;
    default:
      throw new Error(`unknown operator ${operator}`);
  }
}

function read(name: string, names: Names): JsonValue {
  if (Object.hasOwn(names, name)) return names[name] ?? null;
  const dot = name.lastIndexOf('.');
  const owner = dot < 0 ? null : read(name.slice(0, dot), names);
  const field = name.slice(dot + 1);
  if (typeof owner !== 'object' || owner === null || !Object.hasOwn(owner, field)) {
    throw new Error(`nothing is called ${name}`);
  }
  return (owner as JsonObject)[field] ?? null;
}
