import { cerbosEnvironment } from '../conditions/environment';
import { compile, dynType, unparse } from '../../cel';
import type { Expr, LiteralValue } from '../../cel';
import type { Term } from './term';

const nowhere = { id: 0, range: { start: 0, end: 0 }, position: 0 };

/** What is wrong with a term that is written as text and compiled again, if anything: there types are looked at anew. */
export function recompilationProblem(term: Term, variables: readonly string[]): string | undefined {
  const expr = exprOf(term);
  if (!expr) return 'unsupported expression';
  const declared = variables.map((name) => ({ name, type: dynType, documentation: name }));
  const { issues } = compile(unparse(expr), cerbosEnvironment().extend(declared));
  return issues[0]?.message;
}

/** The expression that a term is, undefined for loops, which have no text. */
function exprOf(term: Term): Expr | undefined {
  switch (term.kind) {
    case 'literal':
      return { ...nowhere, kind: 'literal', value: term.value as LiteralValue };
    case 'identifier':
      return { ...nowhere, kind: 'identifier', name: term.name };
    case 'select': {
      const operand = exprOf(term.operand);
      const { field, test } = term;
      return (
        operand && {
          ...nowhere,
          kind: 'select',
          operand,
          field,
          fieldRange: nowhere.range,
          test,
          optional: false,
        }
      );
    }
    case 'call': {
      const args = all(term.args);
      const target = term.target && exprOf(term.target);
      if (!args || (term.target && !target)) return undefined;
      return { ...nowhere, kind: 'call', name: term.name, nameRange: nowhere.range, args, target };
    }
    case 'list': {
      const elements = all(term.elements);
      return elements && { ...nowhere, kind: 'list', elements, optional: term.optional };
    }
    case 'map': {
      const keys = all(term.entries.map(({ key }) => key));
      const values = all(term.entries.map(({ value }) => value));
      if (!keys || !values) return undefined;
      const entries = term.entries.flatMap(({ optional }, index) => {
        const [key, value] = [keys[index], values[index]];
        return key && value ? [{ key, value, optional }] : [];
      });
      return { ...nowhere, kind: 'map', entries };
    }
    default:
      return undefined;
  }
}

function all(terms: readonly Term[]): readonly Expr[] | undefined {
  const made = terms.map(exprOf);
  return made.every((each) => each !== undefined) ? made : undefined;
}
