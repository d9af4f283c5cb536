import type { Call, Expr, MacroCall } from './ast';
import { formatValue } from './values/operations/format';

/** How tightly operators bind; higher is tighter. */
const precedence = {
  conditional: 1,
  or: 2,
  and: 3,
  relation: 4,
  sum: 5,
  product: 6,
  unary: 7,
  member: 8,
} as const;

const binarySigns = new Map<string, readonly [sign: string, level: number]>([
  ['_||_', ['||', precedence.or]],
  ['_&&_', ['&&', precedence.and]],
  ['_<_', ['<', precedence.relation]],
  ['_<=_', ['<=', precedence.relation]],
  ['_>_', ['>', precedence.relation]],
  ['_>=_', ['>=', precedence.relation]],
  ['_==_', ['==', precedence.relation]],
  ['_!=_', ['!=', precedence.relation]],
  ['@in', ['in', precedence.relation]],
  ['_+_', ['+', precedence.sum]],
  ['_-_', ['-', precedence.sum]],
  ['_*_', ['*', precedence.product]],
  ['_/_', ['/', precedence.product]],
  ['_%_', ['%', precedence.product]],
]);

/**
 * Writes an expression as text that means the same. Macros are written as they were called; a part that could not be
 * parsed is `<error>`.
 */
export function unparse(expr: Expr): string {
  return write(expr, 0);
}

/** Writes a node, in parentheses if it binds looser than its place needs. */
function write(expr: Expr, needed: number): string {
  const [text, level] = render(expr);
  return level < needed ? `(${text})` : text;
}

function render(expr: Expr): [text: string, level: number] {
  if (expr.macro) {
    return [writeMacro(expr.macro), precedence.member];
  }
  switch (expr.kind) {
    case 'literal':
      return renderLiteral(expr.value);
    case 'identifier':
      return [expr.name, precedence.member];
    case 'select': {
      const access = `${write(expr.operand, precedence.member)}${expr.optional ? '.?' : '.'}${writeField(expr.field)}`;
      return [expr.test ? `has(${access})` : access, precedence.member];
    }
    case 'call':
      return renderCall(expr);
    case 'list': {
      const optional = new Set(expr.optional);
      const elements = expr.elements.map(
        (element, index) => `${optional.has(index) ? '?' : ''}${unparse(element)}`,
      );
      return [`[${elements.join(', ')}]`, precedence.member];
    }
    case 'map': {
      const entries = expr.entries.map(
        (entry) => `${entry.optional ? '?' : ''}${unparse(entry.key)}: ${unparse(entry.value)}`,
      );
      return [`{${entries.join(', ')}}`, precedence.member];
    }
    case 'struct': {
      const fields = expr.fields.map(
        (field) => `${field.optional ? '?' : ''}${writeField(field.name)}: ${unparse(field.value)}`,
      );
      return [`${expr.typeName}{${fields.join(', ')}}`, precedence.member];
    }
    case 'comprehension':
    case 'invalid':
      return ['<error>', precedence.member];
  }
}

function renderLiteral(value: Parameters<typeof formatValue>[0]): [string, number] {
  const text = formatValue(value);
  // Where a method is called on it, a negative number needs parentheses: there, the sign binds looser.
  return [text, text.startsWith('-') ? precedence.unary : precedence.member];
}

function renderCall(expr: Call): [string, number] {
  const [first, second, third] = expr.args;
  const binary = binarySigns.get(expr.name);
  if (binary && first && second) {
    const [sign, level] = binary;
    // `&&` and `||` may stand in any grouping; the others are read from the left.
    const right = level <= precedence.and ? level : level + 1;
    return [`${write(first, level)} ${sign} ${write(second, right)}`, level];
  }
  if (expr.name === '_?_:_' && first && second && third) {
    const branch = precedence.or;
    // Not needed, but easier to read: an operator before the question mark stands in parentheses.
    const condition = write(first, binarySigns.has(nameOf(first)) ? precedence.unary : branch);
    const text = `${condition} ? ${write(second, branch)} : ${write(third, precedence.conditional)}`;
    return [text, precedence.conditional];
  }
  if ((expr.name === '!_' || expr.name === '-_') && first) {
    const operand = write(first, precedence.member);
    // `-` before a number would make it part of the literal.
    const guarded = expr.name === '-_' && /^[0-9.]/.test(operand) ? `(${operand})` : operand;
    return [`${expr.name.charAt(0)}${guarded}`, precedence.unary];
  }
  if ((expr.name === '_[_]' || expr.name === '_[?_]') && first && second) {
    const bracket = expr.name === '_[?_]' ? '[?' : '[';
    return [`${write(first, precedence.member)}${bracket}${unparse(second)}]`, precedence.member];
  }
  const target = expr.target ? `${write(expr.target, precedence.member)}.` : '';
  return [`${target}${expr.name}(${expr.args.map(unparse).join(', ')})`, precedence.member];
}

function nameOf(expr: Expr): string {
  return expr.kind === 'call' && !expr.macro ? expr.name : '';
}

function writeMacro(macro: MacroCall): string {
  const target = macro.target ? `${write(macro.target, precedence.member)}.` : '';
  return `${target}${macro.name}(${macro.args.map(unparse).join(', ')})`;
}

/** A field name that is not an identifier, or is a reserved word, is written in back quotes. */
function writeField(name: string): string {
  const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !['true', 'false', 'null', 'in'].includes(name);
  return plain ? name : `\`${name}\``;
}
