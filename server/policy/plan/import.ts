import { cerbosEnvironment } from '../conditions/environment';
import { writeConstants } from '../conditions/folding/fold-constants';
import type { CheckResult, Expr } from '../../cel';
import { compileExpression } from '../expressions';
import { copyOf, literal } from './term';
import type { Term } from './term';

const terms = new WeakMap<object, Term>();

/** The term of an expression, with nodes of its own each time. */
export function termOf(source: string): Term {
  const compilation = compileExpression(source);
  let term = terms.get(compilation);
  if (!term) {
    const { parsed, checked } = compilation;
    term = imported(writeConstants(parsed.expr, checked, cerbosEnvironment()), checked);
    terms.set(compilation, term);
  }
  return copyOf(term);
}

/** What cel-go's checker makes of a tree: names and functions have their full names. */
function imported(expr: Expr, checked: CheckResult): Term {
  const reference = checked.referenceOf(expr);
  if (reference?.kind === 'constant') return literal(reference.value);
  const go = (part: Expr): Term => imported(part, checked);
  switch (expr.kind) {
    case 'literal':
      return literal(expr.value);
    case 'identifier':
      return { kind: 'identifier', name: nameOf(expr, checked) ?? expr.name.replace(/^\./, '') };
    case 'select': {
      const name = nameOf(expr, checked);
      if (name !== undefined) return { kind: 'identifier', name };
      const operand = go(expr.operand);
      return expr.optional
        ? { kind: 'call', name: '_?._', args: [operand, literal(expr.field)] }
        : { kind: 'select', operand, field: expr.field, test: expr.test };
    }
    case 'call': {
      const { name, target } = expr;
      const args = expr.args.map(go);
      if (!target) return { kind: 'call', name, args };
      const resolution = checked.callOf(expr);
      if (resolution?.namespaced === true) return { kind: 'call', name: resolution.function.name, args };
      return { kind: 'call', name, args, target: go(target) };
    }
    case 'list':
      return { kind: 'list', elements: expr.elements.map(go), optional: expr.optional };
    case 'map':
      return {
        kind: 'map',
        entries: expr.entries.map(({ key, value, optional }) => ({
          key: go(key),
          value: go(value),
          optional,
        })),
      };
    case 'struct':
      return {
        kind: 'struct',
        typeName: checked.messageOf(expr)?.name ?? expr.typeName,
        fields: expr.fields.map(({ name, value, optional }) => ({ name, value: go(value), optional })),
      };
    case 'comprehension':
      return {
        kind: 'loop',
        range: go(expr.iterRange),
        variable: expr.iterVar,
        variable2: expr.iterVar2,
        accumulator: expr.accumulator,
        initial: go(expr.initial),
        condition: go(expr.condition),
        step: go(expr.step),
        result: go(expr.result),
      };
    case 'invalid':
      throw new TypeError('an expression that does not compile cannot be planned');
  }
}

/** The full name of what a node refers to, if it is a type or a variable. */
function nameOf(expr: Expr, checked: CheckResult): string | undefined {
  const reference = checked.referenceOf(expr);
  return reference?.kind === 'type' || reference?.kind === 'variable' ? reference.name : undefined;
}
