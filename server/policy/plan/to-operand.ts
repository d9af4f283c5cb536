import { Uint } from '../../cel';
import type { CelValue, JsonValue } from '../../cel';
import { lambdaOf } from './lambda';
import type { Node } from './node';
import { expression } from './operand';
import type { Operand } from './operand';
import { PlanningError } from './problem';
import { literal, textOf } from './term';
import type { CallTerm, ListTerm, LoopTerm, MapTerm, SelectTerm, StructTerm, Term } from './term';
import { compareCodePoints } from './text';

/** The operators that have names of their own in filters. */
const operators = new Map([
  ['_==_', 'eq'],
  ['_!=_', 'ne'],
  ['_>_', 'gt'],
  ['_>=_', 'ge'],
  ['_<_', 'lt'],
  ['_<=_', 'le'],
  ['@in', 'in'],
  ['_+_', 'add'],
  ['_-_', 'sub'],
  ['_*_', 'mult'],
  ['_/_', 'div'],
  ['_%_', 'mod'],
  ['_[_]', 'index'],
  ['_&&_', 'and'],
  ['_||_', 'or'],
  ['!_', 'not'],
  ['_?_:_', 'if'],
]);

/** A node as a part of a filter, not simplified yet. */
export function operandOfNode(node: Node): Operand {
  return node.kind === 'term' ? operandOf(node.term) : expression(node.kind, ...node.of.map(operandOfNode));
}

function operandOf(term: Term): Operand {
  switch (term.kind) {
    case 'literal':
      return { value: jsonOf(term.value) };
    case 'identifier':
      return { variable: term.name };
    case 'select':
      return selection(term);
    case 'call':
      return invocation(term);
    case 'list':
      return list(term.elements);
    case 'map':
    case 'struct':
      return struct(term);
    case 'loop':
      return lambda(term);
  }
}

function selection(term: SelectTerm): Operand {
  // A test for presence is lost, in the binary as well.
  if (term.test) return { value: true };
  const names: string[] = [];
  let root: Term = term;
  for (; root.kind === 'select'; root = root.operand) names.unshift(root.field);
  if (root.kind === 'identifier') return { variable: [root.name, ...names].join('.') };
  return expression('get-field', operandOf(term.operand), { variable: term.field });
}

function invocation({ name, target, args }: CallTerm): Operand {
  const operator = operators.get(name) ?? name;
  const operands = args.map((arg, index) =>
    name === '@in' && args.length === 2 && index === 1 && (arg.kind === 'map' || arg.kind === 'struct')
      ? list(keysOf(arg))
      : operandOf(arg),
  );
  return expression(operator, ...(target ? [operandOf(target)] : []), ...operands);
}

function list(elements: ListTerm['elements']): Operand {
  const values = elements.flatMap((each) => (each.kind === 'literal' ? [jsonOf(each.value)] : []));
  return values.length === elements.length
    ? { value: values }
    : expression('list', ...elements.map(operandOf));
}

function struct(term: MapTerm | StructTerm): Operand {
  const fields =
    term.kind === 'map'
      ? term.entries.map(({ key, value }) => [operandOf(key), operandOf(value)] as const)
      : term.fields.map(({ name, value }) => [{ value: name }, operandOf(value)] as const);
  return expression('struct', ...fields.map(([key, value]) => expression('set-field', key, value)));
}

/** The keys of a map, where only those matter. */
function keysOf(term: MapTerm | StructTerm): readonly Term[] {
  const keys =
    term.kind === 'map' ? term.entries.map(({ key }) => key) : term.fields.map(({ name }) => literal(name));
  return [...keys].sort((a, b) => compareCodePoints(sortKey(a), sortKey(b)));
}

function sortKey(term: Term): string {
  if (term.kind !== 'literal') return textOf(term);
  const { value } = term;
  switch (typeof value) {
    case 'boolean':
      return `bool_value:${value}}`;
    case 'bigint':
      return `int64_value:${value}}`;
    case 'number':
      return `double_value:${value}}`;
    case 'string':
      return `string_value:${JSON.stringify(value)}}`;
    default:
      return value instanceof Uint ? `uint64_value:${value.value}}` : textOf(term);
  }
}

const rangesOverMaps = new Set(['transformMap', 'transformMapEntry', 'transformList']);

function lambda(term: LoopTerm): Operand {
  const { operator, range, variable, variable2, body, result } = lambdaOf(term);
  const overKeys = (range.kind === 'map' || range.kind === 'struct') && !rangesOverMaps.has(operator);
  const parts = [body, result].flatMap((part) => (part ? [operandOf(part)] : []));
  const names = [variable, variable2].flatMap((name) =>
    name === undefined || name === '' ? [] : [{ variable: name }],
  );
  const over = overKeys ? list(keysOf(range)) : operandOf(range);
  return expression(operator, over, expression('lambda', ...parts, ...names));
}

function jsonOf(value: CelValue): JsonValue {
  switch (typeof value) {
    case 'bigint':
      return Number(value);
    case 'number':
    case 'string':
    case 'boolean':
      return value;
    default:
      if (value === null) return null;
      if (value instanceof Uint) return Number(value.value);
      if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
      throw new PlanningError('a value cannot be written into a filter');
  }
}
