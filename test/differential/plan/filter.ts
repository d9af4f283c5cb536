// What a filter says about one resource, as docs/features.md has its reading.
import { isDeepStrictEqual } from 'node:util';
import type { Filter, JsonObject, JsonValue, Operand } from '../../../server/policy';

type Names = Readonly<Record<string, JsonValue>>;

/** The value of an operand that cannot be evaluated. */
const failed = Symbol('failed');
type Read = JsonValue | typeof failed;

/**
 * Evaluates a filter.
 * @param names the values of its variables, or of their first parts
 * @throws Error for operators that are not needed here
 */
export function holds(filter: Filter, names: Names): boolean {
  switch (filter.kind) {
    case 'KIND_ALWAYS_ALLOWED':
      return true;
    case 'KIND_ALWAYS_DENIED':
      return false;
    case 'KIND_CONDITIONAL':
      return atTop(filter.condition, names);
  }
}

/** At the top, what cannot be evaluated counts as false. */
function atTop(operand: Operand, names: Names): boolean {
  const { operator = '', operands = [] } = 'expression' in operand ? operand.expression : {};
  switch (operator) {
    case 'and':
      return operands.every((each) => atTop(each, names));
    case 'or':
      return operands.some((each) => atTop(each, names));
    case 'not':
      return operands.every((each) => !atTop(each, names));
    default:
      return valueOf(operand, names) === true;
  }
}

function valueOf(operand: Operand, names: Names): Read {
  if ('value' in operand) {
    return operand.value;
  }
  if ('variable' in operand) {
    return read(operand.variable, names);
  }
  const { operator, operands = [] } = operand.expression;
  const value = (of: Operand | undefined): Read => (of ? valueOf(of, names) : failed);
  const [first, second, third] = operands;
  switch (operator) {
    case 'and':
    case 'or':
      return decided(operands.map(value), operator === 'or');
    case 'if': {
      const condition = value(first);
      if (typeof condition !== 'boolean') {
        return failed;
      }
      return value(condition ? second : third);
    }
    case 'get-field':
      return field(value(first), second && 'variable' in second ? second.variable : '');
    case 'exists':
    case 'all':
    case 'exists_one':
    case 'filter':
    case 'map':
      return loop(operator, value(first), second, names);
    default: {
      const values = operands.map(value);
      return values.every((each) => each !== failed) ? apply(operator, values) : failed;
    }
  }
}

/** `and` and `or` below the top: one operand may decide, whatever the others come to. */
function decided(values: readonly Read[], decides: boolean): Read {
  if (values.includes(decides)) {
    return decides;
  }
  return values.every((each) => typeof each === 'boolean') ? !decides : failed;
}

function loop(operator: string, range: Read, lambda: Operand | undefined, names: Names): Read {
  const [body, variable] = lambda && 'expression' in lambda ? (lambda.expression.operands ?? []) : [];
  if (!body || !variable || !('variable' in variable)) {
    throw new Error('no lambda');
  }
  const elements = Array.isArray(range)
    ? (range as readonly JsonValue[])
    : isObject(range)
      ? Object.keys(range)
      : undefined;
  if (!elements) {
    return failed;
  }
  const made = elements.map((each) => valueOf(body, { ...names, [variable.variable]: each }));
  if (operator === 'exists' || operator === 'all') {
    return decided(made, operator === 'exists');
  }
  if (made.includes(failed)) {
    return failed;
  }
  if (operator === 'map') {
    return made as readonly JsonValue[];
  }
  if (!made.every((each) => typeof each === 'boolean')) {
    return failed;
  }
  const chosen = elements.filter((_, index) => made[index] === true);
  return operator === 'filter' ? chosen : chosen.length === 1;
}

function apply(operator: string, values: readonly JsonValue[]): Read {
  const [a = null, b = null, c = null] = values;
  switch (operator) {
    case 'not':
      return typeof a === 'boolean' ? !a : failed;
    case 'eq':
      return isDeepStrictEqual(a, b);
    case 'ne':
      return !isDeepStrictEqual(a, b);
    case 'in':
      if (Array.isArray(b)) {
        return (b as readonly JsonValue[]).some((each) => isDeepStrictEqual(each, a));
      }
      return isObject(b) ? typeof a === 'string' && Object.hasOwn(b, a) : failed;
    case 'index':
      return Array.isArray(a) && typeof b === 'number'
        ? ((a as readonly JsonValue[])[b] ?? failed)
        : typeof b === 'string'
          ? field(a, b)
          : failed;
    case 'list':
      return values;
    case 'struct':
      return Object.fromEntries(values.map((each) => each as readonly [string, JsonValue]));
    case 'set-field':
      return [a, b];
    case 'size':
      if (typeof a === 'string') {
        return Array.from(a).length;
      }
      return Array.isArray(a) ? a.length : isObject(a) ? Object.keys(a).length : failed;
    case 'startsWith':
      return typeof a === 'string' && typeof b === 'string' ? a.startsWith(b) : failed;
    case 'math.@max':
      return typeof a === 'number' && typeof b === 'number' && c === null ? Math.max(a, b) : failed;
    case 'add':
      if (Array.isArray(a) && Array.isArray(b)) {
        return [...(a as JsonValue[]), ...(b as JsonValue[])];
      }
      if (typeof a === 'string' && typeof b === 'string') {
        return a + b;
      }
  }
  if (['lt', 'le', 'gt', 'ge'].includes(operator)) {
    return compare(operator, a, b);
  }
  return typeof a === 'number' && typeof b === 'number' ? calculate(operator, a, b) : failed;
}

function compare(operator: string, a: JsonValue, b: JsonValue): Read {
  const comparable = ['number', 'string', 'boolean'].includes(typeof a) && typeof a === typeof b;
  if (!comparable || a === null || b === null) {
    return failed;
  }
  switch (operator) {
    case 'lt':
      return a < b;
    case 'le':
      return a <= b;
    case 'gt':
      return a > b;
    default:
      return a >= b;
  }
}

function calculate(operator: string, a: number, b: number): Read {
  switch (operator) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mult':
      return a * b;
    default:
      throw new Error(`unknown operator ${operator}`);
  }
}

function isObject(value: Read): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function field(owner: Read, name: string): Read {
  return isObject(owner) && Object.hasOwn(owner, name) ? (owner[name] ?? null) : failed;
}

function read(name: string, names: Names): Read {
  if (Object.hasOwn(names, name)) {
    return names[name] ?? null;
  }
  const dot = name.lastIndexOf('.');
  return dot < 0 ? failed : field(read(name.slice(0, dot), names), name.slice(dot + 1));
}
